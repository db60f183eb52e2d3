import { assertEquals } from "@std/assert";
import type { ObservedEvent } from "../../validator/observer.ts";
import { validateWith } from "../../validator/validator.ts";
import { createEnviron, type Loose, runServer } from "./scenario.ts";

const HEADERS = [["Content-Type", "text/plain"], ["Content-Length", "2"]];
const LINE = new TextEncoder().encode("a");

/** Everything that an observer sees of one request, in short. */
async function observed(app: Loose, input?: string): Promise<string[]> {
  const seen: string[] = [];
  const options = { throws: false, onViolation: () => {} };
  const validated = validateWith(app, options, {
    observer: ({ application, environ }) => {
      seen.push(`${environ["REQUEST_METHOD"]} of ${application}`);
      return (event) => void seen.push(show(event));
    },
  });
  // The observer has already seen an error.
  await runServer(validated, createEnviron(input)).catch(() => {});
  return seen;
}

function show(event: ObservedEvent): string {
  const { type } = event;
  if (type === "read") {
    return `${event.method} ${event.args} gave ${event.result}`;
  }
  if (type === "start-response") {
    return `start ${event.args[0]} ${event.place?.file === import.meta.url}`;
  }
  if (type === "chunk") return `${event.via} ${event.index} ${event.chunk}`;
  if (type === "log") return `${event.method} ${event.args}`;
  if (type === "finding") return event.violation.rule;
  return type === "error" ? `threw ${event.error}` : type;
}

Deno.test("validateWith() passes calls, reads, chunks, logs and findings to its observer in order", async () => {
  const hello = async (environ: Loose, startResponse: Loose) => {
    await environ["wsgi.input"].read(1);
    for await (const _line of environ["wsgi.input"]);
    environ["wsgi.errors"].write("now");
    const write = startResponse("200 OK", HEADERS);
    write(LINE);
    write(LINE);
    return ["text"];
  };
  assertEquals(await observed(hello, "xy"), [
    "POST of hello",
    "read 1 gave 120",
    "iterate  gave 121",
    "iterate  gave undefined",
    "write now",
    "start 200 OK true",
    "write 0 97",
    "write 1 97",
    "body 0 text",
    "body/chunk",
    "body-end",
    "close",
  ]);
});

Deno.test("validateWith() passes the end of a body to its observer, and what it throws", async () => {
  function* app(_environ: Loose, startResponse: Loose): Loose {
    startResponse("200 OK", HEADERS);
    yield LINE;
    yield LINE;
  }
  const chunks = ["start 200 OK true", "body 0 97", "body 1 97"];
  const whole = ["GET of app", ...chunks, "body-end", "close"];
  assertEquals(await observed(app), whole);
  function* broken(_environ: Loose, startResponse: Loose): Loose {
    yield* app(_environ, startResponse);
    throw new Error("late");
  }
  const cut = ["GET of broken", ...chunks, "threw Error: late", "close"];
  assertEquals(await observed(broken), cut);
});

Deno.test("validateWith() survives an observer that throws", async () => {
  const app = (_environ: Loose, startResponse: Loose) => {
    startResponse("200 OK", HEADERS);
    return [LINE, LINE];
  };
  const fail = () => {
    throw new Error("observer");
  };
  for (const observer of [fail, () => fail]) {
    await runServer(validateWith(app, {}, { observer }), createEnviron());
  }
});

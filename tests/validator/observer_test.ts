import { assertEquals } from "@std/assert";
import type { ObservedEvent } from "../../validator/observer.ts";
import { validateWith } from "../../validator/validator.ts";
import { createEnviron, type Loose, runServer } from "./scenario.ts";

const HEADERS = [["Content-Type", "text/plain"], ["Content-Length", "2"]];
const LINE = new TextEncoder().encode("a");

/** Everything that an observer sees of one request, in short. */
async function observed(app: Loose, input?: string): Promise<string[]> {
  const seen: string[] = [];
  const validated = validateWith(
    app,
    { throws: false, onViolation: () => {} },
    {
      observer: ({ application, environ }) => {
        seen.push(`${environ["REQUEST_METHOD"]} of ${application}`);
        return (event) => void seen.push(show(event));
      },
    },
  );
  try {
    await runServer(validated, createEnviron(input));
  } catch {
    // The observer has seen it.
  }
  return seen;
}

function show(event: ObservedEvent): string {
  switch (event.type) {
    case "read":
      return `${event.method} ${event.args} gave ${event.result}`;
    case "start-response":
      return `start ${event.args[0]} ${event.place?.file === import.meta.url}`;
    case "chunk":
      return `${event.via} ${event.index} ${event.chunk}`;
    case "log":
      return `${event.method} ${event.args}`;
    case "finding":
      return event.violation.rule;
    case "error":
      return `threw ${event.error}`;
    default:
      return event.type;
  }
}

Deno.test("an observer of the validator sees calls, reads, chunks, logs and findings in their order", async () => {
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

Deno.test("an observer of the validator sees the end of a body, and what it throws", async () => {
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

Deno.test("an observer of the validator that throws breaks no request", async () => {
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

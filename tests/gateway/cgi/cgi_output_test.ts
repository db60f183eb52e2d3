import { assertEquals, assertMatch } from "@std/assert";
import { runCgi } from "../../../gateway/cgi/cgi.ts";
import { demoApp } from "../../../server/demo_app.ts";
import type { Application } from "../../../wsgi/types.ts";
import {
  answering,
  Events,
  type LooseApplication,
} from "../recording_transport.ts";
import { bodyOf, endless } from "../recording_body.ts";
import { cgi, GET, Sink, stdinOf } from "./run_cgi.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const failing: LooseApplication = () => {
  throw new Error("broken");
};

/** An output that fails at the second write. */
function breaking(error: unknown): WritableStream<Uint8Array> {
  let writes = 0;
  return new WritableStream({
    write(): void {
      if (++writes === 2) throw error;
    },
  });
}

Deno.test.each<[string, unknown]>([
  ["BrokenPipe", new Deno.errors.BrokenPipe("Broken pipe (os error 32)")],
  ["ConnectionReset", new Deno.errors.ConnectionReset("reset")],
  ["ECONNABORTED", Object.assign(new Error("a"), { code: "ECONNABORTED" })],
  ["a reader that left", undefined],
])(
  "runCgi() is quiet about %s, closes the body and aborts the signal",
  async (_name, error) => {
    const events = new Events();
    const app = answering((environ) => {
      const signal = environ["wsgiref.signal"]?.();
      signal?.addEventListener("abort", () => events.add("abort"));
      return bodyOf("generator", endless("x"), events);
    });
    const stdout = breaking(error);
    const { errors } = await cgi(app, {}, [], { stdout });
    assertEquals([errors, stdout.locked], ["", false]);
    const ends = events.list.filter((event) => event !== "next");
    assertEquals(ends.toSorted(), ["abort", "close", "return"]);
  },
);

Deno.test("runCgi() is quiet when nobody reads an array", async () => {
  const error = new Deno.errors.BrokenPipe();
  const stdout = breaking(error);
  const { errors } = await cgi(demoApp as LooseApplication, {}, [], { stdout });
  assertEquals(errors, "");
});

Deno.test("runCgi() logs an output that fails in another way", async () => {
  const stdout = breaking(new Error("disk full"));
  const { errors } = await cgi(answering(() => [encode("a")]), {}, [], {
    stdout,
  });
  assertEquals(
    errors,
    "The response could not be written: Error: disk full\n",
  );
});

Deno.test("runCgi() leaves stdin and stderr unlocked and stderr open", async () => {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const stdin = stdinOf("abc");
  await runCgi(failing as Application, {
    env: { ...GET, REQUEST_METHOD: "POST", CONTENT_LENGTH: "3" },
    stdin: stdin.stream,
    stdout: stdout.stream,
    stderr: stderr.stream,
  });
  assertEquals([stdin.stream.locked, stdout.stream.locked], [false, false]);
  assertEquals([stderr.stream.locked, stderr.end], [false, "open"]);
});

Deno.test("runCgi() resolves when its log is written, however slow that is", async () => {
  let written = 0;
  const stderr = new WritableStream<Uint8Array>({
    async write(): Promise<void> {
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
      written++;
    },
  });
  const app = answering((environ) => {
    for (let i = 0; i < 3; i++) environ["wsgi.errors"].write("line\n");
    return [];
  });
  await cgi(app, {}, [], { stderr });
  assertEquals(written, 3);
});

Deno.test("runCgi() goes on when the log is gone", async () => {
  const stderr = new WritableStream<Uint8Array>({
    write(): void {
      throw new Error("closed");
    },
  });
  const { output } = await cgi(failing, {}, [], { stderr });
  assertMatch(output, /^Status: 500 /);
});

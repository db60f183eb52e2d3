import { assertEquals } from "@std/assert";
import { RateLimitedLog } from "../../gateway/rate_limited_log.ts";
import { fail } from "./recording_transport.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";

/** A log, its lines, and its clock. */
class Logging implements Disposable {
  readonly lines: string[] = [];
  readonly log = new RateLimitedLog(
    new StderrStream((text) => void this.lines.push(text)),
  );
  now = 5;
  readonly #original = performance.now;

  constructor() {
    performance.now = () => this.now;
  }

  [Symbol.dispose](): void {
    performance.now = this.#original;
  }
}

function addMany(log: RateLimitedLog, count: number): void {
  for (let index = 1; index <= count; index++) log.add(`line ${index}`);
}

Deno.test.each([[0, 0], [1, 1], [20, 20], [21, 20], [500, 20]])(
  "RateLimitedLog of %d lines writes the first %d",
  (given, written) => {
    using made = new Logging();
    addMany(made.log, given);
    assertEquals(made.lines.length, written);
    assertEquals(made.lines.at(-1), written ? `line ${written}\n` : undefined);
  },
);

Deno.test("RateLimitedLog counts the omitted lines before the next ones", () => {
  using made = new Logging();
  addMany(made.log, 25);
  made.now += 9_999;
  made.log.add("still too early");
  made.now += 1;
  addMany(made.log, 20);
  assertEquals(made.lines.length, 41);
  const counted = ["6 more lines like these\n", "line 1\n"];
  assertEquals(made.lines.slice(20, 22), counted);
});

Deno.test("RateLimitedLog.close() counts the omitted lines once", () => {
  using made = new Logging();
  addMany(made.log, 22);
  made.log.close();
  made.log.close();
  assertEquals(made.lines.slice(20), ["2 more lines like these\n"]);
});

Deno.test("RateLimitedLog escapes controls, and keeps the lines of a stack", () => {
  using made = new Logging();
  made.log.add("a\r\nb\x1b[31m \n");
  assertEquals(made.lines, ["a\\r\nb\\x1b[31m\n"]);
});

Deno.test("RateLimitedLog continues when its stream is broken", () => {
  let calls = 0;
  const broken = () => (calls++, fail("the disk is full"));
  const log = new RateLimitedLog(new StderrStream(broken));
  addMany(log, 25);
  log.close();
  assertEquals(calls, 21);
});

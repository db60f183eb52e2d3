import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { ErrorStream } from "../../wsgi/types.ts";
import { fail } from "../gateway/recording_transport.ts";

/** Creates a stream and the list of texts that it has written. */
function collect(): { stream: ErrorStream; written: string[] } {
  const written: string[] = [];
  const stream = new StderrStream((text) => void written.push(text));
  return { stream, written };
}

/** Runs `body` with some globals replaced, and restores them. */
function withGlobals(globals: Record<string, unknown>, body: () => void): void {
  const before = Object.getOwnPropertyDescriptors<object>(globalThis);
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  try {
    body();
  } finally {
    Object.defineProperties(globalThis, before);
  }
}

/** Stands in for Deno: its stderr accepts at most `most` bytes per call. */
function fakeDeno(most: number): { Deno: unknown; bytes: number[] } {
  const bytes: number[] = [];
  const writeSync = (chunk: Uint8Array) => {
    const taken = chunk.subarray(0, most);
    bytes.push(...taken);
    return taken.length;
  };
  return { Deno: { stderr: { writeSync } }, bytes };
}

Deno.test("StderrStream passes strings to the sink as they are, with nothing between", () => {
  const { stream, written } = collect();
  stream.write("one\n");
  stream.write("");
  stream.write("two");
  for (const lines of [["a", "b\n"], new Set(["c"]), ["d"].values(), []]) {
    stream.writelines(lines);
  }
  stream.flush();
  assertEquals(written.join(""), "one\ntwoab\ncd");
});

Deno.test("StderrStream.write() accepts any string without throwing", () => {
  const lone = fc.constantFrom("", "\ud800", "\udc00");
  fc.assert(fc.property(fc.string({ unit: "binary" }), lone, (text, lone) => {
    const { stream, written } = collect();
    stream.write(text + lone);
    assertEquals(written, [text + lone]);
  }));
});

Deno.test.each<[unknown, string]>([
  [undefined, "undefined"],
  [null, "null"],
  [12, "12"],
  [Symbol("x"), "a symbol"],
  [{}, "an object"],
  [["a"], "an array: writelines() takes several strings"],
  [new Uint8Array(1), "a Uint8Array of 1 byte: decode bytes with TextDecoder"],
  [new Error("x"), "an Error: pass the stack or the message of the error"],
])("StderrStream rejects %o, which is not a string", (value, got) => {
  const { stream, written } = collect();
  const text = value as string;
  const { message } = assertThrows(() => stream.write(text), TypeError);
  const what = "Cannot write to wsgi.errors: the text must be a string";
  assertEquals(message, `${what}, got ${got}`);
  assertThrows(() => stream.writelines(["a", text]), TypeError, `got ${got}`);
  assertEquals(written, ["a"]);
});

Deno.test("StderrStream.write() passes on an error of the sink", () => {
  const stream = new StderrStream(() => fail("full"));
  assertThrows(() => stream.write("x"), Error, "full");
});

Deno.test("StderrStream.write() writes to Deno.stderr until everything is written", () => {
  const { Deno, bytes } = fakeDeno(3);
  withGlobals({ Deno }, () => new StderrStream().write("näht\ud800\n"));
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  assertEquals(text, "näht\ufffd\n");
});

Deno.test("StderrStream.write() survives a stderr that is closed or accepts nothing", () => {
  const broken = { stderr: { write: () => fail(), writeSync: () => fail() } };
  for (const Deno of [broken, fakeDeno(0).Deno, undefined]) {
    const globals = { Deno, process: broken };
    withGlobals(globals, () => new StderrStream().write("x"));
  }
});

Deno.test("StderrStream.write() uses process.stderr if there is no Deno", () => {
  const written: string[] = [];
  const stderr = {
    write(text: string): boolean {
      assertStrictEquals(this, stderr);
      written.push(text);
      return true;
    },
  };
  withGlobals({ Deno: undefined, process: { stderr } }, () => {
    const stream = new StderrStream();
    stream.write("a\nb");
    stream.flush();
  });
  assertEquals(written, ["a\nb"]);
});

Deno.test("StderrStream.write() uses console.error for whole lines if there is nothing else", () => {
  for (const process of [undefined, {}, { stderr: {} }]) {
    const lines: unknown[] = [];
    const console = { error: (...args: unknown[]) => void lines.push(...args) };
    withGlobals({ Deno: undefined, process, console }, () => {
      const stream = new StderrStream();
      const other = new StderrStream();
      stream.write("%s ");
      assertEquals(lines, []);
      stream.write("one\n\ntwo\nthr");
      assertEquals(lines, ["%s one\n\ntwo"]);
      // Each stream has its own half line.
      other.write("other");
      stream.write("ee");
      stream.flush();
      stream.flush();
      stream.write("\n");
      other.write("\n");
      assertEquals(lines, ["%s one\n\ntwo", "three", "", "other"]);
    });
  }
});

Deno.test("StderrStream writes to the real stderr of a process and touches nothing at import", async () => {
  const module = new URL("../../wsgi/error_stream.ts", import.meta.url).href;
  const program = `
    const deno = globalThis.Deno;
    Object.defineProperty(globalThis, "Deno", { get() { throw new Error("touched"); }, configurable: true });
    const { StderrStream } = await import(${JSON.stringify(module)});
    const stream = new StderrStream();
    Object.defineProperty(globalThis, "Deno", { value: deno });
    stream.write("a\\ud800€\\n".repeat(50_000));
    stream.flush();
  `;
  // Not with --no-config: that compiles anew, and coverage then finds nothing.
  const args = ["eval", program];
  const command = new Deno.Command(Deno.execPath(), { args });
  const { success, stderr } = await command.output();
  assertEquals(new TextDecoder().decode(stderr), "a\ufffd€\n".repeat(50_000));
  assertEquals(success, true);
});

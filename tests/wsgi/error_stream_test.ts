import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { ErrorStream } from "../../wsgi/types.ts";

/** Gives a stream and the list of what it was told to write. */
function collect(): { stream: ErrorStream; written: string[] } {
  const written: string[] = [];
  return {
    stream: new StderrStream((text) => void written.push(text)),
    written,
  };
}

/** Runs `body` with some globals replaced, and puts them back. */
function withGlobals(globals: Record<string, unknown>, body: () => void): void {
  const before = Object.keys(globals).map((name) =>
    [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const
  );
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, {
      value,
      configurable: true,
      writable: true,
    });
  }
  try {
    body();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}

/** Stands in for Deno: its stderr takes at most `most` bytes a call. */
function fakeDeno(most: number): { Deno: unknown; bytes: number[] } {
  const bytes: number[] = [];
  const writeSync = (chunk: Uint8Array) => {
    const taken = chunk.subarray(0, most);
    bytes.push(...taken);
    return taken.length;
  };
  return { Deno: { stderr: { writeSync } }, bytes };
}

Deno.test("StderrStream.write() hands the text to the sink as it is", () => {
  const { stream, written } = collect();
  stream.write("one\n");
  stream.write("");
  stream.write("two");
  stream.flush();
  assertEquals(written.join(""), "one\ntwo");
});

Deno.test("StderrStream.write() takes any string without throwing", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.constantFrom("", "\ud800", "\udc00"),
      (text, lone) => {
        const { stream, written } = collect();
        stream.write(text + lone);
        assertEquals(written, [text + lone]);
      },
    ),
  );
});

Deno.test.each<[unknown, string]>([
  [undefined, "undefined"],
  [null, "null"],
  [12, "12"],
  [Symbol("x"), "a symbol"],
  [{}, "an object"],
  [["a"], "an array: writelines() takes several strings"],
  [new Uint8Array(1), "a Uint8Array of 1 bytes: decode bytes with TextDecoder"],
  [new Error("x"), "an Error: pass the stack or the message of the error"],
])("StderrStream refuses %o, which is no string", (value, got) => {
  const { stream, written } = collect();
  const text = value as string;
  const error = assertThrows(() => stream.write(text), TypeError);
  assertEquals(
    error.message,
    `Cannot write to wsgi.errors: the text must be a string, got ${got}`,
  );
  assertThrows(() => stream.writelines(["a", text]), TypeError, `got ${got}`);
  assertEquals(written, ["a"]);
});

Deno.test("StderrStream.writelines() adds nothing between the strings", () => {
  const { stream, written } = collect();
  for (const lines of [["a", "b\n"], new Set(["c"]), ["d"].values(), []]) {
    stream.writelines(lines);
  }
  assertEquals(written.join(""), "ab\ncd");
});

Deno.test("StderrStream.write() lets an error of the sink through", () => {
  const failure = new Error("full");
  const stream = new StderrStream(() => {
    throw failure;
  });
  assertStrictEquals(assertThrows(() => stream.write("x")), failure);
});

Deno.test("StderrStream.write() writes to Deno.stderr until everything is written", () => {
  const { Deno, bytes } = fakeDeno(3);
  withGlobals({ Deno }, () => new StderrStream().write("näht\ud800\n"));
  assertEquals(
    new TextDecoder().decode(Uint8Array.from(bytes)),
    "näht\ufffd\n",
  );
});

Deno.test("StderrStream.write() survives a stderr that is gone or takes nothing", () => {
  const fail = (): never => {
    throw new Error("Broken pipe");
  };
  for (
    const globals of [
      { Deno: { stderr: { writeSync: fail } } },
      { Deno: fakeDeno(0).Deno },
      { Deno: undefined, process: { stderr: { write: fail } } },
    ]
  ) withGlobals(globals, () => new StderrStream().write("x"));
});

Deno.test("StderrStream.write() uses process.stderr where there is no Deno", () => {
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

Deno.test("StderrStream.write() uses console.error by whole lines where there is nothing else", () => {
  for (const process of [undefined, {}, { stderr: {} }]) {
    const lines: unknown[] = [];
    const console = { error: (...args: unknown[]) => void lines.push(...args) };
    withGlobals({ Deno: undefined, process, console }, () => {
      const stream = new StderrStream();
      stream.write("%s ");
      assertEquals(lines, []);
      stream.write("one\n\ntwo\nthr");
      assertEquals(lines, ["%s one\n\ntwo"]);
      stream.write("ee");
      stream.flush();
      assertEquals(lines, ["%s one\n\ntwo", "three"]);
      stream.flush();
      stream.write("\n");
      assertEquals(lines, ["%s one\n\ntwo", "three", ""]);
    });
  }
});

Deno.test("StderrStream keeps the half lines of two streams apart", () => {
  const lines: string[] = [];
  const console = { error: (line: string) => void lines.push(line) };
  withGlobals({ Deno: undefined, process: undefined, console }, () => {
    const one = new StderrStream();
    const two = new StderrStream();
    one.write("one");
    two.write("two");
    two.write("\n");
    one.write("\n");
  });
  assertEquals(lines, ["two", "one"]);
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
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  assertEquals(new TextDecoder().decode(stderr), "a\ufffd€\n".repeat(50_000));
  assertEquals(success, true);
});

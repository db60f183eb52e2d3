// deno-lint-ignore-file explicit-function-return-type -- deliberate mistakes have no type
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import {
  ConformanceError,
  RequestBodyError,
  type ValidatorOptions,
} from "../../mod.ts";
import { RequestInput } from "../../gateway/input/input_stream.ts";
import { calling } from "./input_apps.ts";
import { bytes, start, TEXT } from "./programs.ts";
import { assertFinds, createEnviron, type Loose } from "./scenario.ts";
import { validate } from "./validated.ts";

type Action = (stream: Loose) => unknown;

/** Uses a stream that an application gets from a validator. */
async function useStream(
  key: "wsgi.input" | "wsgi.errors",
  action: Action,
  stream: string | object,
  options: ValidatorOptions = {},
): Promise<{ readonly result: Loose; readonly found: readonly string[] }> {
  const isText = typeof stream === "string";
  const environ = createEnviron(isText ? stream : undefined);
  if (!isText) Reflect.set(environ, key, stream);
  let result: unknown;
  const { app, found } = validate(async (environ, startResponse) => {
    result = await action(environ[key]);
    startResponse("200 OK", []);
    return [];
  }, { throws: false, ...options });
  const body = await app(environ, start);
  await body.close?.();
  return { result, found };
}

const use = (
  action: Action,
  input: string | object = "",
  options: ValidatorOptions = {},
) => useStream("wsgi.input", action, input, options);

/** A server's input with these members, and others that do nothing. */
function streamWith(members: object): object {
  const nothing = { read() {}, readline() {}, readlines() {} };
  return { ...nothing, [Symbol.asyncIterator]() {}, ...members };
}

/** An input whose methods are all this one. */
function streamOf(method: (...args: unknown[]) => unknown): object {
  const read = { read: method, readline: method, readlines: method };
  return { ...read, [Symbol.asyncIterator]: () => ({ next: method }) };
}

function text(bytes: Uint8Array | Uint8Array[]): unknown {
  return Array.isArray(bytes)
    ? bytes.map(text)
    : new TextDecoder().decode(bytes);
}

const LINES = "one\ntwo\nthree\n";
const full = new Error("The disk is full");

Deno.test.each<[string, (input: Loose) => unknown, unknown[]]>([
  ["returns the results of the server's input", async (input) => [
    await input.read(4),
    await input.readline(),
    await input.readlines(),
    await input.read(),
  ], ["one\n", "two\n", ["three\n"], ""]],
  ["keeps the rest if a loop ends early", async (input) => {
    for await (const line of input) return [line, await input.read()];
  }, ["one\n", "two\nthree\n"]],
  ["has an iterator that can be iterated itself", async (input) => {
    const lines = input[Symbol.asyncIterator]();
    await lines.next();
    return Array.fromAsync(lines);
  }, ["two\n", "three\n"]],
  ["serves overlapping calls in order", (input) =>
    Promise.all([
      input.read(2),
      input.readline(),
      input.read(3),
      input.readlines(),
      input.read(),
    ]), ["on", "e\n", "two", ["\n", "three\n"], ""]],
])("CheckedInput %s", async (_what, action, expected) => {
  const { result, found } = await use(action, LINES);
  assertEquals(text(result), expected);
  assertEquals(found, []);
});

Deno.test("CheckedInput makes detached methods work, and reports them", async () => {
  const { result, found } = await use(
    ({ read, readline, readlines }) =>
      Promise.all([read(2), readline(), readlines()]),
    "one\ntwo\n",
  );
  assertEquals(text(result), ["on", "e\n", ["two\n"]]);
  assertEquals([...new Set(found)], ["input/torn-off"]);
});

Deno.test("CheckedInput forwards return() of the iterator with its value, or ends it", async () => {
  const next = () => Promise.resolve({ done: true });
  const end = (value: unknown) => Promise.resolve({ done: true, value });
  const action = (input: Loose) =>
    input[Symbol.asyncIterator]().return("enough");
  const resultFor = async (iterator: object) => {
    const stream = streamWith({ [Symbol.asyncIterator]: () => iterator });
    return (await use(action, stream)).result;
  };
  const given = { done: true, value: "enough" };
  assertEquals(await resultFor({ next, return: end }), given);
  assertEquals((await resultFor({ next })).done, true);
});

Deno.test("CheckedInput passes on rejections and errors of the server", async () => {
  const source = () => ReadableStream.from([new Uint8Array(3)]);
  const cut = new RequestInput(source, { contentLength: 5 });
  const read = (input: Loose) =>
    assertRejects(() => input.read(5), RequestBodyError);
  const { result, found } = await use(read, cut);
  assertEquals([result.status, found], [400, []]);
  const throwing = streamOf(() => {
    throw full;
  });
  const failing = (input: Loose) => assertThrows(() => input.read(5), Error);
  assertEquals((await use(failing, throwing)).result, full);
});

Deno.test("CheckedInput handles a rejection that is not awaited", async () => {
  await use((input) => {
    input.read(5);
    input.readline();
    input.readlines();
    input[Symbol.asyncIterator]().next();
  }, streamOf(() => Promise.reject(full)));
  // An unhandled rejection would end the test here.
  await setImmediate();
});

Deno.test("CheckedInput rejects what breaks a rule where the validator throws", async () => {
  const stream = streamOf(() => Promise.resolve(null));
  await assertRejects(
    () => use((input) => input.read(5), stream, { throws: true }),
    ConformanceError,
    "the methods of wsgi.input must return a Uint8Array",
  );
});

Deno.test("CheckedInput is a body that can be returned and closed", async () => {
  const { call, found } = validate((environ, startResponse) => {
    startResponse("200 OK", TEXT);
    return environ["wsgi.input"];
  }, { throws: false });
  const body = await call("GET", "one\ntwo");
  const lines = await Array.fromAsync<Loose>(body);
  assertEquals(lines.map(text), ["one\n", "two"]);
  await body.close?.();
  assertEquals(found, []);
});

Deno.test("CheckedInput calls other members of the server's input, and reports them", async () => {
  let receiver: unknown;
  const stream = streamWith({
    seek: (place: number) => `at ${place}`,
    close(this: unknown) {
      receiver = this;
    },
  });
  const { result, found } = await use((input) => {
    input.close();
    const error = assertThrows(() => input.text(), TypeError);
    return [input.seek(0), error.message];
  }, stream);
  const expected = "Cannot call text(): the stream has no such method";
  assertEquals(result, ["at 0", expected]);
  assertEquals(receiver, stream);
  assertEquals(found, ["input/closed", "input/member", "input/member"]);
});

Deno.test("CheckedInput allows changes to the arrays that it returned", async () => {
  const { found } = await use(
    async (input) => {
      const first = await input.read(3);
      const pending = input.read(3);
      structuredClone(first, { transfer: [first.buffer] });
      const second = await pending;
      second.fill(0);
      await input.read(3);
    },
    LINES,
    { profile: "paranoid" },
  );
  assertEquals(found, []);
});

Deno.test("validator() reports once that wsgi.input returned more than CONTENT_LENGTH", async () => {
  const [ab, c, d] = [bytes("ab"), bytes("c"), bytes("d")];
  const scenario = calling(async (input) => {
    for (const size of [2, 1, 1]) await input.read(size);
  }, [ab, c, d]);
  const environ = (environ: Loose) => {
    scenario.environ?.(environ);
    environ.CONTENT_LENGTH = "2";
  };
  const expected = "input/too-much: 3 bytes where CONTENT_LENGTH is 2";
  await assertFinds({ ...scenario, environ }, [expected], { profile: "core" });
});

// wsgi.errors -----------------------------------------------------------------

/** Creates a stream that records its calls. */
function noting(calls: unknown[][]) {
  const note = (name: string) => (...args: unknown[]) =>
    void calls.push([name, ...args]);
  const [write, writelines] = [note("write"), note("writelines")];
  return { write, writelines, flush: note("flush") };
}

Deno.test("CheckedErrors makes detached methods work, and ignores a missing close()", async () => {
  const calls: unknown[][] = [];
  const { found } = await useStream("wsgi.errors", (errors) => {
    const { write, writelines, flush } = errors;
    write("a");
    writelines(["b"].values());
    flush();
    errors.close();
  }, noting(calls));
  assertEquals(calls, [["write", "a"], ["writelines", ["b"]], ["flush"]]);
  const detached = new Array(3).fill("errors/torn-off");
  assertEquals(found, [...detached, "errors/closed"]);
});

Deno.test("CheckedErrors calls the server's object, and passes on what it throws", async () => {
  const receivers: unknown[] = [];
  const stream = {
    ...noting([]),
    write() {
      receivers.push(this);
      throw full;
    },
  };
  const { found } = await useStream("wsgi.errors", (errors) => {
    assertEquals(assertThrows(() => errors.write("text"), Error), full);
    assertEquals(assertThrows(() => errors.write(5), Error), full);
  }, stream);
  assertEquals(receivers, [stream, stream]);
  // A server may throw if the argument is not a string.
  assertEquals(found, ["errors/any-text", "errors/write"]);
});

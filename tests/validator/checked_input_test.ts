// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ConformanceError,
  RequestBodyError,
  validator,
  type ValidatorOptions,
  type Violation,
} from "../../mod.ts";
import { RequestInput } from "../../gateway/input/input_stream.ts";
import { createEnviron, type Loose } from "./scenario.ts";

interface Used {
  readonly result: Loose;
  readonly found: readonly string[];
}

/** Uses wsgi.input as an application gets it from a validator. */
async function use(
  action: (input: Loose) => unknown,
  input: string | object = "",
  options: ValidatorOptions = {},
): Promise<Used> {
  const environ = createEnviron(typeof input === "string" ? input : undefined);
  if (typeof input === "object") Reflect.set(environ, "wsgi.input", input);
  const found: string[] = [];
  let result: unknown;
  const app = validator(async (environ, startResponse) => {
    result = await action(environ["wsgi.input"]);
    startResponse("200 OK", []);
    return [];
  }, {
    throws: false,
    onViolation: ({ rule }: Violation) => void found.push(rule),
    ...options,
  });
  const body = await app(environ, () => () => Promise.resolve());
  await body.close?.();
  return { result, found };
}

/** An input of a server that has these members, and others that do nothing. */
function streamWith(members: object): object {
  const nothing = { read() {}, readline() {}, readlines() {} };
  return { ...nothing, [Symbol.asyncIterator]() {}, ...members };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("CheckedInput gives what the server's input gives", async () => {
  const { result, found } = await use(async (input) => [
    text(await input.read(4)),
    text(await input.readline()),
    (await input.readlines()).map(text),
    text(await input.read()),
  ], "one\ntwo\nthree\nfour");
  assertEquals(result, ["one\n", "two\n", ["three\n", "four"], ""]);
  assertEquals(found, []);
});

Deno.test("CheckedInput passes arguments on as they are, also none", async () => {
  const calls: unknown[][] = [];
  const read = (...args: unknown[]) => {
    calls.push(args);
    return Promise.resolve(new Uint8Array(0));
  };
  await use(async (input) => {
    await input.read();
    await input.read(undefined);
    await input.read(5);
  }, { read, readline: read, readlines: read, [Symbol.asyncIterator]: read });
  assertEquals(calls, [[], [undefined], [5]]);
});

Deno.test("CheckedInput calls the methods of the server on the server's object", async () => {
  const receivers: unknown[] = [];
  const stream = streamWith({
    read() {
      receivers.push(this);
      return Promise.resolve(new Uint8Array(0));
    },
  });
  await use((input) => input.read(), stream);
  assertEquals(receivers, [stream]);
});

Deno.test("CheckedInput makes torn-off methods work, and reports them", async () => {
  const { result, found } = await use(
    async ({ read, readline, readlines }) => [
      text(await read(2)),
      text(await readline()),
      (await readlines()).map(text),
    ],
    "one\ntwo\n",
  );
  assertEquals(result, ["on", "e\n", ["two\n"]]);
  assertEquals([...new Set(found)], ["input/torn-off"]);
});

Deno.test("CheckedInput iterates over lines, and leaves the rest where the loop is left", async () => {
  const { result } = await use(async (input) => {
    const lines: string[] = [];
    for await (const line of input) {
      lines.push(text(line));
      if (lines.length === 2) break;
    }
    return [...lines, text(await input.read())];
  }, "one\ntwo\nthree\n");
  assertEquals(result, ["one\n", "two\n", "three\n"]);
});

Deno.test("CheckedInput has an iterator that can be iterated itself", async () => {
  const { result } = await use(async (input) => {
    const lines = input[Symbol.asyncIterator]();
    await lines.next();
    const rest: string[] = [];
    for await (const line of lines) rest.push(text(line));
    return rest;
  }, "one\ntwo\nthree\n");
  assertEquals(result, ["two\n", "three\n"]);
});

Deno.test("CheckedInput forwards return() of the iterator with its value", async () => {
  const values: unknown[] = [];
  const { result } = await use(
    (input) => input[Symbol.asyncIterator]().return("enough"),
    streamWith({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: true }),
        return: (value: unknown) => {
          values.push(value);
          return Promise.resolve({ done: true, value });
        },
      }),
    }),
  );
  assertEquals(values, ["enough"]);
  assertEquals(result, { done: true, value: "enough" });
});

Deno.test("CheckedInput ends an iterator that has no return()", async () => {
  const { result } = await use(
    (input) => input[Symbol.asyncIterator]().return(),
    streamWith({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: true }),
      }),
    }),
  );
  assertEquals(result, { done: true, value: undefined });
});

Deno.test("CheckedInput serves overlapping calls in their order", async () => {
  const { result, found } = await use(
    async (input) => {
      const pieces = await Promise.all([
        input.read(2),
        input.readline(),
        input.read(3),
        input.readlines(),
        input.read(),
      ]);
      return pieces.map((piece) =>
        Array.isArray(piece) ? piece.map(text) : text(piece)
      );
    },
    "one\ntwo\nthree\n",
  );
  assertEquals(result, ["on", "e\n", "two", ["\n", "three\n"], ""]);
  assertEquals(found, []);
});

Deno.test("CheckedInput lets the rejections of the server through", async () => {
  const cut = new RequestInput(
    () => ReadableStream.from([new Uint8Array(3)]),
    { contentLength: 5 },
  );
  const { result, found } = await use(
    (input) => assertRejects(() => input.read(5), RequestBodyError),
    cut,
  );
  assertEquals(result.status, 400);
  assertEquals(found, []);
});

Deno.test("CheckedInput lets what the server throws through", async () => {
  const full = new Error("The disk is full");
  const read = () => {
    throw full;
  };
  const { result } = await use(
    (input) => assertThrows(() => input.read(5), Error),
    { read, readline: read, readlines: read, [Symbol.asyncIterator]: read },
  );
  assertEquals(result, full);
});

Deno.test("CheckedInput ends no process by a rejection that nobody awaits", async () => {
  const read = () => Promise.reject(new Error("cut short"));
  await use((input) => {
    input.read(5);
    input.readline();
    input.readlines();
    input[Symbol.asyncIterator]().next();
  }, {
    read,
    readline: read,
    readlines: read,
    [Symbol.asyncIterator]: () => ({ next: read }),
  });
  // An unhandled rejection would end the test here.
  await new Promise((resolve) => setTimeout(resolve));
});

Deno.test("CheckedInput rejects what breaks a rule, where it is to throw", async () => {
  await assertRejects(
    () =>
      use(
        (input) => input.read(5),
        streamWith({ read: () => Promise.resolve(null) }),
        { throws: true },
      ),
    ConformanceError,
    "what wsgi.input gives must be a Uint8Array",
  );
});

Deno.test("CheckedInput is a body that can be returned and closed", async () => {
  const found: string[] = [];
  const app = validator((environ, startResponse) => {
    startResponse("200 OK", []);
    return environ["wsgi.input"];
  }, { onViolation: ({ rule }) => void found.push(rule), throws: false });
  const body = await app(createEnviron("one\ntwo"), () => async () => {});
  assert(Symbol.asyncIterator in body);
  const lines = await Array.fromAsync(body, text);
  await body.close?.();
  assertEquals(lines, ["one\n", "two"]);
  assertEquals(found, []);
});

Deno.test("CheckedInput calls a member that the server has, after it was reported", async () => {
  const { result, found } = await use(
    (input) => input.seek(0),
    streamWith({ seek: (place: number) => `at ${place}` }),
  );
  assertEquals(result, "at 0");
  assertEquals(found, ["input/member"]);
});

Deno.test("CheckedInput throws as usual for a member that the server has not", async () => {
  const { result, found } = await use(
    (input) => assertThrows(() => input.text(), TypeError),
  );
  assertEquals(
    result.message,
    "Cannot call text(): the stream has no such method",
  );
  assertEquals(found, ["input/member"]);
});

Deno.test("CheckedInput closes the server's input where it can be closed", async () => {
  let closes = 0;
  const { found } = await use(
    (input) => input.close(),
    streamWith({ close: () => void closes++ }),
  );
  assertEquals(closes, 1);
  assertEquals(found, ["input/closed"]);
});

Deno.test("CheckedInput tells of each misuse what to do instead", async () => {
  const hints: string[] = [];
  await use(
    (input) => {
      for (const name of ["text", "getReader", "on", "seek"]) {
        assertThrows(() => input[name]());
      }
    },
    "",
    { onViolation: ({ hint }) => void hints.push(hint ?? "") },
  );
  assertEquals(hints.map((hint) => hint.split(/[ :(]/)[0]), [
    "Use",
    "Make",
    "Use",
    "Keep",
  ]);
});

Deno.test("CheckedInput does not mind what the application does with its arrays", async () => {
  const { found } = await use(
    async (input) => {
      const first = await input.read(3);
      const pending = input.read(3);
      structuredClone(first, { transfer: [first.buffer] });
      const second = await pending;
      second.fill(0);
      await input.read(3);
    },
    "one\ntwo\nthree\n",
    { profile: "paranoid" },
  );
  assertEquals(found, []);
});

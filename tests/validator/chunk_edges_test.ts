// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertThrows } from "@std/assert";
import { idsOf, TEXT, validate } from "./body_cases.ts";
import type { Scenario } from "./scenario.ts";
import { answering } from "./fixtures/shorthands.ts";
import {
  bytes,
  findingsIn,
  findingsInBody,
  PLAIN,
  start,
  takeAll,
} from "./requests.ts";

Deno.test("validator() counts the bytes of chunks alone", async () => {
  const text = { done: false, value: "text" };
  assertEquals(
    (await findingsInBody([], text)).map((line) => line.split(":")[0]),
    [
      "body/chunk",
    ],
  );
  const found = await findingsInBody(
    [],
    { done: false, value: bytes("Hello") },
    text,
  );
  assertEquals(found.at(-1), "http/content-type: 5 bytes without it");
});

Deno.test("validator() counts nothing but chunks as empty ones", async () => {
  const empty = { done: false, value: new Uint8Array() };
  const body = {
    *[Symbol.iterator]() {
      for (let i = 0; i < 9999; i++) yield empty.value;
      yield "text";
    },
  };
  const scenario: Scenario = {
    ...answering("200 OK", [PLAIN], body),
    server: (app, environ) => {
      const body = app(environ, start);
      for (const _chunk of body);
      body.close();
    },
  };
  const found = await findingsIn(scenario, { profile: "core" });
  assertEquals(found.map((line) => line.split(":")[0]), ["body/chunk"]);
});

Deno.test("validator() counts nothing but chunks as empty ones that are written", async () => {
  const scenario: Scenario = {
    app: (_environ, startResponse) => {
      const write = startResponse("200 OK", [PLAIN]);
      for (let i = 0; i < 9999; i++) write(new Uint8Array());
      write("text");
      return [];
    },
    server: (app, environ) => app(environ, start).close(),
  };
  const found = await findingsIn(scenario, { profile: "core" });
  assertEquals(found.map((line) => line.split(":")[0]), ["write/chunk"]);
});

Deno.test("validator() says of a chunk that the application changed behind an async body that it did", async () => {
  const chunk = bytes("Hello");
  const scenario: Scenario = {
    ...answering("200 OK", [PLAIN], {
      async *[Symbol.asyncIterator]() {
        yield chunk;
        yield bytes("more");
      },
    }),
    server: async (app, environ) => {
      const body = await app(environ, start);
      const iterator = body[Symbol.asyncIterator]();
      await iterator.next();
      chunk[0] = 0;
      while (!(await iterator.next()).done);
      await body.close();
    },
  };
  assertEquals(await findingsIn(scenario), [
    "chunk/changed: a chunk with other bytes than before",
  ]);
});

Deno.test("validator() tells once that the server has taken the buffer of a chunk", async () => {
  const scenario: Scenario = {
    ...answering("200 OK", [PLAIN], {
      async *[Symbol.asyncIterator]() {
        yield bytes("Hello");
        yield bytes("more");
      },
    }),
    server: async (app, environ) => {
      const body = await app(environ, start);
      const iterator = body[Symbol.asyncIterator]();
      const { value } = await iterator.next();
      value.buffer.transfer();
      while (!(await iterator.next()).done);
      await body.close();
    },
  };
  assertEquals(await findingsIn(scenario), [
    "iteration/chunk-detached: a chunk whose buffer is detached",
  ]);
});

Deno.test.each([["a"], ["ab"]])(
  "validator() sees that a written chunk was changed before the next: %j",
  async (text) => {
    const chunk = bytes(text);
    const found = await findingsIn({
      app: (_environ, startResponse) => {
        const write = startResponse("200 OK", [PLAIN]);
        write(chunk);
        chunk[0] = 0;
        write(bytes("more"));
        return [];
      },
    });
    assertEquals(found.filter((line) => line.startsWith("chunk/")), [
      "chunk/changed: a chunk with other bytes than before",
    ]);
  },
);

Deno.test("validator() looks at a written chunk until the next one is written", async () => {
  const chunk = bytes("Hello");
  const found = await findingsIn({
    app: (_environ, startResponse) => {
      const write = startResponse("200 OK", [PLAIN]);
      write(chunk);
      write(bytes("more"));
      chunk[0] = 0;
      write(bytes("more"));
      return [];
    },
  });
  assertEquals(found.filter((line) => line.startsWith("chunk/")), []);
});

Deno.test("validator() looks for large buffers where that rule is the only one about memory", async () => {
  const chunk = new Uint8Array(new ArrayBuffer(2 ** 21), 0, 5);
  const scenario = answering("200 OK", [PLAIN], [chunk]);
  const rules = { "chunk/large-buffer": "warning" } as const;
  assertEquals(await findingsIn(scenario, { profile: "core", rules }), [
    "chunk/large-buffer: 5 bytes on a buffer of 2097152 bytes",
  ]);
});

Deno.test("validator() throws an error about written chunks each time, and tells a warning once", () => {
  const gone = bytes("gone");
  gone.buffer.transfer();
  const { call, found } = validate((_environ, startResponse) => {
    const write = startResponse("200 OK", TEXT);
    for (let i = 0; i < 2; i++) {
      assertThrows(() => write(gone), Error, "chunk/detached");
      write(new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 })));
    }
    throw new Error("the end");
  });
  assertThrows(() => call(), Error, "the end");
  assertEquals(idsOf(found), [
    "chunk/detached",
    "chunk/resizable",
    "chunk/detached",
  ]);
});

Deno.test("validator() looks at a chunk until the next one comes", async () => {
  const chunk = bytes("Hello");
  const body = {
    *[Symbol.iterator]() {
      yield chunk;
      yield bytes("more");
      chunk[0] = 0;
      yield bytes("more");
    },
  };
  const scenario = answering("200 OK", [PLAIN], body);
  assertEquals(await findingsIn({ ...scenario, server: takeAll }), []);
});

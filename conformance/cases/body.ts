/**
 * Cases about the body: its kinds, its bytes, and values that are not bodies.
 *
 * @module
 */

import type { ResponseBody } from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import {
  answering,
  bytes,
  generated,
  generatedLate,
  text,
} from "./fixtures.ts";

/** An iterable that is neither an array nor a generator. */
function iterable(chunks: readonly string[]): Iterable<Uint8Array, void> {
  return {
    [Symbol.iterator](): Iterator<Uint8Array, void> {
      const rest = [...chunks];
      return {
        next(): IteratorResult<Uint8Array, void> {
          const chunk = rest.shift();
          return chunk === undefined
            ? { done: true, value: undefined }
            : { done: false, value: bytes(chunk) };
        },
      };
    },
  };
}

function stream(chunks: readonly string[]): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream<Uint8Array>({
    pull(controller): void {
      const chunk = rest.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(bytes(chunk));
    },
  });
}

const CHUNKS = ["one ", "", "two ", "three"];

/** Bodies of several kinds with the same bytes. */
const KINDS: readonly [name: string, make: () => ResponseBody][] = [
  ["array", () => CHUNKS.map(bytes)],
  ["iterable", () => iterable(CHUNKS)],
  ["generator", () => generated(...CHUNKS)],
  ["async-generator", () => generatedLate(...CHUNKS)],
  ["stream", () => stream(CHUNKS)],
  ["set", () => new Set(CHUNKS.map(bytes))],
];

/** Values that are not bodies, or contain something that is not a chunk. */
const WRONG: readonly [name: string, spec: string, make: () => unknown][] = [
  ["undefined", "app-returns-body", () => undefined],
  ["null", "app-returns-body", () => null],
  ["number", "body-iterable", () => 42],
  ["string", "body-not-string", () => "text"],
  ["bytes", "body-not-string", () => bytes("text")],
  ["string-chunk", "chunk-uint8array", () => ["text"]],
  ["number-chunk", "chunk-uint8array", () => [1, 2]],
  ["buffer-chunk", "chunk-uint8array", () => [new ArrayBuffer(4)]],
  ["generated-string", "chunk-uint8array", () => ["text"].values()],
  ["late-chunk", "server-array-checked", () => [bytes("good"), "bad"]],
];

function wrongCase([name, spec, make]: typeof WRONG[number]): ServerCase {
  return {
    id: `body/refuses-${name}`,
    spec,
    title: "If the result is not a body of chunks, the response is a 500",
    broken: true,
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return make() as ResponseBody;
    },
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual([head.status, complete], [500, true], "the response");
      expect(
        !body.includes("good") && !body.includes("text"),
        "the response must be the server's own, but it has the body's bytes",
      );
      await client.settle();
    },
  };
}

/** The cases of this subject. */
export const BODY_CASES: readonly ServerCase[] = [
  ...KINDS.flatMap(([name, make]): ServerCase[] => [{
    id: `body/${name}`,
    spec: "server-bytes-unchanged",
    title: `A body of the kind ${name.replace("-", " ")} is sent`,
    app: answering(make),
    run: async (client) => {
      const { body, complete } = await client.ask();
      expectEqual([body, complete], ["one two three", true], "the body");
    },
  }, {
    id: `body/promised-${name}`,
    spec: "server-function-kind",
    title: `A promise of a body (${name.replace("-", " ")}) is awaited`,
    app: () => async (_environ, startResponse) => {
      await Promise.resolve();
      startResponse("200 OK", text());
      return make();
    },
    run: async (client) => {
      const { body, complete } = await client.ask();
      expectEqual([body, complete], ["one two three", true], "the body");
    },
  }]),
  {
    id: "body/both-iterators",
    spec: "server-iterator-choice",
    title: "If a body has both iterator methods, the asynchronous one is used",
    // Not forbidden, but the validator advises against it.
    broken: true,
    app: answering(() => ({
      [Symbol.iterator]: () => generated("sync"),
      [Symbol.asyncIterator]: () => generatedLate("async"),
    })),
    run: async (client) => {
      const { body } = await client.ask();
      expectEqual(body, "async", "the body");
    },
  },
  {
    id: "body/members",
    spec: "server-body-members",
    title: "The server uses no members of a body beyond the interface",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      const members: Record<PropertyKey, unknown> = {
        [Symbol.iterator]: () => generated("body"),
        close: () => {},
      };
      for (const name of ["length", "cancel", "getReader", "destroy", "read"]) {
        Object.defineProperty(members, name, {
          get: () => probe.report("touched", name),
        });
      }
      return members as unknown as ResponseBody;
    },
    broken: true,
    run: async (client) => {
      const { body } = await client.ask();
      await client.settle();
      expectEqual(body, "body", "the body");
      expectEqual(client.events(), [], "the used members");
    },
  },
  {
    id: "body/every-byte",
    spec: "server-bytes-unchanged",
    title: "Bytes of every value arrive",
    app: answering(() => [Uint8Array.from(Array(256).keys())]),
    run: async (client) => {
      const { body } = await client.ask();
      const expected = String.fromCharCode(...Array(256).keys());
      expectEqual(body, expected, "the body");
    },
  },
  {
    id: "body/views",
    spec: "server-bytes-unchanged",
    title: "A chunk that is a view of a larger buffer sends only its own bytes",
    app: answering(function* (): Generator<Uint8Array, void> {
      yield bytes("<<<0123456789>>>").subarray(3, 13);
    }),
    run: async (client) => {
      const { body } = await client.ask();
      expectEqual(body, "0123456789", "the body");
    },
  },
  {
    id: "body/same-chunk",
    spec: "server-chunk-untouched",
    title: "The same chunk can be sent several times",
    app: answering(() => {
      const chunk = bytes("same;");
      return [chunk, chunk, chunk];
    }),
    run: async (client) => {
      const { body } = await client.ask();
      expectEqual(body, "same;same;same;", "the body");
    },
  },
  {
    id: "body/large",
    spec: "server-bytes-unchanged",
    title: "A body of 4 MiB in chunks of 64 KiB arrives whole",
    app: answering(function* (): Generator<Uint8Array, void> {
      for (let index = 0; index < 64; index++) {
        yield new Uint8Array(65_536).fill(index);
      }
    }),
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request({ version: "HTTP/1.0" }));
      await connection.head();
      expectEqual(
        await connection.skip(1 << 23),
        1 << 22,
        "the number of bytes",
      );
    },
  },
  ...WRONG.map(wrongCase),
];

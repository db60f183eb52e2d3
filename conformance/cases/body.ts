/**
 * Cases about the body: its kinds, its chunks, and that nothing is held back.
 *
 * @module
 */

import type { ResponseBody } from "../../gateway/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, ServerCase } from "../server_case.ts";
import { answering, bytes, text } from "./apps.ts";

/** An iterable that is no array, no generator and nothing else. */
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

function* sync(chunks: readonly string[]): Generator<Uint8Array, void> {
  for (const chunk of chunks) yield bytes(chunk);
}

async function* async(
  chunks: readonly string[],
): AsyncGenerator<Uint8Array, void> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield bytes(chunk);
  }
}

const CHUNKS = ["one ", "", "two ", "three"];

/** Bodies that all bring the same bytes. */
const KINDS: readonly [name: string, make: () => ResponseBody][] = [
  ["array", () => CHUNKS.map(bytes)],
  ["iterable", () => iterable(CHUNKS)],
  ["generator", () => sync(CHUNKS)],
  ["async-generator", () => async(CHUNKS)],
  ["stream", () => stream(CHUNKS)],
  ["set", () => new Set(CHUNKS.map(bytes))],
];

/** Things that are no body, or hold what is no chunk. */
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
    title: "What is no body of chunks fails the request",
    broken: true,
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return make() as ResponseBody;
    },
    run: async (talk) => {
      const { head, body, complete } = await talk.ask();
      expectEqual([head.status, complete], [500, true], "the answer");
      expect(
        !body.includes("good") && !body.includes("text"),
        "the answer must be the server's own, but it has the body's bytes",
      );
      await talk.settle();
    },
  };
}

/** A body whose chunks wait for a gate, one after the other. */
async function* gated(
  probe: Probe,
  count: number,
): AsyncGenerator<Uint8Array, void> {
  for (let index = 0; index < count; index++) {
    await probe.gate(`chunk ${index}`);
    // Told before it is seen, also where telling takes time.
    await probe.tell("made", index);
    yield bytes(`chunk ${index};`);
  }
}

/** The cases of this subject. */
export const BODY_CASES: readonly ServerCase[] = [
  ...KINDS.flatMap(([name, make]): ServerCase[] => [{
    id: `body/${name}`,
    spec: "server-bytes-unchanged",
    title: `A body that is ${name.replace("-", " ")} is sent`,
    app: answering(make),
    run: async (talk) => {
      const { body, complete } = await talk.ask();
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
    run: async (talk) => {
      const { body, complete } = await talk.ask();
      expectEqual([body, complete], ["one two three", true], "the body");
    },
  }]),
  {
    id: "body/both-iterators",
    spec: "server-iterator-choice",
    title: "Of two iterator methods the asynchronous one is used",
    // Not forbidden, but the validator advises against it.
    broken: true,
    app: answering(() => ({
      [Symbol.iterator]: () => sync(["sync"]),
      [Symbol.asyncIterator]: () => async(["async"]),
    })),
    run: async (talk) => {
      const { body } = await talk.ask();
      expectEqual(body, "async", "the body");
    },
  },
  {
    id: "body/members",
    spec: "server-body-members",
    title: "A server uses nothing of a body but what the interface names",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      const members: Record<PropertyKey, unknown> = {
        [Symbol.iterator]: () => sync(["body"]),
        close: () => {},
      };
      for (const name of ["length", "cancel", "getReader", "destroy", "read"]) {
        Object.defineProperty(members, name, {
          get: () => probe.tell("touched", name),
        });
      }
      return members as unknown as ResponseBody;
    },
    broken: true,
    run: async (talk) => {
      const { body } = await talk.ask();
      await talk.settle();
      expectEqual(body, "body", "the body");
      expectEqual(talk.events(), [], "what was touched");
    },
  },
  {
    id: "body/every-byte",
    spec: "server-bytes-unchanged",
    title: "All values of a byte arrive",
    app: answering(() => [Uint8Array.from(Array(256).keys())]),
    run: async (talk) => {
      const { body } = await talk.ask();
      const expected = String.fromCharCode(...Array(256).keys());
      expectEqual(body, expected, "the body");
    },
  },
  {
    id: "body/views",
    spec: "server-bytes-unchanged",
    title: "A chunk that is a view of a larger buffer sends its part alone",
    app: answering(function* (): Generator<Uint8Array, void> {
      yield bytes("<<<0123456789>>>").subarray(3, 13);
    }),
    run: async (talk) => {
      const { body } = await talk.ask();
      expectEqual(body, "0123456789", "the body");
    },
  },
  {
    id: "body/same-chunk",
    spec: "server-chunk-untouched",
    title: "The same chunk may be sent any number of times",
    app: answering(() => {
      const chunk = bytes("same;");
      return [chunk, chunk, chunk];
    }),
    run: async (talk) => {
      const { body } = await talk.ask();
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
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request({ version: "HTTP/1.0" }));
      await client.head();
      expectEqual(await client.skip(1 << 23), 1 << 22, "the number of bytes");
    },
  },
  {
    id: "body/not-held-back",
    spec: "server-no-delay",
    title: "A chunk arrives before the next one is made",
    app: answering((probe) => gated(probe, 3)),
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request());
      talk.open("chunk 0");
      const head = await client.head();
      const chunked = head.get("transfer-encoding") !== undefined;
      for (let index = 0; index < 3; index++) {
        talk.open(`chunk ${index}`);
        const chunk = chunked ? await client.chunk() : await client.bytes(8);
        expectEqual(chunk, `chunk ${index};`, "the chunk");
        const made = talk.events().filter((event) => event === "made");
        expectEqual(made.length, index + 1, "the chunks made until then");
      }
    },
  },
  {
    id: "body/backpressure",
    spec: "server-backpressure",
    title: "A client that does not read stops the body",
    app: (probe) =>
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
        // 256 MiB, which no server should take.
        for (let index = 0; index < 256; index++) {
          probe.tell("made");
          yield new Uint8Array(1 << 20);
        }
        probe.tell("all made");
      },
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request());
      await talk.told("made");
      let before = -1;
      // It goes on as long as buffers take more; then nothing happens any more.
      for (;;) {
        await talk.settle();
        await talk.settle();
        const made = talk.events().length;
        if (made === before) break;
        before = made;
      }
      expect(
        !talk.events().includes("all made"),
        "the body must stop while the client does not read, but it went on",
      );
    },
  },
  {
    id: "body/interleaved",
    spec: "async-interleaved",
    title: "While one request waits, others are answered",
    app: (probe) => async (environ, startResponse) => {
      if (environ.PATH_INFO === "/slow") {
        probe.tell("waiting");
        await probe.gate("go on");
      }
      startResponse("200 OK", text());
      return [bytes(environ.PATH_INFO)];
    },
    run: async (talk) => {
      const slow = await talk.connect();
      await slow.send(talk.request({ target: "/slow" }));
      await talk.told("waiting");
      const { body } = await talk.ask({ target: "/fast" });
      expectEqual(body, "/fast", "the other body");
      talk.open("go on");
      expectEqual((await slow.response()).body, "/slow", "the body");
    },
  },
  ...WRONG.map(wrongCase),
];

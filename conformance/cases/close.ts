/**
 * Cases about `close()`: on every way out, once, and in order.
 *
 * @module
 */

import type { ResponseBody } from "../../gateway/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, RequestParts, ServerCase, Talk } from "../server_case.ts";
import { bytes, text } from "./apps.ts";

/** A body that tells what is done with it. */
function watched(
  probe: Probe,
  chunks: () => Iterator<unknown> | AsyncIterator<unknown>,
  isAsync = false,
): ResponseBody {
  const iterator = chunks() as AsyncIterator<unknown>;
  const body = {
    [isAsync ? Symbol.asyncIterator : Symbol.iterator]: () => ({
      next: () => iterator.next(),
      return: () => {
        probe.tell("return");
        return iterator.return?.() ?? { done: true, value: undefined };
      },
    }),
    close(this: unknown, ...args: unknown[]): void | Promise<void> {
      const right = this === body && args.length === 0;
      return probe.tell("close", right);
    },
  };
  return body as unknown as ResponseBody;
}

function* chunks(...pieces: string[]): Generator<Uint8Array, void> {
  for (const piece of pieces) yield bytes(piece);
}

async function* late(...pieces: string[]): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) {
    await Promise.resolve();
    yield bytes(piece);
  }
}

/** A way for a request to end. */
interface Ending {
  readonly name: string;
  readonly title: string;
  readonly body: (probe: Probe) => ResponseBody;
  readonly status?: string;
  readonly length?: string;
  readonly parts?: RequestParts;
  /** What must be told. `return` comes only where the iteration was stopped. */
  readonly told: readonly string[];
  /** Whether startResponse is left out. */
  readonly silent?: boolean;
  readonly broken?: boolean;
}

const ENDINGS: readonly Ending[] = [
  {
    name: "iterator",
    title: "close() is called at the end of an iteration",
    body: (probe) => watched(probe, () => chunks("a", "b")),
    told: ["close"],
  },
  {
    name: "async-iterator",
    title: "close() is called at the end of an asynchronous iteration",
    body: (probe) => watched(probe, () => late("a", "b"), true),
    told: ["close"],
  },
  {
    name: "array",
    title: "close() of an array is called",
    body: (probe) =>
      Object.assign([bytes("a")], { close: () => probe.tell("close", true) }),
    told: ["close"],
  },
  {
    name: "empty",
    title: "close() is called for a body without chunks",
    body: (probe) => watched(probe, () => chunks()),
    told: ["close"],
  },
  {
    name: "head",
    title: "close() is called under HEAD, after return()",
    body: (probe) => watched(probe, () => chunks("a", "b")),
    parts: { method: "HEAD" },
    told: ["return", "close"],
  },
  {
    name: "204",
    title: "close() is called with status 204, after return()",
    body: (probe) => watched(probe, () => chunks()),
    status: "204 No Content",
    told: ["return", "close"],
  },
  {
    name: "304",
    title: "close() is called with status 304, after return()",
    body: (probe) => watched(probe, () => chunks()),
    status: "304 Not Modified",
    told: ["return", "close"],
  },
  {
    name: "error-first",
    title: "close() is called when the first next() throws",
    body: (probe) =>
      watched(probe, function* (): Generator<Uint8Array, void> {
        yield* chunks();
        throw new Error("kit: on purpose");
      }),
    broken: true,
    told: ["close"],
  },
  {
    name: "error-later",
    title: "close() is called when a later next() throws",
    body: (probe) =>
      watched(probe, function* (): Generator<Uint8Array, void> {
        yield* chunks("a");
        throw new Error("kit: on purpose");
      }),
    broken: true,
    told: ["close"],
  },
  {
    name: "wrong-chunk",
    title: "close() is called when a chunk is refused, after return()",
    body: (probe) => watched(probe, () => ["text"].values()),
    broken: true,
    told: ["return", "close"],
  },
  {
    name: "never-started",
    title: "close() is called where startResponse never was",
    body: (probe) => watched(probe, () => chunks()),
    silent: true,
    broken: true,
    told: ["close"],
  },
  {
    name: "too-long",
    title: "close() is called where the body is too long, after return()",
    body: (probe) => watched(probe, () => chunks("four", "more", "and more")),
    length: "4",
    broken: true,
    told: ["return", "close"],
  },
  {
    name: "too-short",
    title: "close() is called where the body is too short",
    body: (probe) => watched(probe, () => chunks("four")),
    length: "5",
    broken: true,
    told: ["close"],
  },
];

function endingCase(ending: Ending): ServerCase {
  const { status = "200 OK", length, told } = ending;
  return {
    id: `close/${ending.name}`,
    spec: told.includes("return") ? "close-return-first" : "close-called",
    title: ending.title,
    broken: ending.broken,
    app: (probe) => (_environ, startResponse) => {
      const type = /^[34]|^204/.test(status) ? [] : text();
      const headers = length === undefined
        ? type
        : [...type, ["Content-Length", length] as const];
      if (!ending.silent) startResponse(status, headers);
      return ending.body(probe);
    },
    run: async (talk) => {
      await talk.ask(ending.parts);
      expectEqual(await talk.told("close"), true, "this and arguments");
      await talk.settle();
      expectEqual(talk.events(), told, "what was called");
    },
  };
}

/** Waits for the head and the first chunk of an endless body. */
async function begin(talk: Talk): Promise<void> {
  const client = await talk.connect();
  await client.send(talk.request());
  await client.head();
  await client.bytes(1);
  client.close();
}

/** The cases of this subject. */
export const CLOSE_CASES: readonly ServerCase[] = [
  ...ENDINGS.map(endingCase),
  {
    id: "close/stream",
    spec: "close-unread-body",
    title: "A stream that is not read, as under HEAD, is cancelled",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(bytes("a")),
        cancel: () => probe.tell("cancelled"),
      }, { highWaterMark: 0 });
    },
    run: async (talk) => {
      await talk.ask({ method: "HEAD" });
      await talk.told("cancelled");
      expectEqual(talk.events(), ["cancelled"], "what was called");
    },
  },
  {
    id: "close/finally",
    spec: "close-return-first",
    title: "A generator that is stopped runs its finally",
    app: (probe) =>
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        try {
          startResponse("200 OK", text());
          for (;;) yield bytes("endless");
        } finally {
          probe.tell("finally");
        }
      },
    run: async (talk) => {
      await talk.ask({ method: "HEAD" });
      await talk.told("finally");
      expectEqual(talk.events(), ["finally"], "what was called");
    },
  },
  {
    id: "close/awaited",
    spec: "close-awaited",
    title: "close() waits until the promise of return() has resolved",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      const iterator: AsyncIterator<Uint8Array, void> = {
        next: () => Promise.resolve({ done: false, value: bytes("a") }),
        return: async () => {
          await probe.tell("return begins");
          await probe.gate("go on");
          await probe.tell("return ends");
          return { done: true, value: undefined };
        },
      };
      return {
        [Symbol.asyncIterator]: () => iterator,
        close: () => probe.tell("close"),
      };
    },
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request({ method: "HEAD" }));
      await talk.told("return begins");
      await talk.settle();
      talk.open("go on");
      await talk.told("close");
      expectEqual(
        talk.events(),
        ["return begins", "return ends", "close"],
        "what was called",
      );
    },
  },
  {
    id: "close/error",
    spec: "close-error",
    title: "What close() throws changes no response",
    broken: true,
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return Object.assign([bytes("body")], {
        close: () => {
          throw new Error("kit: on purpose");
        },
      });
    },
    run: async (talk) => {
      const { head, body, complete } = await talk.ask();
      expectEqual(
        [head.status, body, complete],
        [200, "body", true],
        "the response",
      );
      await talk.settle();
    },
  },
  {
    id: "close/client-left",
    spec: "gone-stops",
    title: "When the client leaves a stream, it ends: return(), then close()",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return watched(
        probe,
        async function* (): AsyncGenerator<Uint8Array, void> {
          for (;;) {
            await new Promise((resolve) => setTimeout(resolve));
            yield new Uint8Array(4096);
          }
        },
        true,
      );
    },
    run: async (talk) => {
      await begin(talk);
      await talk.told("close");
      await talk.settle();
      expectEqual(talk.events(), ["return", "close"], "what was called");
    },
  },
  {
    id: "close/pending-next",
    spec: "close-pending-next",
    title: "A next() that is pending does not hold close() back",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return watched(
        probe,
        async function* (): AsyncGenerator<Uint8Array, void> {
          yield bytes("a");
          probe.tell("pending");
          await probe.gate("never");
        },
        true,
      );
    },
    run: async (talk) => {
      await begin(talk);
      await talk.told("close");
      expect(
        talk.events().filter((event) => event === "close").length === 1,
        "close() must be called once",
      );
    },
  },
  {
    id: "close/left-early",
    spec: "close-late-return",
    title: "When the client leaves before there is a body, it is closed unread",
    app: (probe) => async (environ, startResponse) => {
      const signal = environ["wsgiref.signal"]?.();
      probe.tell("waiting");
      await (signal === undefined
        ? probe.gate("left")
        : new Promise((resolve) =>
          signal.addEventListener("abort", resolve, { once: true })
        ));
      startResponse("200 OK", text());
      return watched(probe, () => {
        const rest = chunks("a");
        return {
          next: () => {
            probe.tell("next");
            return rest.next();
          },
        };
      });
    },
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request());
      await talk.told("waiting");
      client.close();
      talk.open("left");
      await talk.told("close");
      expect(
        !talk.events().includes("next"),
        "the body must be closed unread, but next() was called",
      );
    },
  },
];

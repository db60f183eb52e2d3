/** Servers that are wrong with bodies. */

import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import type { BrokenServer, Changes, Create } from "./server.ts";
import { body, copy, iterating, like, then } from "./server.ts";

type Result = IteratorResult<Uint8Array, void>;
type Next = () => Result | Promise<Result>;

const END: Result = { done: true, value: undefined };

/** Requests some chunks, or all, before it yields the first of them. */
function collecting(count: number): Changes {
  const kept: Result[] = [];
  let rounds = 0;
  let isStopped = false;
  const stop = (go: (() => unknown) | undefined) => {
    isStopped = true;
    return go?.();
  };
  return {
    next: (next) => {
      const more = (): Result | Promise<Result> =>
        isStopped ? END : then((next as Next)(), (result) => {
          kept.push(result);
          const isFull = result.done || ++rounds % count === 0;
          return isFull ? kept.shift() ?? END : more();
        });
      return kept.shift() ?? more();
    },
    end: stop,
    close: stop,
  };
}

/** Creates a server that calls close() in another way. */
const closing: Create<typeof twice> = (name, close, ...rest) =>
  body(name, (right) => {
    return Array.isArray(right)
      ? copy(right, right, close)
      : like(right, { close });
  }, ...rest);

/** Calls a function twice. */
function twice(go: (() => unknown) | undefined): unknown {
  go?.();
  return go?.();
}

const EAGER = `bodiless/head-lazy body/not-held-back close/pending-next
  errors/after-first-chunk errors/after-length start-response/rethrows`;

/** The servers. */
export const BODY: readonly BrokenServer[] = [
  iterating("sends a body after 64 chunks", () => collecting(64), EAGER),
  iterating("delays a chunk until the next one", () => collecting(2), EAGER),
  iterating(
    "treats an empty chunk as the end",
    () => ({
      next: (next) =>
        then(
          (next as Next)(),
          (result) => result.value?.length === 0 ? END : result,
        ),
    }),
    `body/async-generator body/generator body/iterable body/promised-*
    body/set body/stream errors/first-async-next errors/first-next
    start-response/headers-wait start-response/lazy-after-empty
    start-response/replaced-late`,
  ),
  closing(
    "never calls close()",
    () => {},
    `close/204 close/304 close/array close/awaited close/async-iterator
    close/client-left close/empty close/error-first close/error-later
    close/head close/iterator close/left-early close/never-started
    close/pending-next close/too-long close/too-short close/wrong-chunk
    file-wrapper/async file-wrapper/bytes file-wrapper/head
    file-wrapper/length`,
  ),
  closing(
    "calls close() twice",
    twice,
    "close/* file-wrapper/length",
    "close/called-twice",
  ),
  iterating(
    "does not call return()",
    () => ({ end: () => {} }),
    `bodiless/head-endless bodiless/head-generator bodiless/head-lazy
    body/backpressure close/204 close/304 close/awaited close/client-left
    close/finally close/head close/left-early close/pending-next
    close/stream close/too-long close/wrong-chunk`,
  ),
  iterating(
    "calls return() twice",
    () => ({ end: twice }),
    `close/204 close/304 close/awaited close/client-left close/head close/too-long close/wrong-chunk`,
  ),
  body("prefers the synchronous iterator", (body) => {
    const both = Symbol.iterator in Object(body) &&
      Symbol.asyncIterator in Object(body);
    if (!both) return body;
    const source = body as Iterable<Uint8Array, void>;
    return { [Symbol.iterator]: () => source[Symbol.iterator]() };
  }, "body/both-iterators"),
  body(
    "sends only the first chunk of an array",
    (body) =>
      Array.isArray(body) && body.length > 1
        ? copy(body, body.slice(0, 1))
        : body,
    `body/array body/promised-array body/refuses-late-chunk body/same-chunk
    length/array`,
  ),
  body(
    "accepts a string as a body",
    (body) =>
      typeof body === "string" ? [new TextEncoder().encode(body)] : body,
    "body/refuses-string",
  ),
  body(
    "changes line ends",
    (body) =>
      Array.isArray(body) && body.every((one) => one instanceof Uint8Array)
        ? copy(
          body,
          body.map((one) => toBytes(fromBytes(one).replaceAll("\n", "\r\n"))),
        )
        : body,
    "body/every-byte response/status",
  ),
  iterating("does not await return()", () => ({
    end: (end) => {
      const ended = end?.();
      return ended instanceof Promise ? Promise.resolve(END) : ended;
    },
  }), "close/awaited"),
];

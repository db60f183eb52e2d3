/** Servers that are wrong with bodies. */

import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import { body, type BrokenServer, copy, like } from "./server.ts";

type Result = IteratorResult<Uint8Array, void>;
type Next = () => Result | Promise<Result>;

const END: Result = { done: true, value: undefined };

/** Continues with a result, immediately if it is there. */
function then(
  result: Result | Promise<Result>,
  go: (result: Result) => Result | Promise<Result>,
): Result | Promise<Result> {
  return result instanceof Promise ? result.then(go) : go(result);
}

/** Requests 64 chunks, or all, before it yields the first one. */
function collecting(): Parameters<typeof like>[1] {
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
          const isFull = result.done || ++rounds % 64 === 0;
          return isFull ? kept.shift() ?? END : more();
        });
      return kept.shift() ?? more();
    },
    end: stop,
    close: stop,
  };
}

/** Yields each chunk after the next one has been read. */
function holding(): Parameters<typeof like>[1] {
  let held: Result | undefined;
  let hasEnded = false;
  return {
    next: (next) => {
      const ask = (): Result | Promise<Result> =>
        then((next as Next)(), (result) => {
          const given = held;
          hasEnded = result.done === true;
          held = result;
          return given ?? (hasEnded ? result : ask());
        });
      return hasEnded ? END : ask();
    },
  };
}

/** The servers. */
export const BODY: readonly BrokenServer[] = [
  body(
    "collects the body before sending it",
    (body) => Array.isArray(body) ? body : like(body, collecting()),
    `bodiless/head-lazy body/not-held-back close/pending-next
    errors/after-first-chunk errors/after-length start-response/rethrows`,
  ),
  body(
    "delays a chunk until the next one is available",
    (body) => Array.isArray(body) ? body : like(body, holding()),
    `bodiless/head-lazy body/not-held-back close/pending-next
    errors/after-first-chunk errors/after-length start-response/rethrows`,
  ),
  body(
    "treats an empty chunk as the end",
    (body) =>
      Array.isArray(body) ? body : like(body, {
        next: (next) => {
          const end = (result: unknown) => {
            const { value } = result as { value?: unknown };
            return value instanceof Uint8Array && value.length === 0
              ? { done: true, value: undefined }
              : result;
          };
          const result = next();
          return result instanceof Promise ? result.then(end) : end(result);
        },
      }),
    `body/async-generator body/generator body/iterable body/promised-*
    body/set body/stream errors/first-async-next errors/first-next
    start-response/headers-wait start-response/lazy-after-empty
    start-response/replaced-late`,
  ),
  body(
    "never calls close()",
    (body) =>
      Array.isArray(body)
        ? copy(body, body, () => {})
        : like(body, { close: () => {} }),
    `close/204 close/304 close/array close/awaited close/async-iterator
    close/client-left close/empty close/error-first close/error-later
    close/head close/iterator close/left-early close/never-started
    close/pending-next close/too-long close/too-short close/wrong-chunk
    file-wrapper/async file-wrapper/bytes file-wrapper/head
    file-wrapper/length`,
  ),
  body(
    "calls close() twice",
    (body) => {
      const twice = (close: (() => unknown) | undefined) => {
        close?.();
        return close?.();
      };
      return Array.isArray(body)
        ? copy(body, body, twice)
        : like(body, { close: twice });
    },
    "close/* file-wrapper/length",
    "close/called-twice",
  ),
  body(
    "does not call return()",
    (body) => Array.isArray(body) ? body : like(body, { end: () => {} }),
    `bodiless/head-endless bodiless/head-generator bodiless/head-lazy
    body/backpressure close/204 close/304 close/awaited close/client-left
    close/finally close/head close/left-early close/pending-next
    close/stream close/too-long close/wrong-chunk`,
  ),
  body(
    "calls return() twice",
    (body) =>
      Array.isArray(body) ? body : like(body, {
        end: (end) => {
          end?.();
          return end?.();
        },
      }),
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
  body(
    "does not await return()",
    (body) =>
      Array.isArray(body) ? body : like(body, {
        end: (end) => {
          const ended = end?.();
          return ended instanceof Promise ? Promise.resolve(END) : ended;
        },
      }),
    "close/awaited",
  ),
];

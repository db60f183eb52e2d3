/** Response bodies that record how a server uses them. */

import { toBytes } from "../../wsgi/byte_string.ts";
import type { ResponseBody } from "../../wsgi/types.ts";
import { Events } from "./recording_transport.ts";

/** A generator that is a body. */
export type Chunks = Generator<Uint8Array, void>;

/** An async generator that is a body. */
export type AsyncChunks = AsyncGenerator<Uint8Array, void>;

/** The kinds of bodies that an application may return. */
export const KINDS = [
  "array",
  "iterator",
  "async iterator",
  "generator",
  "async generator",
] as const;

export type Kind = typeof KINDS[number];

/** A body that records `next`, `return` and `close` as events, and bad calls. */
export function bodyOf(
  kind: Kind,
  chunks: Iterable<string>,
  events: Events = new Events(),
): ResponseBody {
  const close = (): void => events.add("close");
  switch (kind) {
    case "array":
      return Object.assign(Array.from(chunks, toBytes), { close });
    case "iterator":
      return { close, [Symbol.iterator]: () => syncIterator(chunks, events) };
    case "async iterator":
      return {
        close,
        [Symbol.asyncIterator]: () => asyncIterator(chunks, events),
      };
    case "generator":
      return Object.assign(generate(chunks, events), { close });
    case "async generator":
      return Object.assign(generateAsync(chunks, events), { close });
  }
}

function syncIterator(
  chunks: Iterable<string>,
  events: Events,
): Iterator<Uint8Array, void> {
  const iterator = chunks[Symbol.iterator]();
  let ended = false;
  return {
    next(): IteratorResult<Uint8Array, void> {
      events.add(ended ? "next after the end" : "next");
      const { done, value } = iterator.next();
      ended = done === true;
      return done
        ? { done, value: undefined }
        : { done: false, value: toBytes(value) };
    },
    return(): IteratorResult<Uint8Array, void> {
      events.add("return");
      return { done: true, value: undefined };
    },
  };
}

function asyncIterator(
  chunks: Iterable<string>,
  events: Events,
): AsyncIterator<Uint8Array, void> {
  const iterator = syncIterator(chunks, events);
  let isPending = false;
  return {
    async next(): Promise<IteratorResult<Uint8Array, void>> {
      if (isPending) events.add("two next() at a time");
      isPending = true;
      const result = iterator.next();
      await Promise.resolve();
      isPending = false;
      return result;
    },
    return: () => Promise.resolve(iterator.return!()),
  };
}

function* generate(
  chunks: Iterable<string>,
  events: Events,
): Chunks {
  // Only a generator that is stopped fails to reach the end.
  let ended = false;
  try {
    for (const chunk of chunks) {
      events.add("next");
      yield toBytes(chunk);
    }
    events.add("next");
    ended = true;
  } finally {
    if (!ended) events.add("return");
  }
}

async function* generateAsync(
  chunks: Iterable<string>,
  events: Events,
): AsyncChunks {
  yield* generate(chunks, events);
}

/** Endless chunks. */
export function* endless(chunk: string): Generator<string, void> {
  for (;;) yield chunk;
}

/** A body whose next() and return() never settle. */
export function hanging(events: Events): ResponseBody {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => (events.add("next"), new Promise(() => {})),
      return: () => (events.add("return"), new Promise(() => {})),
    }),
    close: () => events.add("close"),
  };
}

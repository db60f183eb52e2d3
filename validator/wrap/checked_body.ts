/**
 * The body as the server gets it from the validator.
 *
 * It stays what it was: an array an array of the same length, a file wrapper
 * itself, a sync iterable sync.
 *
 * @module
 */

import type { ResponseBody } from "../../wsgi/types.ts";
import { isIterable } from "../rules/body.ts";
import { BodyClosing } from "./body_closing.ts";
import { BodyRun, type ChunkResult } from "./checked_iteration.ts";
import type { Conversation } from "./checked_request.ts";
import { ignoreRejection } from "../../wsgi/describe.ts";
import type { BodyKind, ReturnView } from "../views/body_views.ts";

function readBody(conversation: Conversation, body: unknown): ReturnView {
  const isObject = typeof body === "object" && body !== null;
  const {
    [Symbol.asyncIterator]: asyncMethod,
    [Symbol.iterator]: method,
    close,
  } = (isObject ? body : {}) as {
    [Symbol.asyncIterator]?: unknown;
    [Symbol.iterator]?: unknown;
    close?: unknown;
  };
  return { body, asyncMethod, method, close, state: conversation };
}

function kindOf(conversation: Conversation, view: ReturnView): BodyKind {
  const body = view.body as object;
  if (conversation.owns(body)) return "wrapper";
  if (Array.isArray(body)) return "array";
  return typeof view.asyncMethod === "function" ? "async" : "sync";
}

/**
 * Checks what the application returned and wraps it.
 *
 * @param conversation The request.
 * @param body What the application returned, awaited.
 * @returns The body for the server.
 */
export function checkedBody(
  conversation: Conversation,
  body: unknown,
): ResponseBody {
  conversation.returned = true;
  const view = readBody(conversation, body);
  if (Array.isArray(body)) conversation.array = body;
  conversation.check(conversation.rules.return, view);
  conversation.checkPair("return", [body]);
  if (!isIterable(view)) {
    // It was reported. What a server makes of it is not to be checked.
    conversation.finish();
    return body as ResponseBody;
  }
  const run = new BodyRun(conversation, view, kindOf(conversation, view));
  const wrapper = wrap(conversation, run);
  conversation.handOver();
  conversation.watch(wrapper);
  return wrapper;
}

function wrap(conversation: Conversation, run: BodyRun): ResponseBody {
  const closing = new BodyClosing(conversation, run);
  switch (run.kind) {
    case "array":
      return wrapArray(conversation, run, closing);
    case "wrapper":
      return shadow(conversation, run, closing);
    case "async": {
      const body = { [Symbol.asyncIterator]: () => iterateAsync(run, closing) };
      return Object.assign(body, { close: closeOf(body, closing) });
    }
    case "sync": {
      const body = { [Symbol.iterator]: () => iterate(run, closing) };
      return Object.assign(body, { close: closeOf(body, closing) });
    }
  }
}

/** Makes the close() of the body that the server gets. */
function closeOf(body: object, closing: BodyClosing): () => unknown {
  return function close(this: unknown, ...args: unknown[]): unknown {
    return closing.close(this === body ? "body" : "other", args);
  };
}

/** An array is a whole body: all of it is checked at once. */
function wrapArray(
  conversation: Conversation,
  run: BodyRun,
  closing: BodyClosing,
): ResponseBody {
  const body = run.view.body as readonly unknown[];
  const copy: unknown[] & { close?: () => unknown } = [];
  try {
    for (let i = 0; i < body.length; i++) {
      const chunk = body[i];
      copy.push(chunk);
      run.sight.takeYielded(chunk, chunk === undefined && !(i in body));
    }
  } finally {
    // Nobody looks at the rest any more, if there is one.
    for (let i = copy.length; i < body.length; i++) ignoreRejection(body[i]);
  }
  run.sight.end();
  conversation.rethrow();
  copy.close = closeOf(copy, closing);
  return copy as Uint8Array[] & { close: () => unknown };
}

/** The iterator over a sync body. */
function iterate(
  run: BodyRun,
  closing: BodyClosing,
): IterableIterator<Uint8Array, void> {
  run.open(run.view.method);
  const iterator: IterableIterator<Uint8Array, void> = {
    next: () => run.next(),
    [Symbol.iterator]: () => iterator,
  };
  if (!run.cannotReturn) {
    iterator.return = (...args) => run.return(args) as ChunkResult;
  }
  return closing.guardIterator(iterator);
}

/** The iterator over an async body. */
function iterateAsync(
  run: BodyRun,
  closing: BodyClosing,
): AsyncIterableIterator<Uint8Array, void> {
  run.open(run.view.asyncMethod);
  const iterator: AsyncIterableIterator<Uint8Array, void> = {
    next: () => run.nextAsync(),
    [Symbol.asyncIterator]: () => iterator,
  };
  if (!run.cannotReturn) {
    iterator.return = async (...args) => await run.return(args) as ChunkResult;
  }
  return closing.guardIterator(iterator);
}

/** The server's own wrapper stays itself; what is called on it is watched. */
function shadow(
  conversation: Conversation,
  run: BodyRun,
  closing: BodyClosing,
): ResponseBody {
  const { body, asyncMethod } = run.view;
  const own = body as ResponseBody;
  if (typeof asyncMethod === "function") {
    define(own, Symbol.asyncIterator, () => iterateAsync(run, closing));
  } else {
    define(own, Symbol.iterator, () => iterate(run, closing));
  }
  // What cannot be watched does not count as open.
  if (!define(own, "close", closeOf(own, closing))) conversation.finish();
  return own;
}

function define(body: object, key: PropertyKey, value: unknown): boolean {
  return Reflect.defineProperty(body, key, {
    value,
    configurable: true,
    writable: true,
    enumerable: Object.prototype.propertyIsEnumerable.call(body, key),
  });
}

/**
 * The body that the server gets from the validator.
 *
 * Its kind does not change: an array stays an array of the same length, a file
 * wrapper stays the same object, and a sync iterable stays sync.
 *
 * @module
 */

import { ignoreRejection } from "../../wsgi/describe.ts";
import type { ResponseBody } from "../../wsgi/types.ts";
import { isIterable } from "../rules/body.ts";
import type { BodyKind, ReturnView } from "../views/body_views.ts";
import { BodyClosing } from "./body_closing.ts";
import { CheckedIteration, type ChunkResult } from "./checked_iteration.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { isPlainReturn } from "./plain_moments.ts";

function readBody(request: CheckedRequest, body: unknown): ReturnView {
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
  return { body, asyncMethod, method, close, state: request };
}

function kindOf(request: CheckedRequest, view: ReturnView): BodyKind {
  const body = view.body as object;
  request.isFile = request.owns(body);
  if (request.isFile) return "wrapper";
  if (Array.isArray(body)) return "array";
  return typeof view.asyncMethod === "function" ? "async" : "sync";
}

/**
 * Checks the result of the application and wraps it.
 *
 * @param request The request.
 * @param body The result, awaited.
 * @returns The body for the server.
 */
export function checkedBody(
  request: CheckedRequest,
  body: unknown,
): ResponseBody {
  request.returned = true;
  const view = readBody(request, body);
  if (Array.isArray(body)) request.array = body;
  const { rules } = request;
  request.check(isPlainReturn(view) ? rules.plain.return : rules.return, view);
  request.compareWithInner("return", [body]);
  if (!isIterable(view)) {
    // This was reported. The server's use of the value is not checked.
    request.finish();
    return body as ResponseBody;
  }
  const iteration = new CheckedIteration(request, view, kindOf(request, view));
  const wrapper = wrap(request, iteration);
  request.handOver();
  request.watch(wrapper);
  return wrapper;
}

function wrap(
  request: CheckedRequest,
  iteration: CheckedIteration,
): ResponseBody {
  const closing = new BodyClosing(request, iteration);
  switch (iteration.kind) {
    case "array":
      return wrapArray(request, iteration, closing);
    case "wrapper":
      return shadow(request, iteration, closing);
    case "async": {
      const body = {
        [Symbol.asyncIterator]: () => iterateAsync(iteration, closing),
      };
      return Object.assign(body, { close: closeOf(body, closing) });
    }
    case "sync": {
      const body = { [Symbol.iterator]: () => iterate(iteration, closing) };
      return Object.assign(body, { close: closeOf(body, closing) });
    }
  }
}

/** Creates the close() of the body for the server. */
function closeOf(body: object, closing: BodyClosing): () => unknown {
  return function close(this: unknown, ...args: unknown[]): unknown {
    return closing.close(this === body ? "body" : "other", args);
  };
}

/** Wraps an array. All of its chunks are checked immediately. */
function wrapArray(
  request: CheckedRequest,
  iteration: CheckedIteration,
  closing: BodyClosing,
): ResponseBody {
  const body = iteration.view.body as readonly unknown[];
  let copy: unknown[] & { close?: () => unknown } = [];
  try {
    for (let i = 0; i < body.length; i++) {
      const chunk = body[i];
      // The first push() would make room for 17 chunks.
      if (i === 0) copy = [chunk];
      else copy.push(chunk);
      iteration.observer.takeYielded(
        chunk,
        chunk === undefined && !(i in body),
      );
    }
  } finally {
    // After an error, the rest is not needed.
    for (let i = copy.length; i < body.length; i++) ignoreRejection(body[i]);
  }
  iteration.observer.end();
  request.rethrow();
  copy.close = closeOf(copy, closing);
  return copy as Uint8Array[] & { close: () => unknown };
}

/** Returns the iterator over a sync body. */
function iterate(
  iteration: CheckedIteration,
  closing: BodyClosing,
): IterableIterator<Uint8Array, void> {
  iteration.open(iteration.view.method);
  const iterator: IterableIterator<Uint8Array, void> = {
    next: () => iteration.next(),
    [Symbol.iterator]: () => iterator,
  };
  if (!iteration.cannotReturn) {
    iterator.return = (...args) => iteration.return(args) as ChunkResult;
  }
  return closing.guardIterator(iterator);
}

/** Returns the iterator over an async body. */
function iterateAsync(
  iteration: CheckedIteration,
  closing: BodyClosing,
): AsyncIterableIterator<Uint8Array, void> {
  iteration.open(iteration.view.asyncMethod);
  const iterator: AsyncIterableIterator<Uint8Array, void> = {
    next: () => iteration.nextAsync(),
    [Symbol.asyncIterator]: () => iterator,
  };
  if (!iteration.cannotReturn) {
    iterator.return = async (...args) =>
      await iteration.return(args) as ChunkResult;
  }
  return closing.guardIterator(iterator);
}

/** Observes the calls on the server's own wrapper, which stays the same object. */
function shadow(
  request: CheckedRequest,
  iteration: CheckedIteration,
  closing: BodyClosing,
): ResponseBody {
  const { body, asyncMethod } = iteration.view;
  const own = body as ResponseBody;
  if (typeof asyncMethod === "function") {
    define(own, Symbol.asyncIterator, () => iterateAsync(iteration, closing));
  } else {
    define(own, Symbol.iterator, () => iterate(iteration, closing));
  }
  // A body that cannot be observed does not count as open.
  if (!define(own, "close", closeOf(own, closing))) request.finish();
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

/**
 * Wraps the server's wsgi.file_wrapper. Its use is checked, and its results are
 * recognized when the application returns them.
 *
 * @param request The request.
 * @param wrap The server's function.
 * @returns The function for the application.
 */
export function checkedFileWrapper(
  request: CheckedRequest,
  wrap: (...args: never) => unknown,
): (...args: unknown[]) => unknown {
  const { rules } = request;
  return function fileWrapper(this: unknown, ...args: unknown[]): unknown {
    const [file] = args;
    const { read, close: fileClose } =
      (typeof file === "object" && file !== null ? file : {}) as {
        read?: unknown;
        close?: unknown;
      };
    if (!request.checkCall(rules.wrap, { args, read }, fileWrapper)) return [];
    const body: unknown = Reflect.apply(wrap, this, args);
    const view = readBody(request, body);
    // The result of wrong arguments is not the server's fault.
    if (typeof read === "function") {
      request.check(rules.wrapped, { ...view, fileClose });
    }
    if (typeof body === "object" && body !== null) request.own(body);
    return body;
  };
}

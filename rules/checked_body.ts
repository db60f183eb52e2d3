/**
 * The body as the server gets it from the validator.
 *
 * It stays what it was: an array an array of the same length, a file wrapper
 * itself, a sync iterable sync.
 *
 * @module
 */

import { isThenable, isUint8Array } from "../gateway/describe.ts";
import type { ResponseBody } from "../gateway/types.ts";
import { isIterable } from "./body.ts";
import type { Conversation } from "./conversation.ts";

type AnyResult = IteratorResult<Uint8Array, void>;

interface AnyIterator {
  next(): unknown;
  return?: ((value?: unknown) => unknown) | undefined;
}

interface Closable {
  close?: unknown;
}

/** One body of one request. */
class CheckedBody {
  readonly #conversation: Conversation;
  readonly #body: Closable;
  #iterator: AnyIterator | undefined;
  /** Whether the body's iterator has finished by itself. */
  #ended = false;

  constructor(conversation: Conversation, body: object) {
    this.#conversation = conversation;
    this.#body = body;
  }

  /** Takes the iterator, as the server does. */
  open(method: () => unknown): AnyIterator {
    const conversation = this.#conversation;
    this.#seen("iterator");
    conversation.iterators++;
    this.#iterator = method.call(this.#body) as AnyIterator;
    return this.#iterator;
  }

  /** Applies the rules about what the server does. */
  #seen(action: "iterator" | "next" | "return" | "close"): void {
    const conversation = this.#conversation;
    conversation.check(conversation.rules.iteration, {
      action,
      state: conversation,
    });
  }

  /** Asks for the next chunk of a sync body. */
  next(): AnyResult {
    this.#begin();
    let result: unknown;
    try {
      result = this.#iterator!.next();
    } catch (error) {
      this.#ended = true;
      throw this.#toServer(error);
    }
    return this.#take(result);
  }

  /** Asks for the next chunk of an async body. */
  async nextAsync(): Promise<AnyResult> {
    this.#begin();
    let result: unknown;
    try {
      result = await this.#iterator!.next();
    } catch (error) {
      this.#ended = true;
      throw this.#toServer(error);
    }
    return this.#take(result);
  }

  #begin(): void {
    this.#seen("next");
    this.#conversation.iterating = true;
  }

  /** An error on its way out of next(): the server gets to see it. */
  #toServer(error: unknown): unknown {
    this.#conversation.iterating = false;
    this.#conversation.deliver(error);
    return error;
  }

  #take(result: unknown): AnyResult {
    try {
      return this.#checkResult(result);
    } catch (error) {
      throw this.#toServer(error);
    }
  }

  #checkResult(result: unknown): AnyResult {
    const conversation = this.#conversation;
    conversation.iterating = false;
    conversation.check(conversation.rules.result, {
      result,
      state: conversation,
    });
    if (typeof result !== "object" || result === null) {
      return result as unknown as AnyResult;
    }
    const { done, value } = result as AnyResult;
    if (done) {
      this.#ended = true;
      this.#end();
      return { done: true, value: undefined };
    }
    checkChunk(conversation, value);
    return { done: false, value };
  }

  /** The body has ended by itself. */
  #end(): void {
    endBody(this.#conversation);
    this.#conversation.rethrow();
  }

  /** Ends the iteration early, as the server asks. */
  return(value?: unknown): unknown {
    this.#seen("return");
    return this.#callReturn(value);
  }

  #callReturn(value?: unknown): unknown {
    if (this.#ended) return { done: true, value };
    this.#ended = true;
    return this.#iterator?.return?.(value) ?? { done: true, value };
  }

  /** Closes the body, as the server asks. */
  close(): unknown {
    const conversation = this.#conversation;
    let finding: unknown;
    try {
      this.#seen("close");
    } catch (error) {
      finding = error;
    }
    if (conversation.closes++ > 0) {
      if (finding !== undefined) throw finding;
      return undefined;
    }
    // A violation ended the iteration for the server, but not for the body.
    const returned = this.#iterator === undefined
      ? undefined
      : this.#callReturn();
    if (isThenable(returned)) {
      return returned.then(() => this.#callClose(finding));
    }
    return this.#callClose(finding);
  }

  #callClose(finding: unknown): unknown {
    const conversation = this.#conversation;
    try {
      const { close } = this.#body;
      const result: unknown = typeof close === "function"
        ? close.call(this.#body)
        : undefined;
      conversation.check(conversation.rules.close, {
        result,
        state: conversation,
      });
      conversation.rethrow();
      if (finding !== undefined) throw finding;
      return result;
    } finally {
      conversation.finish();
    }
  }
}

/** Checks a chunk and counts it. */
function checkChunk(conversation: Conversation, chunk: unknown): void {
  conversation.check(conversation.rules.chunk, { chunk, state: conversation });
  conversation.chunks++;
  const length = isUint8Array(chunk) ? chunk.byteLength : 0;
  conversation.bytes += length;
  if (length > 0) conversation.headSent = true;
}

function endBody(conversation: Conversation): void {
  conversation.ended = true;
  conversation.check(conversation.rules.end, { state: conversation });
}

/** Whether the server made this body itself, in wsgi.file_wrapper. */
export type IsOwnBody = (body: object) => boolean;

/**
 * Checks what the application returned and wraps it.
 *
 * @param conversation The request.
 * @param body What the application returned, awaited.
 * @param isOwn Tells whether the server made the body itself.
 * @returns The body for the server.
 */
export function checkedBody(
  conversation: Conversation,
  body: unknown,
  isOwn: IsOwnBody,
): ResponseBody {
  conversation.returned = true;
  conversation.check(conversation.rules.return, { body, state: conversation });
  if (!isIterable(body)) {
    // It was reported. What a server makes of it is not to be checked.
    conversation.finish();
    return body as unknown as ResponseBody;
  }
  const checked = new CheckedBody(conversation, body);
  const close = (): unknown => checked.close();
  if (Array.isArray(body)) return checkedArray(conversation, body, close);
  if (isOwn(body)) return watched(body, close);
  const iterable = body as {
    [Symbol.asyncIterator]?: unknown;
    [Symbol.iterator]?: unknown;
  };
  const asyncMethod = iterable[Symbol.asyncIterator];
  if (typeof asyncMethod === "function") {
    return {
      [Symbol.asyncIterator](): AsyncIterator<Uint8Array, void> {
        checked.open(asyncMethod as () => unknown);
        return {
          next: () => checked.nextAsync(),
          return: async (value) => await checked.return(value) as AnyResult,
        };
      },
      close,
    };
  }
  const method = iterable[Symbol.iterator];
  return {
    [Symbol.iterator](): Iterator<Uint8Array, void> {
      checked.open(method as () => unknown);
      return {
        next: () => checked.next(),
        return: (value) => checked.return(value) as AnyResult,
      };
    },
    close,
  };
}

/** An array is a whole body: all of it is checked at once. */
function checkedArray(
  conversation: Conversation,
  body: unknown[],
  close: () => unknown,
): ResponseBody {
  const copy: unknown[] = [];
  for (let i = 0; i < body.length; i++) {
    const chunk = body[i];
    checkChunk(conversation, chunk);
    copy.push(chunk);
  }
  endBody(conversation);
  conversation.rethrow();
  return Object.assign(copy as Uint8Array[], { close });
}

/** The server's own wrapper stays itself; only its close() is watched. */
function watched(body: object, close: () => unknown): ResponseBody {
  const own = body as ResponseBody;
  const original = own.close;
  let closed = false;
  Reflect.set(own, "close", () => {
    if (closed) return;
    closed = true;
    // CheckedBody would find this very function at the wrapper.
    own.close = original;
    return close();
  });
  return own;
}

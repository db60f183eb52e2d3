/**
 * The wsgi.errors that the application gets from the validator.
 *
 * @module
 */

import type { ErrorStream } from "../../wsgi/types.ts";
import type { Entry } from "../captures.ts";
import {
  ERRORS_CLOSING_MEMBERS,
  ERRORS_OTHER_MEMBERS,
} from "../rules/errors.ts";
import { ConformanceError } from "../conformance_error.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { defineMembers, toMember, useOther } from "./stream_members.ts";

/** Iterates over the texts once. They are passed on as an array. */
function toTexts(texts: unknown): readonly unknown[] | undefined {
  if (typeof texts !== "object" || texts === null) return undefined;
  const { [Symbol.iterator]: method } = texts as Partial<Iterable<unknown>>;
  return typeof method === "function"
    ? Array.from(texts as Iterable<unknown>)
    : undefined;
}

/** wsgi.errors, with every call checked. */
export class CheckedErrors implements ErrorStream {
  static {
    defineMembers<CheckedErrors>(
      this.prototype,
      [...ERRORS_CLOSING_MEMBERS, ...ERRORS_OTHER_MEMBERS],
      (stream, name, args, entry) => stream.#useOther(name, args, entry),
    );
  }

  readonly #request: CheckedRequest;
  readonly #errors: ErrorStream;

  /**
   * @param request The request.
   * @param errors The server's wsgi.errors.
   */
  constructor(request: CheckedRequest, errors: ErrorStream) {
    this.#request = request;
    this.#errors = errors;
  }

  // Getters, because a method that is called without its stream must know it.

  /** Writes text. */
  get write(): ErrorStream["write"] {
    return toMember(this, (args, entry, isTorn) => {
      if (!this.#check("write", args, undefined, entry, isTorn)) return;
      this.#forward("write", args, typeof args[0] === "string");
    });
  }

  /** Writes several strings. */
  get writelines(): ErrorStream["writelines"] {
    return toMember(this, (args, entry, isTorn) => {
      const texts = toTexts(args[0]);
      if (!this.#check("writelines", args, texts, entry, isTorn)) return;
      const isText = texts?.every((text) => typeof text === "string") === true;
      const given = texts === undefined ? args : [texts, ...args.slice(1)];
      this.#forward("writelines", given, isText);
    });
  }

  /** Flushes the stream. */
  get flush(): ErrorStream["flush"] {
    return toMember(this, (args, entry, isTorn) => {
      if (!this.#check("flush", args, undefined, entry, isTorn)) return;
      this.#forward("flush", args, true);
    });
  }

  /** The request in the layer that has wrapped the stream. */
  get request(): CheckedRequest {
    return this.#request;
  }

  /**
   * Returns the stream to wrap for another layer.
   *
   * @param request The request in the other layer.
   * @returns This stream if the other layer is inside. If not, the application
   * was called again with the same environ, and it is the stream behind.
   */
  streamFor(request: CheckedRequest): ErrorStream {
    if (this.#request.isOutsideOf(request)) return this;
    return this.#errors instanceof CheckedErrors
      ? this.#errors.streamFor(request)
      : this.#errors;
  }

  /** Checks a call. Returns whether it is passed on to the server. */
  #check(
    method: string,
    args: readonly unknown[],
    texts: readonly unknown[] | undefined,
    entry: Entry,
    isTorn: boolean,
  ): boolean {
    const state = this.#request;
    const isOver = state.isAllOver;
    const view = { method, args, texts, isTorn, isOver, state };
    return state.checkCall(state.rules.errors, view, entry);
  }

  #forward(
    method: "write" | "writelines" | "flush",
    args: readonly unknown[],
    isText: boolean,
  ): void {
    const errors = this.#errors;
    this.#request.observe?.({ type: "log", method, args });
    try {
      Reflect.apply(errors[method], errors, args);
    } catch (error) {
      const state = this.#request;
      const { rules } = state;
      // Otherwise the arguments are at fault, or a layer has reported it.
      if (isText && !(error instanceof ConformanceError)) {
        state.check(rules.errorsThrown, { method, error });
      }
      throw error;
    }
  }

  #useOther(name: string, args: readonly unknown[], entry: Entry): unknown {
    if (!this.#check(name, args, undefined, entry, false)) return undefined;
    const isMissing = ERRORS_CLOSING_MEMBERS.includes(name) &&
      !(name in this.#errors);
    return isMissing ? undefined : useOther(this.#errors, name, args);
  }
}

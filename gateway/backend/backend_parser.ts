/**
 * {@linkcode BackendParser}: one SCGI or uwsgi request out of bytes, without
 * I/O.
 *
 * @module
 */

import type { CgiVariables } from "../environ/cgi_environ.ts";
import { bodyLengthOf, joinVariables } from "./cgi_variables.ts";
import { malformedBlock, type ParseBlock } from "./header_block.ts";

/** The head of a request: its variables, one value for each name. */
export interface BackendHead {
  /** The variables as they were sent. */
  readonly variables: CgiVariables;
  /** The length of the body in bytes. */
  readonly length: number;
}

/** What a {@linkcode BackendParser} finds. */
export type BackendEvent =
  | { readonly type: "head"; readonly head: BackendHead }
  /** A part of the body; a view on received bytes. */
  | { readonly type: "data"; readonly data: Uint8Array }
  | { readonly type: "end" };

/** Parses the one request of a connection: bytes in, at any cut; events out. */
export class BackendParser {
  readonly #parseBlock: ParseBlock;
  #bytes = new Uint8Array();
  #state: "head" | "body" | "over" = "head";
  #missing = 0;

  /**
   * @param parseBlock Parses the header block.
   */
  constructor(parseBlock: ParseBlock) {
    this.#parseBlock = parseBlock;
  }

  /** Whether nothing has come, or the request is over. */
  get isIdle(): boolean {
    return this.#state !== "body" && this.#bytes.length === 0;
  }

  /** How many received bytes wait to be parsed. */
  get size(): number {
    return this.#bytes.length;
  }

  /** How many bytes of the body are still to come. */
  get missing(): number {
    return this.#missing;
  }

  /**
   * Adds received bytes, which are copied. What comes after the request is no
   * part of it and is dropped.
   *
   * @param bytes An array that holds them at its beginning.
   * @param length How many of its bytes they are.
   */
  receive(bytes: Uint8Array, length: number): void {
    if (this.#state === "over") return;
    const joined = new Uint8Array(this.#bytes.length + length);
    joined.set(this.#bytes);
    joined.set(bytes.subarray(0, length), this.#bytes.length);
    this.#bytes = joined;
  }

  /** Has no effect: what was received was copied. */
  keep(): void {}

  /**
   * Parses what has come.
   *
   * @returns What was found; `undefined` if more bytes are needed.
   * @throws {RequestError} If the connection does not begin with a header block.
   */
  next(): BackendEvent | undefined {
    if (this.#state === "head") return this.#parseHead();
    if (this.#state === "over") return undefined;
    if (this.#missing === 0) {
      this.#state = "over";
      this.#bytes = new Uint8Array();
      return { type: "end" };
    }
    if (this.#bytes.length === 0) return undefined;
    const data = this.#bytes.subarray(0, this.#missing);
    this.#bytes = this.#bytes.subarray(data.length);
    this.#missing -= data.length;
    return { type: "data", data };
  }

  #parseHead(): BackendEvent | undefined {
    if (this.#bytes.length === 0) return undefined;
    const block = this.#parseBlock(this.#bytes);
    if (block === undefined) return undefined;
    const variables = joinVariables(block.variables);
    const length = bodyLengthOf(variables);
    this.#bytes = this.#bytes.subarray(block.size);
    this.#missing = length;
    this.#state = "body";
    return { type: "head", head: { variables, length } };
  }

  /**
   * Takes note that nothing more will come.
   *
   * @throws {RequestError} If a header block has begun and not ended. A web
   * server that only looks whether somebody is there sends nothing.
   */
  end(): void {
    if (this.#state === "head" && this.#bytes.length > 0) {
      throw malformedBlock("it ends too early");
    }
  }
}

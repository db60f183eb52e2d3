/**
 * {@linkcode BackendParser}: parses one SCGI or uwsgi request from bytes,
 * without I/O.
 *
 * @module
 */

import type { CgiVariables } from "../environ/cgi_paths.ts";
import { bodyLengthOf, joinVariables } from "./cgi_variables.ts";
import { malformedBlock, type ParseBlock } from "./header_block.ts";

/** The head of a request: its variables, with one value per name. */
export interface BackendHead {
  /** The variables as they were sent. */
  readonly variables: CgiVariables;
  /** The length of the body in bytes. */
  readonly length: number;
}

/** An event of a {@linkcode BackendParser}. */
export type BackendEvent =
  | { readonly type: "head"; readonly head: BackendHead }
  /** A part of the body, as a view of received bytes. */
  | { readonly type: "data"; readonly data: Uint8Array }
  | { readonly type: "end" };

/**
 * Parses the one request of a connection. Bytes may arrive in pieces of any
 * size.
 */
export class BackendParser {
  readonly #parseBlock: ParseBlock;
  #bytes = new Uint8Array();
  #state: "head" | "body" | "over" = "head";
  #missing = 0;

  /**
   * @param parseBlock Parses the header block of the protocol.
   */
  constructor(parseBlock: ParseBlock) {
    this.#parseBlock = parseBlock;
  }

  /** Whether nothing has arrived yet, or the request is complete. */
  get isIdle(): boolean {
    return this.#state !== "body" && this.#bytes.length === 0;
  }

  /** How many received bytes have not been parsed yet. */
  get size(): number {
    return this.#bytes.length;
  }

  /** How many bytes of the body are still to come. */
  get missing(): number {
    return this.#missing;
  }

  /**
   * Adds received bytes, which are copied. Bytes after the end of the request
   * are dropped.
   *
   * @param bytes An array that begins with the received bytes.
   * @param length How many bytes were received.
   */
  receive(bytes: Uint8Array, length: number): void {
    if (this.#state === "over") return;
    const joined = new Uint8Array(this.#bytes.length + length);
    joined.set(this.#bytes);
    joined.set(bytes.subarray(0, length), this.#bytes.length);
    this.#bytes = joined;
  }

  /** Has no effect, because received bytes have been copied. */
  keep(): void {}

  /**
   * Parses the received bytes.
   *
   * @returns The next event, or `undefined` if more bytes are needed.
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
   * Marks the end of the input.
   *
   * @throws {RequestError} If a header block is incomplete. An empty connection
   * is not an error: web servers open one to check that the backend is up.
   */
  end(): void {
    if (this.#state === "head" && this.#bytes.length > 0) {
      throw malformedBlock("it ends too early");
    }
  }
}

/** Bytes in pieces, put through a parser of requests. */

import { assert } from "@std/assert";
import { RequestError } from "../../http1/request_error.ts";
import type { RequestHead } from "../../http1/request_head.ts";
import { RequestParser } from "../../http1/request_parser.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";

/** A request that was parsed. */
export interface ParsedRequest {
  readonly head: RequestHead;
  /** One code unit for each byte. */
  readonly body: string;
}

/** The result of a parser. */
export interface Parsed {
  readonly requests: readonly ParsedRequest[];
  /** The head and the part of the body of a request whose end is missing. */
  readonly open: ParsedRequest | undefined;
  /** The status with which the rest is rejected. */
  readonly status: number | undefined;
  /** The reason. */
  readonly message: string | undefined;
  /** Whether nothing of another request has arrived. */
  readonly isIdle: boolean;
  /** The largest number of bytes that the parser held after a piece. */
  readonly held: number;
}

/** Parses bytes in pieces. */
export function parseAll(
  pieces: Iterable<Uint8Array>,
  maxHeaderSize?: number,
): Parsed {
  const parser = new RequestParser({ maxHeaderSize });
  const requests: ParsedRequest[] = [];
  let head: RequestHead | undefined;
  let body = "";
  let refusal: RequestError | undefined;
  let held = 0;
  try {
    for (const piece of pieces) {
      // One array for all pieces, as a connection has it.
      const shared = piece.slice();
      parser.receive(shared, shared.length);
      for (;;) {
        const event = parser.next();
        if (event === undefined) break;
        if (event.type === "head") {
          assert(head === undefined, "a head within a request");
          head = event.head;
        } else if (event.type === "data") {
          assert(event.data.length > 0, "data without a byte");
          body += fromBytes(event.data);
        } else {
          assert(head !== undefined, "an end without a head");
          requests.push({ head, body });
          head = undefined;
          body = "";
        }
      }
      held = Math.max(held, parser.size);
      parser.keep();
      shared.fill(0);
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    refusal = error;
  }
  return {
    requests,
    open: head && { head, body },
    status: refusal?.status,
    message: refusal?.message,
    isIdle: parser.isIdle,
    held,
  };
}

/** Parses text in one piece: a ByteString, as all texts here. */
export function parseText(text: string, maxHeaderSize?: number): Parsed {
  return parseAll([toBytes(text)], maxHeaderSize);
}

/** Cuts bytes into pieces of one byte. */
export function singleBytes(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** The status with which text is rejected, whole and byte by byte, if any. */
export function refusalOf(
  text: string,
  maxHeaderSize?: number,
): number | undefined {
  const whole = parseText(text, maxHeaderSize);
  const single = parseAll(singleBytes(toBytes(text)), maxHeaderSize);
  assert(
    whole.status === single.status,
    `${whole.status} whole, ${single.status} byte by byte`,
  );
  return whole.status;
}

/** Parses text that is exactly one valid request. */
export function parseOne(text: string, maxHeaderSize?: number): ParsedRequest {
  const { requests, isIdle, message } = parseText(text, maxHeaderSize);
  const [request] = requests;
  assert(request !== undefined && requests.length === 1 && isIdle, message);
  assert(refusalOf(text, maxHeaderSize) === undefined);
  return request;
}

/** Returns the number of bytes after which text is rejected; -1 if it is not. */
export function refusedAfter(text: string): number {
  const bytes = toBytes(text);
  let count = 0;
  function* pieces(): Generator<Uint8Array> {
    for (const piece of singleBytes(bytes)) {
      count++;
      yield piece;
    }
  }
  return parseAll(pieces()).status === undefined ? -1 : count;
}

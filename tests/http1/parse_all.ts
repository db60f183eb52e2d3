import { RequestError } from "../../http1/request_error.ts";
import type { RequestHead } from "../../http1/request_head.ts";
import { RequestParser } from "../../http1/request_parser.ts";

/** A request that was parsed whole. */
export interface ParsedRequest {
  readonly head: RequestHead;
  readonly body: Uint8Array;
}

/** What bytes were parsed to. */
export interface Parsed {
  readonly requests: readonly ParsedRequest[];
  /** The head and the part of the body of a request whose end is missing. */
  readonly open: ParsedRequest | undefined;
  /** The status with which the rest is refused. */
  readonly status: number | undefined;
  /** Whether nothing of a further request has come. */
  readonly isIdle: boolean;
}

/**
 * Parses bytes in pieces.
 *
 * @param pieces The pieces, in their order.
 * @param maxHeaderSize The limit of a head, in bytes.
 * @returns What was found.
 */
export function parseAll(
  pieces: Iterable<Uint8Array>,
  maxHeaderSize?: number,
): Parsed {
  const parser = new RequestParser({ maxHeaderSize });
  const requests: ParsedRequest[] = [];
  let head: RequestHead | undefined;
  let body: number[] = [];
  let status: number | undefined;
  try {
    for (const piece of pieces) {
      // One array for all pieces, as a connection has it.
      const shared = piece.slice();
      parser.receive(shared, shared.length);
      for (;;) {
        const event = parser.next();
        if (event === undefined) break;
        if (event.type === "head") head = event.head;
        else if (event.type === "data") body.push(...event.data);
        else if (head !== undefined) {
          requests.push({ head, body: new Uint8Array(body) });
          head = undefined;
          body = [];
        }
      }
      parser.keep();
      shared.fill(0);
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    status = error.status;
  }
  const open = head && { head, body: new Uint8Array(body) };
  return { requests, open, status, isIdle: parser.isIdle };
}

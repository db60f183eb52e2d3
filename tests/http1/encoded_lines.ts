/** Response heads, encoded. */

import { assertEquals } from "@std/assert";
import {
  type ResponseContext,
  ResponseEncoder,
  type ResponseStart,
} from "../../http1/response_encoder.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";

/** The time of every response. */
export const NOW: number = Date.UTC(2026, 10, 28, 12, 30, 15);
/** Its Date. */
export const DATE = "Date: Sat, 28 Nov 2026 12:30:15 GMT";

/** Makes what a response begins with. */
export function startOf(
  status: string,
  ...headers: HeaderTuple[]
): ResponseStart {
  const length = headers.find(([name]) =>
    name.toLowerCase() === "content-length"
  )?.[1];
  return {
    status,
    code: Number(status.slice(0, 3)),
    headers,
    contentLength: length === undefined ? undefined : Number(length),
  };
}

/** Encodes the head of a response. */
export function encodedLines(
  start: ResponseStart,
  context: ResponseContext,
): string[] {
  const { bytes } = new ResponseEncoder().encode(start, context, NOW);
  const text = fromBytes(bytes);
  assertEquals(text.endsWith("\r\n\r\n"), true);
  return text.slice(0, -4).split("\r\n");
}

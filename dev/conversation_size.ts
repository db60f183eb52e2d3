/**
 * How much memory a conversation takes, estimated: strings and bytes are
 * counted, everything else by a fixed amount.
 *
 * @module
 */

import type { ConversationEvent, RecordedRequest } from "./conversation.ts";

/** An object with a few properties, in bytes. */
const OBJECT = 64;

/** Estimates the memory of plain data, in bytes. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return 16 + value.length;
  if (value instanceof Uint8Array) return OBJECT + value.byteLength;
  if (typeof value !== "object" || value === null) return 8;
  let size = OBJECT;
  for (const part of Object.values(value)) size += sizeOf(part);
  return size;
}

/**
 * Estimates the memory of a conversation without its events.
 *
 * @param request The request.
 * @returns The size in bytes.
 */
export function conversationSize(request: RecordedRequest): number {
  return OBJECT * 4 + sizeOf(request);
}

/**
 * Estimates the memory of an event.
 *
 * @param event The event.
 * @returns The size in bytes.
 */
export function eventSize(event: ConversationEvent): number {
  return sizeOf(event);
}

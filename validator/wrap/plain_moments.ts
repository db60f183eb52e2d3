/**
 * Decides which moments are plain: some rules cannot be broken then, and are not
 * applied. `rules/active_rules.ts` lists these rules.
 *
 * @module
 */

import { hasNoBody } from "../../wsgi/status.ts";
import { isOver } from "../rules/start_response.ts";
import type {
  ChunkView,
  ClosingView,
  ReturnView,
} from "../views/body_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { RequestState } from "../views/request_state.ts";

/**
 * Returns whether the server calls the application correctly.
 *
 * @param args The arguments of the call.
 */
export function isPlainCall(args: readonly unknown[]): boolean {
  return args.length === 2 && typeof args[1] === "function";
}

/**
 * Returns whether this is the first call to startResponse, with status and
 * headers alone, while the response is not over.
 *
 * @param args The arguments of the call.
 * @param state The request before the call.
 */
export function isPlainStart(
  args: readonly unknown[],
  state: RequestState,
): boolean {
  return args.length === 2 && state.starts === 0 && !isOver(state);
}

const ARRAY_ITERATOR: unknown = Array.prototype.values;

/**
 * Returns whether the body is an ordinary array.
 *
 * @param view The result of the application.
 */
export function isPlainReturn(
  { body, asyncMethod, method, close }: ReturnView,
): boolean {
  return method === ARRAY_ITERATOR && close === undefined &&
    asyncMethod === undefined && Array.isArray(body);
}

/** Whether startResponse was called, and nothing was refused. */
function hasStarted({ starts, refusedAt }: RequestState): boolean {
  return starts > 0 && refusedAt === undefined;
}

/**
 * Returns whether a chunk has bytes in fixed memory and comes after
 * startResponse.
 *
 * @param view The chunk.
 */
export function isPlainChunk({ memory, length, state }: ChunkView): boolean {
  return memory === "fixed" && length > 0 && hasStarted(state);
}

/**
 * Returns whether the response has content that is not encoded, so that the
 * bytes of a plain chunk are plain too.
 *
 * @param state The request before the chunk.
 */
export function hasPlainContent({ response, method }: RequestState): boolean {
  return response !== undefined && !hasNoBody(response.code) &&
    (response.known & KNOWN.contentEncoding) === 0 &&
    method !== "HEAD" && method !== "CONNECT";
}

/**
 * Returns whether a body has ended after startResponse, and the response is a
 * whole one with a Content-Type.
 *
 * @param state The request.
 */
export function isPlainEnd(state: RequestState): boolean {
  const { response } = state;
  return hasStarted(state) && response !== undefined && response.code !== 206 &&
    (response.known & KNOWN.contentType) !== 0;
}

/**
 * Returns whether this is the first close() of an array, called correctly.
 *
 * @param view The call.
 */
export function isPlainClose(
  { receiver, args, kind, state }: ClosingView,
): boolean {
  return kind === "array" && receiver === "body" && args.length === 0 &&
    state.closes === 0;
}

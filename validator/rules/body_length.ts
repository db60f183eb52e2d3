/**
 * Rules about the length of a body and its end.
 *
 * @module
 */

import { hasNoBody, isTunnel } from "../../wsgi/status.ts";
import type { ChunkView, LengthView } from "../views/body_views.ts";
import type { RequestState, StateView } from "../views/request_state.ts";
import type { Finding, Rule } from "./rule.ts";

/** Whether the response has no content, whatever the application sends. */
function isNoContent({ response, method }: RequestState): boolean {
  const code = response?.code;
  return hasNoBody(code) || code !== undefined && isTunnel(method, code);
}

function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

/** Applied to each chunk that is yielded or written, if it is one. */
export const NO_CONTENT_RULES: readonly Rule<ChunkView>[] = [
  {
    id: "body/no-content",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-no-content",
    title:
      "A response with status 204, 205 or 304, or a 2xx to CONNECT, must have no body",
    why:
      "Such a response ends with its headers, so a server drops the body or rejects the response.",
    hint: "Return [], or use another status, such as 200",
    check: ({ length, state }) =>
      length > 0 && isNoContent(state)
        ? `a chunk of ${bytes(length)} with status ${state.response?.code}`
        : undefined,
  },
  {
    id: "body/head",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "http-head-body",
    title: "The response to HEAD should have no body",
    why: "The server drops it.",
    hint:
      'Return [] if environ.REQUEST_METHOD is "HEAD", with the headers of a GET',
    check: ({ length, state }) =>
      length > 0 && state.method === "HEAD" && !isNoContent(state)
        ? `a chunk of ${bytes(length)}`
        : undefined,
  },
];

function wrongLength({ total, length, state }: LengthView): Finding {
  const announced = state.response?.contentLength;
  if (announced === undefined || state.uncounted || state.failed) {
    return undefined;
  }
  // Content-Length then describes another response.
  if (state.method === "HEAD" || isNoContent(state)) return undefined;
  if (length === undefined) {
    return total < announced
      ? {
        got: `${bytes(total)} in all, not ${announced}`,
        spec: "length-reached",
      }
      : undefined;
  }
  // The server sends only that part of a file: PEP 3333.
  if (state.isFile) return undefined;
  // Only the chunk that exceeds the length, not every chunk after it.
  return total > announced && total - length <= announced
    ? `${bytes(total)} so far, not ${announced}`
    : undefined;
}

/** Applied to each chunk, and at the end of a body that ended by itself. */
export const BODY_LENGTH_RULES: readonly Rule<LengthView>[] = [
  {
    id: "body/content-length",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "length-not-exceeded",
    alsoSpec: ["length-reached"],
    title: "The body must have as many bytes as its Content-Length says",
    why:
      "Clients take extra bytes for the next response, and wait for missing ones.",
    hint:
      "Count bytes, not characters: String(bytes.byteLength) after encoding; or leave Content-Length to the server",
    check: wrongLength,
  },
];

/** The number of chunks from which their size matters. */
const MANY_CHUNKS = 1000;
/** The average size in bytes below which chunks are tiny. */
const FEW_BYTES = 64;

/** Applied at the end of a body that ended by itself. */
export const END_RULES: readonly Rule<StateView>[] = [
  {
    id: "start-response/never-called",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-called",
    title: "startResponse must be called before the body ends",
    why: "Without a status there is no response.",
    hint:
      "Call startResponse in every branch, even in the one that returns []; if a callback calls it, an await may be missing",
    // Chunks that were sent without it were reported as late.
    check: ({ state }) =>
      state.starts > 0 || state.headSent
        ? undefined
        : "the end of the body without a call",
  },
  {
    id: "body/tiny-chunks",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "body-buffered",
    title: "A body should not be split into very many tiny chunks",
    why: "Each chunk is sent on its own, which costs more than its bytes.",
    hint: "Collect them and yield a few kilobytes at a time",
    check: ({ state: { chunks, bytes } }) =>
      chunks >= MANY_CHUNKS && bytes < chunks * FEW_BYTES
        ? `${chunks} chunks with ${bytes} bytes in all`
        : undefined,
  },
];

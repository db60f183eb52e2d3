/**
 * Sending status and headers through `node:http`, beside headers that other code
 * has set before.
 *
 * @module
 */

import { hasNoBody } from "../../wsgi/status.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import type { NodeRequest, NodeResponse } from "./node_http.ts";
import type { ResponseHead } from "../response_head.ts";

/** Of these, the values that were set before are sent as well. */
const ADDED: ReadonlySet<string> = new Set(["set-cookie", "vary"]);

/** The values that one header has. */
interface Values {
  readonly name: string;
  readonly values: string[];
}

/** Gathers the values of each header, whatever the case of its name. */
function group(headers: readonly HeaderTuple[]): Map<string, Values> {
  const groups = new Map<string, Values>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { name, values: [value] });
    else group.values.push(value);
  }
  return groups;
}

/** Returns the values of a header that was set before. */
function valuesOf(response: NodeResponse, name: string): string[] {
  const value = response.getHeader(name);
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

/**
 * Removes headers that were set before for a body of other code. Node.js sends a
 * body without chunks once `Transfer-Encoding` was removed, even if it was never
 * set, so that the end of the connection ends the body, and a response that was
 * broken off looks complete.
 *
 * @param isChunked Whether the body has no length and can be sent in chunks.
 */
function resetFraming(response: NodeResponse, isChunked: boolean): void {
  response.removeHeader("content-length");
  if (response.getHeader("transfer-encoding") === undefined) return;
  if (isChunked) response.setHeader("transfer-encoding", "chunked");
  else response.removeHeader("transfer-encoding");
}

/**
 * Sets one header after the other. Node.js 20 keeps only the last line of
 * several if `writeHead()` gets an array after a `setHeader()`, and middleware
 * that wraps `writeHead()`, such as `compression`, expects other arrays.
 */
function setHeaders(
  response: NodeResponse,
  headers: readonly HeaderTuple[],
): void {
  for (const [key, { name, values }] of group(headers)) {
    const before = ADDED.has(key) ? valuesOf(response, key) : [];
    const added = key === "vary"
      ? values.filter((value) => !before.includes(value))
      : values;
    const all = [...before, ...added];
    response.setHeader(name, all.length === 1 ? all[0]! : all);
  }
}

/**
 * Sends status and headers.
 *
 * Headers that other code has set on the response before are sent too, unless
 * the head has them: of `Set-Cookie` and `Vary` both are sent, otherwise those
 * of the head.
 *
 * @param request The request.
 * @param response Its response.
 * @param head Status and headers.
 * @param closes Whether the connection is to be closed after the response.
 */
export function sendHead(
  request: NodeRequest,
  response: NodeResponse,
  { code, status, headers, contentLength }: ResponseHead,
  closes: boolean,
): void {
  const { httpVersion, method, stream } = request;
  // RFC 9110 section 9.3.6: such a response has neither framing header.
  const isTunnel = method === "CONNECT" && code < 300;
  const all: readonly HeaderTuple[] = closes
    ? [...headers, ["Connection", "close"]]
    : headers;
  // HTTP/2 has no place for a reason.
  const reason = stream === undefined ? status.slice(4) : undefined;
  if (isTunnel) response.removeHeader("transfer-encoding");
  const isFirst = response.getHeaderNames().length === 0 &&
    !Object.hasOwn(response, "writeHead");
  if (isFirst && reason !== undefined) {
    response.writeHead(code, reason, all.flat());
    return;
  }
  const hasBody = !isTunnel && !hasNoBody(code);
  resetFraming(
    response,
    hasBody && contentLength === undefined && httpVersion !== "1.0",
  );
  setHeaders(response, all);
  if (reason === undefined) response.writeHead(code);
  else response.writeHead(code, reason);
}

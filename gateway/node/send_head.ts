/**
 * Sends status and headers through `node:http`, together with headers that
 * other code has set before.
 *
 * @module
 */

import { hasNoBody, isTunnel } from "../../wsgi/status.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import type { NodeRequest, NodeResponse } from "./node_http.ts";
import type { ResponseHead } from "../response_head.ts";

/** Headers whose values are sent in addition to those that were set before. */
const ADDED: ReadonlySet<string> = new Set(["set-cookie", "vary"]);

/** The values of one header. */
interface Values {
  readonly name: string;
  readonly values: string[];
}

/** Collects the values of each header, ignoring the case of its name. */
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
 * Removes headers that other code has set for its body. Once
 * `Transfer-Encoding` has been removed, even if it was never set, Node.js sends
 * a body without chunks. The end of the connection then ends the body, and a
 * response that was cut off looks complete.
 *
 * @param isChunked Whether the body has no length, and can be sent in chunks.
 */
function resetFraming(response: NodeResponse, isChunked: boolean): void {
  response.removeHeader("content-length");
  if (response.getHeader("transfer-encoding") === undefined) return;
  if (isChunked) response.setHeader("transfer-encoding", "chunked");
  else response.removeHeader("transfer-encoding");
}

/**
 * Sets headers one by one. If `writeHead()` gets an array after a
 * `setHeader()`, Node.js 20 keeps only the last of repeated headers, and
 * middleware that wraps `writeHead()`, such as `compression`, expects other
 * arrays.
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
 * Headers that other code has set on the response before are sent too. If the
 * head has the same header, its values are used; `Set-Cookie` and `Vary` are
 * combined.
 *
 * @param request The request; in HTTP/2, it has a stream.
 * @param response Its response, whose headers have not been sent.
 * @param head Status and headers.
 * @param closes Whether to close the connection after the response.
 */
export function sendHead(
  request: NodeRequest,
  response: NodeResponse,
  { code, status, headers, contentLength }: ResponseHead,
  closes: boolean,
): void {
  const { httpVersion, method, stream } = request;
  const opensTunnel = isTunnel(method, code);
  const all: readonly HeaderTuple[] = closes
    ? [...headers, ["Connection", "close"]]
    : headers;
  // HTTP/2 has no reason phrase.
  const reason = stream === undefined ? status.slice(4) : undefined;
  if (opensTunnel) response.removeHeader("transfer-encoding");
  const isFirst = response.getHeaderNames().length === 0 &&
    !Object.hasOwn(response, "writeHead");
  if (isFirst && reason !== undefined) {
    response.writeHead(code, reason, all.flat());
    return;
  }
  const hasBody = !opensTunnel && !hasNoBody(code);
  resetFraming(
    response,
    hasBody && contentLength === undefined && httpVersion !== "1.0",
  );
  setHeaders(response, all);
  if (reason === undefined) response.writeHead(code);
  else response.writeHead(code, reason);
}

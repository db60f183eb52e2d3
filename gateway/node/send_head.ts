/**
 * Sending status and headers through `node:http`, beside headers that other code
 * has set before.
 *
 * @module
 */

import type { HeaderTuple } from "../../wsgi/types.ts";
import type { NodeRequest, NodeResponse } from "./node_http.ts";
import type { ResponseHead } from "../response_head.ts";

/** Of these, the values that were set before are sent as well. */
const ADDED: ReadonlySet<string> = new Set(["set-cookie", "vary"]);

/** They belong to a body of other code. */
const FRAMING = ["content-length", "transfer-encoding"];

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
 * Sets one header after the other. Node.js 20 keeps only the last line of
 * several if `writeHead()` gets an array after a `setHeader()`, and middleware
 * that wraps `writeHead()`, such as `compression`, expects other arrays.
 */
function setHeaders(
  response: NodeResponse,
  headers: readonly HeaderTuple[],
): void {
  for (const name of FRAMING) response.removeHeader(name);
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
  { code, status, headers }: ResponseHead,
  closes: boolean,
): void {
  const all: readonly HeaderTuple[] = closes
    ? [...headers, ["Connection", "close"]]
    : headers;
  // HTTP/2 has no place for a reason.
  const reason = request.stream === undefined ? status.slice(4) : undefined;
  const isFirst = response.getHeaderNames().length === 0 &&
    !Object.hasOwn(response, "writeHead");
  if (isFirst && reason !== undefined) {
    response.writeHead(code, reason, all.flat());
    return;
  }
  setHeaders(response, all);
  if (reason === undefined) response.writeHead(code);
  else response.writeHead(code, reason);
}

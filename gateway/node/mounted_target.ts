/**
 * Determines the target of a request in a framework that mounts listeners.
 *
 * Express, Connect, Polka and others remove the mount point of a listener from
 * `req.url`. They keep the whole target as `req.originalUrl`, and Express keeps
 * the mount point as `req.baseUrl`.
 *
 * @module
 */

import { percentDecode } from "../../wsgi/byte_string.ts";
import {
  type RequestTarget,
  resolveTarget,
} from "../environ/request_target.ts";
import type { NodeRequest } from "./node_http.ts";

/** A target whose path is divided at the mount point. */
export interface MountedTarget {
  /** The target; its path is the part after the mount point. */
  readonly target: RequestTarget;
  /** `SCRIPT_NAME`, a ByteString: the decoded path of the mount point. */
  readonly script: string;
}

/** The two parts of a raw path. */
type Division = readonly [script: string, path: string];

function pathOf({ uri }: RequestTarget): string {
  const mark = uri.indexOf("?");
  return mark === -1 ? uri : uri.slice(0, mark);
}

/** Moves slashes at the end of the mount point to the path. */
function divide(whole: string, length: number): Division {
  let end = length;
  while (whole[end - 1] === "/") end--;
  return [whole.slice(0, end), whole.slice(end)];
}

/**
 * Divides the path that was sent. The mount point is the part at its beginning
 * that the remaining path lacks.
 *
 * @returns The parts, or `undefined` if other code has rewritten the path.
 */
function findDivision(
  sent: string,
  left: string,
  baseUrl: string | undefined,
): Division | undefined {
  if (sent.endsWith(left)) return divide(sent, sent.length - left.length);
  // For a target that is the mount point itself, frameworks set the path to
  // "/".
  const isMountPoint = left === "/" &&
    (baseUrl === undefined || baseUrl === sent);
  return isMountPoint ? [sent, ""] : undefined;
}

/**
 * Returns the target that the client sent.
 *
 * @param request The request, with the properties that frameworks add.
 * @returns The target, including the mount point.
 */
export function sentTarget(
  { baseUrl, originalUrl, url = "" }: NodeRequest,
): string {
  if (typeof originalUrl === "string") return originalUrl;
  return typeof baseUrl === "string" ? baseUrl + url : url;
}

/**
 * Parses the target and divides its path at the mount point.
 *
 * @param request The request, with the properties that frameworks add.
 * @param method The method of the request.
 * @param host The checked Host; empty for none.
 * @returns The target and `SCRIPT_NAME`.
 * @throws {RequestError} If the target has none of the forms of HTTP.
 */
export function resolveMounted(
  request: NodeRequest,
  method: string,
  host: string,
): MountedTarget {
  const { baseUrl, url = "" } = request;
  const original = sentTarget(request);
  const sent = resolveTarget(original, method, host);
  if (original === url) return { target: sent, script: "" };
  // If the whole path was removed, `url` is empty or only has the query.
  const rest = /^(?:\?|$)/.test(url) ? `/${url}` : url;
  const left = resolveTarget(rest, method, host);
  const base = typeof baseUrl === "string" ? baseUrl : undefined;
  const { query } = left;
  const division = findDivision(pathOf(sent), pathOf(left), base);
  if (division === undefined) {
    const script = /^\/.*[^/]/.exec(base ?? "")?.[0] ?? "";
    return {
      target: { ...sent, path: left.path, query },
      script: percentDecode(script),
    };
  }
  const [script, path] = division;
  return {
    target: { ...sent, path: percentDecode(path), query },
    script: percentDecode(script),
  };
}

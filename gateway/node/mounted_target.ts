/**
 * The target of a request behind a framework that mounts listeners.
 *
 * Express, Connect, Polka and others take the part of the path off from
 * `req.url` at which a listener is mounted. They keep the whole target as
 * `req.originalUrl`, and Express keeps the part as `req.baseUrl`.
 *
 * @module
 */

import { percentDecode } from "../../wsgi/byte_string.ts";
import {
  type RequestTarget,
  resolveTarget,
} from "../environ/request_target.ts";
import type { NodeRequest } from "./node_http.ts";

/** A target whose path is divided in two. */
export interface MountedTarget {
  /** The target: its path is what follows the mount point. */
  readonly target: RequestTarget;
  /** `SCRIPT_NAME`, a ByteString: the decoded path of the mount point. */
  readonly script: string;
}

/** Where the path of a target is divided, not decoded. */
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
 * Divides the path that was sent. The mount point is what is missing at the
 * beginning of the path that is left.
 *
 * @returns The parts; `undefined` if something has rewritten the path.
 */
function findDivision(
  sent: string,
  left: string,
  baseUrl: string | undefined,
): Division | undefined {
  if (sent.endsWith(left)) return divide(sent, sent.length - left.length);
  // Frameworks leave "/" of a target that is the mount point itself.
  const isMountPoint = left === "/" &&
    (baseUrl === undefined || baseUrl === sent);
  return isMountPoint ? [sent, ""] : undefined;
}

/**
 * Returns the target that the client sent.
 *
 * @param request The request.
 * @returns The target, with the part of the path that a framework took off.
 */
export function sentTarget(
  { baseUrl, originalUrl, url = "" }: NodeRequest,
): string {
  if (typeof originalUrl === "string") return originalUrl;
  return typeof baseUrl === "string" ? baseUrl + url : url;
}

/**
 * Takes the target apart, with its path divided at the mount point.
 *
 * @param request The request.
 * @param method The method.
 * @param host The Host, checked; empty for none.
 * @returns The target and `SCRIPT_NAME`.
 * @throws {RequestError} If the target has no form that HTTP knows.
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
  // A path that was taken off whole leaves nothing, or the query alone.
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

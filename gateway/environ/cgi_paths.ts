/**
 * The path of a request in CGI variables.
 *
 * @module
 */

import { percentDecode, toBytes } from "../../wsgi/byte_string.ts";

/** The variables of RFC 3875 section 4.1, as ByteStrings. */
export type CgiVariables = Readonly<Record<string, string>>;

/** The part before the path in absolute form, RFC 9112 section 3.2.2. */
const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/;

/**
 * Returns `REQUEST_URI` as path and query. Apache also passes on the absolute
 * form.
 *
 * @param variables The CGI variables.
 * @returns Path and query; `undefined` without `REQUEST_URI`.
 */
export function requestUriOf(
  variables: CgiVariables,
): string | undefined {
  const uri = variables["REQUEST_URI"]?.replace(ORIGIN, "");
  return uri === "" || uri?.startsWith("?") ? `/${uri}` : uri;
}

function isUtf8(byteString: string): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(toBytes(byteString));
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the `PATH_INFO` that the runtime could not read because it is not
 * UTF-8: the part of `REQUEST_URI` after `SCRIPT_NAME`.
 */
function lostPath(
  variables: CgiVariables,
  script: string,
): string {
  const [raw = ""] = (requestUriOf(variables) ?? "").split("?", 1);
  const path = percentDecode(raw);
  if (!path.startsWith(`${script}/`)) return "";
  const rest = path.slice(script.length);
  // The runtime could have read UTF-8, so there was no PATH_INFO.
  return isUtf8(rest) ? "" : rest;
}

/**
 * Returns SCRIPT_NAME and PATH_INFO.
 *
 * SPEC.md, section 5.3.
 *
 * @param variables The CGI variables.
 * @param repeatsScript Whether `PATH_INFO` begins with `SCRIPT_NAME`.
 * @returns Both, decoded.
 */
export function pathsOf(
  variables: CgiVariables,
  repeatsScript: boolean,
): readonly [script: string, path: string] {
  const { SCRIPT_NAME = "", PATH_INFO, REQUEST_METHOD, REQUEST_URI } =
    variables;
  // Servers in front handle this target in different ways.
  if (REQUEST_METHOD === "OPTIONS" && REQUEST_URI === "*") return ["", "*"];
  // A slash at the end of SCRIPT_NAME belongs to the path.
  const script = SCRIPT_NAME.replace(/\/+$/, "");
  let path = PATH_INFO ?? lostPath(variables, script);
  if (repeatsScript && `${path}/`.startsWith(`${script}/`)) {
    path = path.slice(script.length);
  }
  const isMoved = script !== SCRIPT_NAME && !path.startsWith("/");
  if (isMoved) return [script, `/${path}`];
  const isRoot = script === "" && path === "" && REQUEST_METHOD !== "CONNECT";
  return [script, isRoot ? "/" : path];
}

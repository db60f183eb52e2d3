/**
 * From the variables of an SCGI or uwsgi request to those of CGI.
 *
 * @module
 */

import type { Variable } from "./header_block.ts";
import { percentDecode } from "../../wsgi/byte_string.ts";
import { type CgiVariables, requestUriOf } from "../environ/cgi_environ.ts";
import { quote } from "../../wsgi/describe.ts";
import { isDigits } from "../../wsgi/http_syntax.ts";
import {
  checkContentType,
  checkFragment,
  checkHost,
} from "../environ/request_checks.ts";
import { trimBlanks } from "../../http1/field_line.ts";
import { RequestError } from "../../http1/request_error.ts";

/**
 * Makes one value of each name. A header that came several times comes several
 * times from nginx, too; its values are joined. Of other variables the last one
 * counts, which a configuration added to those it has included; so does that of
 * HTTP_HOST, since no request has two. Blanks around the value of a header,
 * which nginx leaves if they are tabs, are no part of it.
 *
 * RFC 3875 section 4.1.18; RFC 9110 section 5.3.
 *
 * @param variables The variables as they came.
 * @returns One value for each name.
 */
export function joinVariables(
  variables: readonly Variable[],
): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, sent] of variables) {
    const isHeader = name.startsWith("HTTP_");
    const value = isHeader ? trimBlanks(sent, 0) : sent;
    const previous = joined.get(name);
    if (previous === undefined || !isHeader || name === "HTTP_HOST") {
      joined.set(name, value);
    } else {
      const comma = name === "HTTP_COOKIE" ? "; " : ", ";
      joined.set(name, `${previous}${comma}${value}`);
    }
  }
  // Not by assignment: a name can be "__proto__".
  return Object.fromEntries(joined);
}

/** Refuses what every gateway refuses, where the server in front did not. */
function checkRequest(variables: CgiVariables): void {
  const {
    HTTP_HOST: host,
    HTTP_CONTENT_LENGTH: length = "",
    HTTP_CONTENT_TYPE: type = "",
    REQUEST_URI: uri = "",
  } = variables;
  checkFragment(uri);
  if (host !== undefined) checkHost(host);
  if (length !== "" && !isDigits(length)) {
    throw new RequestError(
      `HTTP_CONTENT_LENGTH must be digits, got ${quote(length)}`,
    );
  }
  checkContentType(type);
}

/**
 * Returns the path that was not sent. `include scgi_params` sends neither
 * PATH_INFO nor SCRIPT_NAME; the path is then DOCUMENT_URI, by which nginx has
 * chosen its location, or else the decoded path of REQUEST_URI.
 */
function findPath(variables: CgiVariables): string {
  const { DOCUMENT_URI, SCRIPT_NAME = "" } = variables;
  const [raw = ""] = (requestUriOf(variables) ?? "").split("?", 1);
  const path = DOCUMENT_URI || percentDecode(raw);
  const script = SCRIPT_NAME === "/" ? "" : SCRIPT_NAME;
  return `${path}/`.startsWith(`${script}/`) ? path.slice(script.length) : "";
}

/**
 * Undoes what Apache's mod_proxy_scgi does, which sends all of the path as
 * SCRIPT_NAME and no PATH_INFO.
 */
function splitPath(
  variables: CgiVariables,
): CgiVariables {
  const { PATH_INFO, SCRIPT_NAME = "", SERVER_SOFTWARE = "" } = variables;
  const isWhole = PATH_INFO === undefined &&
    SERVER_SOFTWARE.startsWith("Apache");
  return isWhole
    ? { ...variables, SCRIPT_NAME: "", PATH_INFO: SCRIPT_NAME }
    : variables;
}

/**
 * Completes and corrects the variables, so that they are those of CGI.
 *
 * - `PATH_INFO`, where it is missing, is found elsewhere.
 * - `CONTENT_LENGTH` yields to a greater Content-Length header: nginx 1.22 with
 *   `scgi_request_buffering off` says only how much had come so far. A zero
 *   without that header is what SCGI demands, and says nothing.
 * - `HTTPS` is `on` where only `REQUEST_SCHEME` says so.
 *
 * @param sent The variables, one value for each name; unchanged.
 * @returns All variables.
 * @throws {RequestError} If the request is one that no application may see.
 */
export function completeVariables(
  sent: CgiVariables,
): Record<string, string> {
  checkRequest(sent);
  const variables = splitPath(sent);
  const {
    PATH_INFO = findPath(variables),
    CONTENT_LENGTH = "",
    HTTP_CONTENT_LENGTH = "0",
    HTTP_TRANSFER_ENCODING,
    HTTPS = variables["REQUEST_SCHEME"] === "https" ? "on" : "",
  } = variables;
  const isUnderstated = HTTP_TRANSFER_ENCODING === undefined &&
    Number(HTTP_CONTENT_LENGTH) > Number(CONTENT_LENGTH);
  const announced =
    CONTENT_LENGTH === "0" && !("HTTP_CONTENT_LENGTH" in variables)
      ? ""
      : CONTENT_LENGTH;
  return {
    ...variables,
    PATH_INFO,
    CONTENT_LENGTH: isUnderstated ? HTTP_CONTENT_LENGTH : announced,
    HTTPS,
  };
}

/**
 * Returns how long the request body is by the variables' account.
 *
 * @param sent The variables as they were sent.
 * @returns The length in bytes; 0 also where it is not a number.
 */
export function bodyLengthOf(sent: CgiVariables): number {
  const { CONTENT_LENGTH, HTTP_CONTENT_LENGTH, HTTP_TRANSFER_ENCODING } = sent;
  const told = Number(CONTENT_LENGTH) || 0;
  const header = HTTP_TRANSFER_ENCODING === undefined
    ? Number(HTTP_CONTENT_LENGTH) || 0
    : 0;
  return Math.max(0, Math.trunc(Math.max(told, header)));
}

/**
 * Turns the variables of an SCGI or uwsgi request into those of CGI.
 *
 * @module
 */

import type { Variable } from "./header_block.ts";
import { percentDecode } from "../../wsgi/byte_string.ts";
import { type CgiVariables, requestUriOf } from "../environ/cgi_paths.ts";
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
 * Reduces repeated variables to one value per name. nginx passes on a repeated
 * header as a repeated variable; its values are joined. For other variables the
 * last value counts, because a configuration includes the defaults first and
 * then adds its own. The last HTTP_HOST counts too, since no request has two.
 * Tabs around the value of a header, which nginx keeps, are removed.
 *
 * RFC 3875 section 4.1.18; RFC 9110 section 5.3.
 *
 * @param variables The variables in the order in which they arrived.
 * @returns A new object with one value per name.
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
  // An assignment would fail for the name "__proto__".
  return Object.fromEntries(joined);
}

/**
 * Throws for requests that every gateway rejects, if the server in front did
 * not.
 */
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
 * Returns the path if PATH_INFO is missing. `include scgi_params` sends neither
 * PATH_INFO nor SCRIPT_NAME. The path is then DOCUMENT_URI, by which nginx has
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
 * Corrects the paths of Apache's mod_proxy_scgi, which sends the whole path as
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
 * Completes and corrects the variables so that they follow CGI.
 *
 * - A missing `PATH_INFO` is taken from other variables.
 * - A greater Content-Length header replaces `CONTENT_LENGTH`: nginx 1.22 with
 *   `scgi_request_buffering off` sends only the number of bytes that have
 *   arrived so far. SCGI requires a zero for a request without a length, so a
 *   zero without that header is removed.
 * - `HTTPS` is set to `on` if only `REQUEST_SCHEME` has the scheme.
 *
 * @param sent The variables, with one value per name; not changed.
 * @returns The completed variables.
 * @throws {RequestError} If the request is malformed and must not reach an
 * application.
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
 * Returns the length of the request body according to the variables.
 *
 * @param sent The variables as sent.
 * @returns The length in bytes; 0 if there is none or it is not a number.
 */
export function bodyLengthOf(sent: CgiVariables): number {
  const { CONTENT_LENGTH, HTTP_CONTENT_LENGTH, HTTP_TRANSFER_ENCODING } = sent;
  const given = Number(CONTENT_LENGTH) || 0;
  const header = HTTP_TRANSFER_ENCODING === undefined
    ? Number(HTTP_CONTENT_LENGTH) || 0
    : 0;
  return Math.max(0, Math.trunc(Math.max(given, header)));
}

/**
 * From the name of a request header to its key in environ.
 *
 * @module
 */

import { isToken } from "../../wsgi/http_syntax.ts";
import { remember } from "../../wsgi/remember.ts";

/**
 * Headers that never reach the environ: `Proxy` would become the variable that
 * HTTP clients take their proxy from (httpoxy, CVE-2016-5385), and the body is
 * decoded already.
 */
const DROPPED: ReadonlySet<string> = new Set(["proxy", "transfer-encoding"]);

function makeKey(name: string): string | undefined {
  // A name with an underscore would be taken for one with a hyphen:
  // "X_Forwarded_For" must not pass as "X-Forwarded-For".
  if (name.includes("_") || !isToken(name)) return undefined;
  const lower = name.toLowerCase();
  if (DROPPED.has(lower)) return undefined;
  const key = lower.toUpperCase().replaceAll("-", "_");
  return key === "CONTENT_TYPE" || key === "CONTENT_LENGTH"
    ? key
    : `HTTP_${key}`;
}

/**
 * Returns the environ key for a request header.
 *
 * PEP 3333, "environ Variables"; RFC 3875 section 4.1.18.
 *
 * @param name The name of the header, in any case.
 * @returns `CONTENT_TYPE`, `CONTENT_LENGTH` or `HTTP_` and the name, or
 * `undefined` for a header that is left out.
 */
export const headerKey: (name: string) => string | undefined = remember(
  makeKey,
);

function makeName(key: string): string | undefined {
  const rest = key.startsWith("HTTP_") ? key.slice(5) : key;
  const name = rest.toLowerCase().replaceAll("_", "-");
  return makeKey(name) === key ? name : undefined;
}

/**
 * Returns the request header for an environ key: the inverse of `headerKey`.
 *
 * @param key Any key of an environ.
 * @returns The name in lower case, or `undefined` for a key that does not come
 * from a header.
 */
export const headerName: (key: string) => string | undefined = remember(
  makeName,
);

/**
 * Rules about headers that may come only once, and about one that must not be
 * joined.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { TOKEN_PATTERN } from "../../wsgi/http_syntax.ts";
import type { HeadView } from "../views/call_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import { findField, type ResponseView } from "../views/response_view.ts";
import type { Rule } from "./rule.ts";

// Content-Length, where it matters most, has a rule of its own in headers/.
const SINGLE = KNOWN.contentType | KNOWN.location;
const SINGLE_OTHERS = KNOWN.accessControlAllowOrigin | KNOWN.age |
  KNOWN.contentLocation | KNOWN.contentRange | KNOWN.date | KNOWN.etag |
  KNOWN.expires | KNOWN.lastModified | KNOWN.retryAfter | KNOWN.server |
  KNOWN.strictTransportSecurity;

function findRepeated(
  response: ResponseView,
  bits: number,
): string | undefined {
  if ((response.repeated & bits) === 0) return undefined;
  const field = findField(response, response.repeated & bits);
  return field && `${quote(field.name)} more than once`;
}

/**
 * A comma and a space, then the beginning of another cookie. The comma in a
 * date of Expires is followed by a day and a space, never by `=`; one without a
 * space after it may be a part of a value.
 */
const NEXT_COOKIE = new RegExp(`, +(${TOKEN_PATTERN})=`);

/** A quoted value, in which a comma separates nothing. */
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

function findJoined(response: ResponseView): string | undefined {
  if ((response.known & KNOWN.setCookie) === 0) return undefined;
  for (const { bit, value } of response.fields) {
    if (bit !== KNOWN.setCookie) continue;
    const next = NEXT_COOKIE.exec(value.replace(QUOTED, '""'))?.[1];
    if (next === undefined) continue;
    // The values of cookies are secrets.
    return `${quote(value.slice(0, value.indexOf("=")))} and ${
      quote(next)
    } in one`;
  }
  return undefined;
}

/** Rules about how often a header comes. */
export const HTTP_SINGLE_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/single",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-single",
    title: "Content-Type and Location must come only once",
    why:
      "Clients and proxies choose differently between two; that is a way around filters.",
    hint:
      "Replace the header instead of adding another, as set() of a HeaderList does",
    check: ({ response }) => findRepeated(response, SINGLE),
  },
  {
    id: "http/single-others",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-single-others",
    title: "Headers with one value should come only once",
    why:
      "Clients take the first, the last or none; browsers refuse two Access-Control-Allow-Origin.",
    hint: "Set it in one place, or replace it there",
    check: ({ response }) => findRepeated(response, SINGLE_OTHERS),
  },
  {
    id: "http/set-cookie-joined",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-set-cookie",
    title: "Each cookie should have its own Set-Cookie header",
    why: "Clients do not split it at commas, so all but the first are lost.",
    hint:
      'Write one pair for each: [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]]; take them from Headers by getSetCookie()',
    check: ({ response }) => findJoined(response),
  },
];

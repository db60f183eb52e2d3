/**
 * Rules about headers that a response has at most once, or not at all.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import type { HeadView } from "../views/call_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import { findField, type ResponseView } from "../views/response_view.ts";
import type { Rule } from "./rule.ts";

// Content-Length has a rule of its own: headers/content-length-twice.
const SINGLE = KNOWN.contentType | KNOWN.location;
const SINGLE_OTHERS = KNOWN.accessControlAllowOrigin | KNOWN.age |
  KNOWN.contentLocation | KNOWN.contentRange | KNOWN.date | KNOWN.etag |
  KNOWN.expires | KNOWN.lastModified | KNOWN.retryAfter | KNOWN.server |
  KNOWN.strictTransportSecurity | KNOWN.takenOnce;

function findRepeated(
  response: ResponseView,
  bits: number,
): string | undefined {
  const repeated = response.repeated & bits;
  if (repeated === 0) return undefined;
  const seen = new Set<string>();
  for (const { key, name, bit } of response.fields) {
    if ((bit & repeated) === 0) continue;
    // Different headers can have the same bit.
    if (seen.has(key)) return `${quote(name)} more than once`;
    seen.add(key);
  }
  return undefined;
}

/** Rules about how often a header is sent. */
export const HTTP_SINGLE_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/single",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-single",
    title: "Content-Type and Location must come only once",
    why:
      "Clients and proxies may use different ones, which attackers use to get around filters.",
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
      "Clients use the first, the last or none; browsers reject two of Access-Control-Allow-Origin or X-Frame-Options.",
    hint: "Set it in one place, or replace it there",
    check: ({ response }) => findRepeated(response, SINGLE_OTHERS),
  },
  {
    id: "http/request-header",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-request-header",
    title: "Request headers should not be in a response",
    why: "Clients ignore them, and some contain secrets.",
    hint: "Leave it out; to set a cookie, use Set-Cookie",
    check: ({ response }) => {
      const field = findField(response, KNOWN.request);
      return field && quote(field.name);
    },
  },
];

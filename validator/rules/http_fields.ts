/**
 * Rules about the values of single headers.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { isDigits, TOKEN_PATTERN } from "../../wsgi/http_syntax.ts";
import type { HeadView } from "../views/call_views.ts";
import { CharacterClass } from "../views/character_classes.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { Field, ResponseView } from "../views/response_view.ts";
import { findFault } from "./http_syntax.ts";
import type { Finding, Rule } from "./rule.ts";
import { isHttpDate, WORD_PATTERN } from "./value_syntax.ts";

/** Applies a check to the headers of some names, until it finds something. */
function findIn(
  response: ResponseView,
  bits: number,
  check: (field: Field) => Finding,
): Finding {
  if ((response.known & bits) === 0) return undefined;
  for (const field of response.fields) {
    if ((field.bit & bits) === 0) continue;
    const finding = check(field);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

// RFC 9110 section 8.3.1. No part can match in two ways, so that no value from a
// client takes long.
const MEDIA_TYPE = new RegExp(
  `^${TOKEN_PATTERN}/${TOKEN_PATTERN}(?:[ \\t]*;(?:[ \\t]*${TOKEN_PATTERN}=${WORD_PATTERN})?)*[ \\t]*$`,
);

function mediaType({ value }: Field): Finding {
  const got = quote(value);
  if (MEDIA_TYPE.test(value.trim())) {
    return /^multipart\//i.test(value) && !/;\s*boundary=/i.test(value)
      ? { got, hint: "Add the boundary that separates the parts" }
      : undefined;
  }
  if (/^[^/;]*(?:;|$)/.test(value)) {
    return { got, hint: "Write type and subtype with a slash: text/html" };
  }
  if (/^[^;,]*,/.test(value)) {
    return { got, hint: "Send one media type, not a list" };
  }
  return got;
}

/** RFC 9110 section 8.8.3. */
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

function entityTag({ value }: Field): Finding {
  if (ENTITY_TAG.test(value.trim())) return undefined;
  const got = quote(value);
  if (!value.includes('"')) {
    return { got, hint: 'Put it into double quotes: `"${tag}"`' };
  }
  if (/^w\//.test(value)) {
    return { got, hint: "Write W/ with a capital letter" };
  }
  return got;
}

/**
 * Characters that a URI cannot contain. RFC 3986 excludes others too, such as
 * `|` or `[`, but `URL` leaves them in its `href`, and every client accepts them.
 */
const NOT_IN_URI = /[ "<>]|^[^?#]*\\/;

function uriReference({ value, classes }: Field): Finding {
  const trimmed = value.trim();
  const isAscii =
    (classes & (CharacterClass.latin1 | CharacterClass.tab)) === 0;
  const isFree = !NOT_IN_URI.test(trimmed);
  if (isAscii && isFree && URL.canParse(trimmed, "http://localhost/")) {
    return undefined;
  }
  const got = quote(value);
  return isAscii && isFree
    ? { got, hint: "Write it as /path?query or https://host/path" }
    : got;
}

function httpDate({ bit, name, value }: Field): Finding {
  const trimmed = value.trim();
  if (isHttpDate(trimmed)) return undefined;
  if (bit === KNOWN.retryAfter && isDigits(trimmed)) return undefined;
  // RFC 9111 section 5.3: caches know these as "expired long ago".
  if (bit === KNOWN.expires && (trimmed === "0" || trimmed === "-1")) {
    return undefined;
  }
  return `${quote(value)} as ${name}`;
}

/** The headers in which `*` is no wildcard if there are credentials. */
const WILDCARDS: ReadonlyMap<string, string | undefined> = new Map([
  ["access-control-allow-origin", undefined],
  ["access-control-allow-headers", "List the names of the headers"],
  ["access-control-allow-methods", "List the methods"],
  ["access-control-expose-headers", "List the names of the headers"],
]);

function findWildcard(response: ResponseView): Finding {
  if (
    !response.fields.some(({ key }) =>
      key === "access-control-allow-credentials"
    )
  ) return undefined;
  return findIn(response, KNOWN.lookedAt, ({ key, name, value }) => {
    if (value.trim() !== "*" || !WILDCARDS.has(key)) return undefined;
    const hint = WILDCARDS.get(key);
    const got = `"*" as ${name}`;
    return hint === undefined ? got : { got, hint };
  });
}

function lateChange({ value }: Field): Finding {
  // Clocks of file servers differ a little.
  return Date.parse(value) > Date.now() + 60_000 ? quote(value) : undefined;
}

/** Rules about values. */
export const HTTP_FIELD_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/content-type-syntax",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-content-type-syntax",
    title:
      'The Content-Type header should be a media type such as "text/html; charset=utf-8"',
    why: "Clients guess the type if they cannot parse it.",
    hint: 'Separate parameters by semicolons: "text/html; charset=utf-8"',
    check: ({ response }) => findIn(response, KNOWN.contentType, mediaType),
  },
  {
    id: "http/etag",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-etag",
    title: 'The ETag header must be an entity tag such as "abc" or W/"abc"',
    why: "Caches compare it as a whole, and a malformed one never matches.",
    hint:
      "Put double quotes around it, and no spaces or other quotes between them",
    check: ({ response }) => findIn(response, KNOWN.etag, entityTag),
  },
  {
    id: "http/location",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-location",
    title: "The Location header must be a URL, absolute or relative",
    why: "Clients escape or reject other values, each in its own way.",
    hint: "Escape it: encodeURI(path), or new URL(target, base).href",
    check: ({ response }) => findIn(response, KNOWN.location, uriReference),
  },
  {
    id: "http/date",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-date",
    title:
      'Dates in headers should have the form "Sun, 06 Nov 1994 08:49:37 GMT"',
    why: "Recipients ignore other forms, or treat them as a date in the past.",
    hint: "Write date.toUTCString()",
    check: ({ response }) =>
      findIn(
        response,
        KNOWN.date | KNOWN.expires | KNOWN.lastModified | KNOWN.retryAfter,
        httpDate,
      ),
  },
  {
    id: "http/last-modified",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-last-modified",
    title: "The Last-Modified header should not be a time in the future",
    why:
      "Caches compare it with the date of the response, and keep the content too long.",
    hint: "Send the current time if a file has a later one",
    check: ({ response }) => findIn(response, KNOWN.lastModified, lateChange),
  },
  {
    id: "http/syntax",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-syntax",
    title:
      "The value of a header should have the syntax that its standard defines",
    why: "Clients guess, or ignore the header, each in its own way.",
    hint: "See the header's page on MDN",
    check: ({ response }) =>
      findIn(response, KNOWN.lookedAt, (field) => {
        const hint = findFault(field, response);
        if (hint === undefined) return undefined;
        return { got: `${quote(field.value)} as ${field.name}`, hint };
      }),
  },
  {
    id: "http/credentials",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-credentials",
    title:
      "Access-Control-Allow-Credentials should come with one origin and with names, not with the wildcard",
    why: "For requests with credentials, browsers do not accept a wildcard.",
    hint:
      "Answer with the Origin of the request if you know it, and with Vary: Origin",
    check: ({ response }) => findWildcard(response),
  },
];

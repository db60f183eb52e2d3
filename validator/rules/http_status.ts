/**
 * Rules about statuses: which headers belong to them, and which of them a
 * client must have asked for.
 *
 * @module
 */

import type { HeadView } from "../views/call_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { RequestState } from "../views/request_state.ts";
import { findField, type ResponseView } from "../views/response_view.ts";
import type { Finding, Rule } from "./rule.ts";

function lacks(response: ResponseView, bit: number): boolean {
  return (response.known & bit) === 0;
}

function noChallenge(response: ResponseView): Finding {
  if (response.code === 401 && lacks(response, KNOWN.wwwAuthenticate)) {
    return "401 without it";
  }
  if (response.code === 407 && lacks(response, KNOWN.proxyAuthenticate)) {
    return {
      got: "407 without it",
      hint: 'Add ["Proxy-Authenticate", \'Basic realm="…"\'], or answer 403',
    };
  }
  return undefined;
}

function isByteRanges(response: ResponseView): boolean {
  const field = findField(response, KNOWN.contentType);
  return field !== undefined && /^multipart\/byteranges\b/i.test(field.value);
}

function isRedirect(code: number | undefined): boolean {
  return code === 301 || code === 302 || code === 303 || code === 307 ||
    code === 308;
}

/** Rules about the headers that a status demands. */
export const HTTP_COMPANION_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/challenge",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-challenge",
    title:
      "Status 401 must come with WWW-Authenticate, and 407 with Proxy-Authenticate",
    why: "Without it the client does not learn how to authenticate.",
    hint: 'Add ["WWW-Authenticate", "Bearer"], or answer 403',
    check: ({ response }) => noChallenge(response),
  },
  {
    id: "http/405-allow",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-405-allow",
    title: "Status 405 must come with Allow",
    why: "It tells the client which methods there are.",
    hint: 'Add ["Allow", "GET, HEAD"] with the methods of this path',
    check: ({ response }) =>
      response.code === 405 && lacks(response, KNOWN.allow)
        ? "405 without it"
        : undefined,
  },
  {
    id: "http/206-range",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-206-range",
    title:
      "Status 206 must come with Content-Range, or with multipart/byteranges as its Content-Type",
    why: "Without it the client cannot tell which part it has got.",
    hint: 'Add ["Content-Range", "bytes 0-99/1234"]',
    check: ({ response }) =>
      response.code === 206 && lacks(response, KNOWN.contentRange) &&
        !isByteRanges(response)
        ? "206 without them"
        : undefined,
  },
  {
    id: "http/missing-location",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-companions",
    title: "Redirects should come with Location",
    why: "Without it the client does not learn where to go.",
    hint: 'Add ["Location", "/the/new/place"]',
    check: ({ response }) => {
      if (!isRedirect(response.code)) return undefined;
      const field = findField(response, KNOWN.location);
      if (field === undefined) return `${response.code} without it`;
      return field.value.trim() === "" ? "an empty one" : undefined;
    },
  },
  {
    id: "http/created-location",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "http-companions",
    title: "Status 201 in answer to POST should come with Location",
    why:
      "Without it the client takes the target of its request for what was created.",
    hint: 'Add ["Location", "/the/new/thing"]',
    check: ({ response, state }) =>
      response.code === 201 && state.method === "POST" &&
        lacks(response, KNOWN.location)
        ? "201 without it"
        : undefined,
  },
  {
    id: "http/missing-content-range",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "http-companions",
    title: "Status 416 should come with Content-Range",
    why: "It tells the client how long the whole is.",
    hint: 'Add ["Content-Range", "bytes */1234"] with the whole length',
    check: ({ response }) =>
      response.code === 416 && lacks(response, KNOWN.contentRange)
        ? "416 without it"
        : undefined,
  },
  {
    id: "http/missing-retry-after",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "http-companions",
    title: "Status 429 and 503 should come with Retry-After",
    why: "Without it clients come back at once, all together.",
    hint: 'Add ["Retry-After", "60"], in seconds',
    check: ({ response: { code, known } }) =>
      (code === 429 || code === 503) && (known & KNOWN.retryAfter) === 0
        ? `${code} without it`
        : undefined,
  },
];

function has(state: RequestState, key: string): boolean {
  return state.environ.values[key] !== undefined;
}

/** Conditions that are no If-…: of WebDAV, and of tus for resumable uploads. */
const OTHER_CONDITIONS: readonly string[] = [
  "HTTP_IF",
  "HTTP_OVERWRITE",
  "HTTP_TUS_RESUMABLE",
];

function hasCondition({ environ }: RequestState): boolean {
  return Object.keys(environ.values).some((key) =>
    key.includes("_IF_") || OTHER_CONDITIONS.includes(key)
  );
}

function unasked({ code }: ResponseView, state: RequestState): Finding {
  switch (code) {
    case 304:
      return has(state, "HTTP_IF_NONE_MATCH") ||
          has(state, "HTTP_IF_MODIFIED_SINCE")
        ? undefined
        : "304 without If-None-Match or If-Modified-Since";
    case 206:
    case 416:
      return has(state, "HTTP_RANGE") ? undefined : {
        got: `${code} without Range`,
        hint: "Look for environ.HTTP_RANGE first; without it send the whole",
      };
    case 412:
      return hasCondition(state) ? undefined : {
        got: "412 without a condition such as If-Match",
        hint: "Answer 409, or 428 to demand a condition",
      };
    case 417:
      return has(state, "HTTP_EXPECT")
        ? undefined
        : { got: "417 without Expect", hint: "Answer 400 or 422" };
    default:
      return undefined;
  }
}

/** Rules about statuses that answer a header of the request. */
export const HTTP_UNASKED_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/unasked",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-unasked",
    title:
      "Status 206, 304, 412, 416 and 417 should only answer a request that has the header for it",
    why: "A client that has not asked for it cannot make use of it.",
    hint:
      "Compare environ.HTTP_IF_NONE_MATCH with the ETag first; without it send the whole",
    check: ({ response, state }) => unasked(response, state),
  },
];

/**
 * Rules about statuses, and which headers belong to them.
 *
 * @module
 */

import type { HeadView } from "../views/call_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import { findField, type ResponseView } from "../views/response_view.ts";
import type { Finding, Rule } from "./rule.ts";

function lacks(response: ResponseView, bit: number): boolean {
  return (response.known & bit) === 0;
}

function noChallenge(response: ResponseView): Finding {
  if (response.code === 401) {
    const field = findField(response, KNOWN.wwwAuthenticate);
    if (field === undefined) return "401 without it";
    return field.value.trim() === "" ? "an empty one" : undefined;
  }
  if (response.code === 407 && lacks(response, KNOWN.proxyAuthenticate)) {
    return {
      got: "407 without it",
      hint: 'Add ["Proxy-Authenticate", \'Basic realm="…"\'], or answer 403',
    };
  }
  return undefined;
}

/** Methods that change something. Clients do not store their responses. */
const CHANGING: ReadonlySet<string> = new Set([
  "DELETE",
  "PATCH",
  "POST",
  "PUT",
]);

function refusesAllowed(view: HeadView): Finding {
  const { response } = view;
  if (response.code !== 405) return undefined;
  const { method } = view.state;
  for (const { key, value } of response.fields) {
    if (key !== "allow") continue;
    const methods = value.split(",").map((one) => one.trim());
    if (methods.includes(method)) return `${method} in it`;
  }
  return undefined;
}

function isRedirect(code: number | undefined): boolean {
  return code === 301 || code === 302 || code === 303 || code === 307 ||
    code === 308;
}

/** Rules about the headers that belong to a status. */
export const HTTP_STATUS_RULES: readonly Rule<HeadView>[] = [
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
    why: "It tells the client which methods are allowed.",
    hint: 'Add ["Allow", "GET, HEAD"] with the methods of this path',
    check: ({ response }) =>
      response.code === 405 && lacks(response, KNOWN.allow)
        ? "405 without it"
        : undefined,
  },
  {
    id: "http/405-allowed",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-405-allowed",
    title: "Allow should not list the method that status 405 refuses",
    why: "A client that follows it sends the same request again.",
    hint: "List the methods that the path has, without the one refused",
    check: refusesAllowed,
  },
  {
    id: "http/426-upgrade",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-426-upgrade",
    title: "Status 426 should be left to the server",
    why:
      "It must come with Upgrade, a header about the connection, which only the server can send.",
    hint:
      "Answer 400 or 403, and describe in the body what the client has to change",
    check: ({ response }) => response.code === 426 ? "426" : undefined,
  },
  {
    id: "http/unused-status",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-unused-status",
    title: "Status 305 and 306 should not be used",
    why:
      "Browsers ignore 305 because it is dangerous, and 306 is no longer defined.",
    hint: "Redirect with 302, 303 or 307",
    check: ({ response: { code } }) =>
      code === 305 || code === 306 ? String(code) : undefined,
  },
  {
    id: "http/304-method",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-304-method",
    title: "Status 304 must answer GET or HEAD",
    why:
      "Clients do not store responses to other methods, so they have nothing to reuse.",
    hint: "Answer 412 Precondition Failed",
    check: (view) =>
      view.response.code === 304 && CHANGING.has(view.state.method)
        ? `304 in answer to ${view.state.method}`
        : undefined,
  },
  {
    id: "http/226-im",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-226-im",
    title: "Status 226 should come with IM",
    why: "Without it the client does not learn what was done to the content.",
    hint:
      'Add IM with the name of the manipulation, such as ["IM", "feed"], or answer 200',
    check: ({ response }) =>
      response.code === 226 &&
        !response.fields.some(({ key }) => key === "im")
        ? "226 without it"
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
      "Without it the client assumes that the target of its request was created.",
    hint: 'Add ["Location", "/the/new/thing"]',
    check: (view) =>
      view.response.code === 201 && lacks(view.response, KNOWN.location) &&
        view.state.method === "POST"
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
    why: "It tells the client how long the whole resource is.",
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
    why: "Without it clients try again immediately.",
    hint: 'Add ["Retry-After", "60"], in seconds',
    check: ({ response: { code, known } }) =>
      (code === 429 || code === 503) && (known & KNOWN.retryAfter) === 0
        ? `${code} without it`
        : undefined,
  },
  {
    id: "http/location-status",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "http-location-status",
    title: "The Location header should come only with 201, 202 or a redirect",
    why: "With other statuses clients do not follow it.",
    hint: 'Answer with "303 See Other", or leave it out',
    check: ({ response: { code = 0, known } }) =>
      (known & KNOWN.location) !== 0 && (code === 200 || code >= 400)
        ? `one with ${code}`
        : undefined,
  },
];

/**
 * Rules about headers that describe the content, and statuses without content.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { hasNoBody } from "../../wsgi/status.ts";
import type { HeadView } from "../views/call_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { RequestState, StateView } from "../views/request_state.ts";
import { findField, type ResponseView } from "../views/response_view.ts";
import type { Rule } from "./rule.ts";

function forbiddenLength(
  response: ResponseView,
  state: RequestState,
): string | undefined {
  if ((response.known & KNOWN.contentLength) === 0) return undefined;
  const { code = 0, contentLength } = response;
  if (code === 204) return "one with 204";
  if (code === 205 && contentLength !== undefined && contentLength !== 0) {
    return `one of ${contentLength} with 205`;
  }
  return code < 300 && state.method === "CONNECT"
    ? `one with ${code} in answer to CONNECT`
    : undefined;
}

const NOT_ON_304 = KNOWN.contentEncoding | KNOWN.contentLanguage |
  KNOWN.contentRange;

/** Rules about what the headers say of the content. */
export const HTTP_CONTENT_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/forbidden-length",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "length-forbidden",
    title:
      "Content-Length must be left out with status 204 and in a 2xx answer to CONNECT, and be 0 with 205",
    why:
      "There is no content, so a client would wait for it or take the next response for it.",
    hint: "Leave Content-Length out",
    check: ({ response, state }) => forbiddenLength(response, state),
  },
  {
    id: "http/304-headers",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-304-headers",
    title:
      "Status 304 should come without Content-Encoding, Content-Language and Content-Range",
    why:
      "A cache updates what it has stored by these headers, although the content stays the same.",
    hint: "Send ETag, Cache-Control, Vary, Expires and the like, and no others",
    check: ({ response }) => {
      if (response.code !== 304) return undefined;
      const field = findField(response, NOT_ON_304);
      return field && quote(field.name);
    },
  },
  {
    id: "http/304-content-type",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "http-304-headers",
    title: "Status 304 should come without Content-Type",
    why: "There is no content, and the client knows the type from before.",
    hint: "Leave Content-Type out",
    check: ({ response }) => {
      if (response.code !== 304) return undefined;
      const field = findField(response, KNOWN.contentType);
      return field && quote(field.name);
    },
  },
  {
    id: "http/server-headers",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "http-server-headers",
    title: "The headers Date and Server should be left to the server",
    why: "The server adds them; some then send them twice.",
    hint: "Leave them out",
    check: ({ response }) => {
      const field = findField(response, KNOWN.date | KNOWN.server);
      return field && quote(field.name);
    },
  },
];

/** Applied at the end of a body. */
export const HTTP_END_RULES: readonly Rule<StateView>[] = [
  {
    id: "http/content-type",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "http-content-type",
    title: "Content should come with a Content-Type",
    why: "Without it clients guess, and may take text for a script.",
    hint: 'Add ["Content-Type", "text/plain; charset=utf-8"] or what it is',
    check: ({ state: { response, bytes, written } }) => {
      const length = bytes + written;
      if (length === 0 || response === undefined) return undefined;
      // What such a status drops, another rule reports.
      return (response.known & KNOWN.contentType) !== 0 ||
          hasNoBody(response.code)
        ? undefined
        : `${length === 1 ? "1 byte" : `${length} bytes`} without it`;
    },
  },
];

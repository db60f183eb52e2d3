/**
 * Rules about statuses that answer a header of the request.
 *
 * @module
 */

import type { HeadView } from "../views/call_views.ts";
import type { RequestState } from "../views/request_state.ts";
import type { ResponseView } from "../views/response_view.ts";
import type { Finding, Rule } from "./rule.ts";

function has(state: RequestState, key: string): boolean {
  return state.environ.values[key] !== undefined;
}

/** Conditions of WebDAV and of tus (resumable uploads) that have other names. */
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

const ACCEPT: readonly string[] = [
  "HTTP_ACCEPT",
  "HTTP_ACCEPT_CHARSET",
  "HTTP_ACCEPT_ENCODING",
  "HTTP_ACCEPT_LANGUAGE",
];

/** The statuses that answer a header of the request. */
const ANSWERING: ReadonlySet<number> = new Set([
  206,
  226,
  304,
  406,
  411,
  412,
  416,
  417,
  428,
]);

function unasked({ code }: ResponseView, state: RequestState): Finding {
  switch (code) {
    case 304:
      return has(state, "HTTP_IF_NONE_MATCH") ||
          has(state, "HTTP_IF_MODIFIED_SINCE")
        ? undefined
        : "304 without If-None-Match or If-Modified-Since";
    case 226:
      return has(state, "HTTP_A_IM") ? undefined : "226 without A-IM";
    case 406:
      return ACCEPT.some((key) => has(state, key)) ? undefined : {
        got: "406 without an Accept header",
        hint: "Send what you have: the client has excluded nothing",
      };
    case 411:
      return has(state, "CONTENT_LENGTH")
        ? { got: "411 to a request with Content-Length", hint: "Answer 400" }
        : undefined;
    case 428:
      return hasCondition(state)
        ? {
          got: "428 to a request with a condition",
          hint: "Answer 412 if the condition is false",
        }
        : undefined;
    case 206:
    case 416:
      return has(state, "HTTP_RANGE") ? undefined : {
        got: `${code} without Range`,
        hint:
          "Check environ.HTTP_RANGE first; without it, send the whole content",
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
    title: "The status should match the headers of the request",
    why: "Clients do not expect such a status, and handle it as an error.",
    hint:
      "Compare environ.HTTP_IF_NONE_MATCH with the ETag first; without it, send the whole content",
    check: (view) =>
      ANSWERING.has(view.response.code ?? 0)
        ? unasked(view.response, view.state)
        : undefined,
  },
];

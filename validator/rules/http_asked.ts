/**
 * Rules about statuses that answer a header of the request.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import type { HeadView } from "../views/call_views.ts";
import { textOf } from "../views/raw_target.ts";
import type { RequestState } from "../views/request_state.ts";
import type { ResponseView } from "../views/response_view.ts";
import { overlapsRange, satisfiesRange } from "./byte_ranges.ts";
import {
  CONTRADICTED,
  findMatch,
  findStale,
  otherVersion,
} from "./http_conditions.ts";
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

/** Conditions that never lead to 412: RFC 9110, sections 13.1.3 and 13.1.5. */
const OPTIONAL_CONDITIONS: readonly string[] = [
  "HTTP_IF_MODIFIED_SINCE",
  "HTTP_IF_RANGE",
];

function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** Returns whether the request has a condition that can lead to 412. */
function hasCondition({ environ, method }: RequestState): boolean {
  return Object.keys(environ.values).some((key) => {
    if (OPTIONAL_CONDITIONS.includes(key)) return false;
    // A match is then answered with 304: RFC 9110, section 13.1.2.
    if (key === "HTTP_IF_NONE_MATCH") return !isSafe(method);
    return key.includes("_IF_") || OTHER_CONDITIONS.includes(key);
  });
}

/** Returns whether the request has content, as far as its variables show. */
function mayHaveContent(state: RequestState): boolean {
  if (!isSafe(state.method)) return true;
  const length = textOf(state.environ.values, "CONTENT_LENGTH");
  return length !== "" && length !== "0" || has(state, "CONTENT_TYPE");
}

const ACCEPT: readonly string[] = [
  "HTTP_ACCEPT",
  "HTTP_ACCEPT_CHARSET",
  "HTTP_ACCEPT_ENCODING",
  "HTTP_ACCEPT_LANGUAGE",
];

/** Finds a part that was not requested, or one that was refused wrongly. */
function otherRange(response: ResponseView, state: RequestState): Finding {
  const asked = textOf(state.environ.values, "HTTP_RANGE");
  if (response.code === 206) {
    return overlapsRange(response, asked) ? otherVersion(response, state) : {
      spec: CONTRADICTED,
      got: `another part than the one in Range ${quote(asked)}`,
      hint: "Send the part that was requested, or the whole content with 200",
    };
  }
  return satisfiesRange(response, asked)
    ? {
      spec: CONTRADICTED,
      got: `416 for Range ${quote(asked)}, which the content has`,
      hint: "Positions count from 0; answer 416 if the first one is the size",
    }
    : undefined;
}

/** The statuses that answer a header of the request. */
const ANSWERING: ReadonlySet<number> = new Set([
  206,
  226,
  304,
  406,
  411,
  412,
  413,
  415,
  416,
  417,
  428,
]);

function unasked(response: ResponseView, state: RequestState): Finding {
  const { code } = response;
  switch (code) {
    case 304:
      return has(state, "HTTP_IF_NONE_MATCH") ||
          has(state, "HTTP_IF_MODIFIED_SINCE")
        ? findStale(response, state)
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
      return has(state, "HTTP_RANGE") ? otherRange(response, state) : {
        got: `${code} without Range`,
        hint:
          "Check environ.HTTP_RANGE first; without it, send the whole content",
      };
    case 412:
      if (hasCondition(state)) return findMatch(response, state);
      return has(state, "HTTP_IF_NONE_MATCH")
        ? {
          got: `412 in answer to ${state.method} with If-None-Match`,
          hint: "Answer 304 if the client has the content already",
        }
        : {
          got: "412 without a condition such as If-Match",
          hint: "Answer 409, or 428 to demand a condition",
        };
    case 413:
    case 415:
      return mayHaveContent(state) ? undefined : {
        got: `${code} to ${state.method} without content`,
        hint: "Answer 400, or 406 if the client accepts no type that you have",
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
    alsoSpec: [CONTRADICTED],
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

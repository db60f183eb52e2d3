/**
 * Finds responses whose ETag or Last-Modified contradicts the condition of the
 * request that they answer (RFC 9110, section 13).
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { KNOWN } from "../views/known_headers.ts";
import { textOf } from "../views/raw_target.ts";
import type { RequestState } from "../views/request_state.ts";
import { findField, type ResponseView } from "../views/response_view.ts";
import type { Finding } from "./rule.ts";

/** The requirement about responses that contradict a request. */
export const CONTRADICTED = "http-contradicted";

/** Returns the entity tags of a condition. */
function tagsOf(condition: string): readonly string[] {
  return condition.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function valueOf(response: ResponseView, bit: number): string {
  return findField(response, bit)?.value.trim() ?? "";
}

/** Returns a tag for the weak comparison, RFC 9110 section 8.8.3.2. */
function opaque(tag: string): string {
  return tag.replace(/^W\//, "");
}

/** Returns whether a date is after another; false if one is not a date. */
function isAfter(date: string, other: string): boolean {
  return Date.parse(date) > Date.parse(other);
}

/**
 * Finds a 304 with an entity tag or a date that the client does not have.
 *
 * @param response A response with status 304.
 * @param state The request.
 * @returns The finding, if there is one.
 */
export function findStale(
  response: ResponseView,
  state: RequestState,
): Finding {
  const asked = textOf(state.environ.values, "HTTP_IF_NONE_MATCH");
  const etag = valueOf(response, KNOWN.etag);
  const tags = tagsOf(asked);
  if (asked !== "") {
    return etag === "" || tags.length === 0 ||
        tags.map(opaque).includes(opaque(etag))
      ? undefined
      : {
        spec: CONTRADICTED,
        got: `304 with the ETag ${quote(etag)} for If-None-Match ${
          quote(asked)
        }`,
        hint:
          "Send the new content; with If-None-Match, If-Modified-Since does not count",
      };
  }
  const since = textOf(state.environ.values, "HTTP_IF_MODIFIED_SINCE");
  const modified = valueOf(response, KNOWN.lastModified);
  return isAfter(modified, since)
    ? {
      spec: CONTRADICTED,
      got: `304 with the Last-Modified ${
        quote(modified)
      } for If-Modified-Since ${quote(since)}`,
      hint: "Send the new content",
    }
    : undefined;
}

/**
 * Finds a 412 although the entity tag is one of those in If-Match.
 *
 * @param response A response with status 412.
 * @param state The request.
 * @returns The finding, if there is one.
 */
export function findMatch(
  response: ResponseView,
  state: RequestState,
): Finding {
  const asked = textOf(state.environ.values, "HTTP_IF_MATCH");
  const etag = valueOf(response, KNOWN.etag);
  // Another condition may be the false one.
  const isOnly = Object.keys(state.environ.values)
    .every((key) => key === "HTTP_IF_MATCH" || !/^HTTP_IF(?:_|$)/.test(key));
  return isOnly && !etag.startsWith("W/") && tagsOf(asked).includes(etag)
    ? {
      spec: CONTRADICTED,
      got: `412 with the ETag ${quote(etag)} for If-Match ${quote(asked)}`,
      hint: "Compare the tags with their quotes",
    }
    : undefined;
}

/**
 * Finds a 206 of another version than the one in If-Range.
 *
 * @param response A response with status 206.
 * @param state The request.
 * @returns The finding, if there is one.
 */
export function otherVersion(
  response: ResponseView,
  state: RequestState,
): Finding {
  const asked = textOf(state.environ.values, "HTTP_IF_RANGE").trim();
  if (asked === "") return undefined;
  const isTag = /^(?:W\/)?"/.test(asked);
  const bit = isTag ? KNOWN.etag : KNOWN.lastModified;
  const current = valueOf(response, bit);
  const isWeak = asked.startsWith("W/");
  return isWeak || current !== "" && current !== asked
    ? {
      spec: CONTRADICTED,
      got: `206 for If-Range ${quote(asked)}${
        isWeak ? "" : `, not ${quote(current)}`
      }`,
      hint: isWeak
        ? "A weak tag never matches: send the whole content with 200"
        : "Send the whole content with 200 if the version is another one",
    }
    : undefined;
}

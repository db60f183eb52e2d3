/**
 * Rules about partial content: status 206 and 416, and Content-Range.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import type { HeadView } from "../views/call_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { RequestState, StateView } from "../views/request_state.ts";
import { findField, type ResponseView } from "../views/response_view.ts";
import { isByteRanges, parseContentRange, partLength } from "./byte_ranges.ts";
import type { Finding, Rule } from "./rule.ts";

function describesPart(response: ResponseView): Finding {
  if (response.code !== 206) return undefined;
  const hasRange = (response.known & KNOWN.contentRange) !== 0;
  if (hasRange !== isByteRanges(response)) return undefined;
  return hasRange
    ? {
      got: "206 with both",
      hint: "Remove Content-Range: each part has its own",
    }
    : "206 with neither";
}

/** Methods that have no ranges. Only GET has; HEAD is accepted too. */
const WITHOUT_RANGES: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE",
]);

/** Units other than bytes have a form of their own. */
function isOtherUnit(value: string): boolean {
  return /^(?!bytes\b)[!#$%&'*+\-.^_`|~0-9A-Za-z]+ \S/i.test(value.trim());
}

function wrongRange(response: ResponseView): Finding {
  const field = findField(response, KNOWN.contentRange);
  if (field === undefined || isOtherUnit(field.value)) return undefined;
  const got = quote(field.value);
  const range = parseContentRange(field.value);
  if (range === undefined) {
    return /^bytes\s*[=:]/i.test(field.value)
      ? { got, hint: 'Write a space after "bytes"; only Range has an =' }
      : got;
  }
  const { first, last, size } = range;
  if (first === -1) {
    if (size === -1) return got;
    return response.code === 206
      ? { got, hint: "State which part it is: bytes 0-99/1234" }
      : undefined;
  }
  if (response.code === 416) {
    return { got, hint: "With 416, state only the whole length: bytes */1234" };
  }
  if (last < first) return got;
  return size !== -1 && last >= size
    ? {
      got,
      hint: "Positions count from 0, so the last one is less than the size",
    }
    : undefined;
}

function wrongLength(response: ResponseView): Finding {
  const { contentLength } = response;
  if (contentLength === undefined) return undefined;
  const length = partLength(response);
  return length === undefined || length === contentLength
    ? undefined
    : `${contentLength} for a part of ${length} bytes`;
}

function wrongPart(state: RequestState): Finding {
  const { response, method, uncounted, failed } = state;
  if (response === undefined || response.code !== 206) return undefined;
  // Content-Length has a rule of its own.
  if (method === "HEAD" || uncounted || failed) return undefined;
  if (response.contentLength !== undefined) return undefined;
  const length = partLength(response);
  const total = state.bytes + state.written;
  return length === undefined || length === total
    ? undefined
    : `${total} bytes for a part of ${length}`;
}

/** Rules about status 206 and 416, and about Content-Range. */
export const HTTP_RANGE_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/206-range",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-206-range",
    title:
      "Status 206 must come with Content-Range or with multipart/byteranges as its Content-Type, and not with both",
    why: "Without it the client cannot tell which part it has got.",
    hint: 'Add ["Content-Range", "bytes 0-99/1234"]',
    check: ({ response }) => describesPart(response),
  },
  {
    id: "http/range-method",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-range-method",
    covers: ["http/unasked"],
    title: "Statuses 206 and 416 must answer GET only",
    why:
      "HTTP defines ranges for GET only, so other methods ignore the header Range.",
    hint: "Send the whole content with status 200",
    check: (view) => {
      const { code } = view.response;
      if (code !== 206 && code !== 416) return undefined;
      const { method } = view.state;
      return WITHOUT_RANGES.has(method)
        ? `${code} in answer to ${method}`
        : undefined;
    },
  },
  {
    id: "http/content-range",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-content-range",
    covers: ["http/206-length", "http/206-body", "http/unasked"],
    title:
      'The Content-Range header must have the form "bytes 0-99/1234", and "bytes */1234" with status 416',
    why:
      "A client that cannot parse it drops the part, or stores it at the wrong place.",
    hint: "Write `bytes ${first}-${last}/${size}`, and * for an unknown size",
    check: ({ response }) => wrongRange(response),
  },
  {
    id: "http/206-length",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-206-length",
    title:
      "The Content-Length of a part must be the length of its Content-Range",
    why: "The client assembles the content wrongly, or waits for the rest.",
    hint: "It is last - first + 1, not the size of the whole content",
    check: ({ response }) => wrongLength(response),
  },
  {
    id: "http/content-range-status",
    severity: "warning",
    blame: "application",
    profile: "http",
    spec: "http-content-range-status",
    title: "The Content-Range header should come only with status 206 or 416",
    why:
      "With other statuses it has no meaning, so the client takes a part for the whole.",
    hint: 'Answer with "206 Partial Content", or leave it out',
    check: ({ response: { code, known } }) =>
      (known & KNOWN.contentRange) === 0 || code === 206 || code === 416 ||
        code === 304
        ? undefined
        : `one with ${code}`,
  },
];

/** Applied at the end of a body. */
export const HTTP_PART_RULES: readonly Rule<StateView>[] = [
  {
    id: "http/206-body",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-206-length",
    title: "The body of a part must be as long as its Content-Range says",
    why: "The client assembles the content wrongly.",
    hint: "Send bytes.subarray(first, last + 1): the last position is included",
    check: ({ state }) => wrongPart(state),
  },
];

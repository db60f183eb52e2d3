/**
 * Rules about headers that describe the content, and statuses without content.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { hasNoBody, isTunnel } from "../../wsgi/status.ts";
import type { ChunkView } from "../views/body_views.ts";
import type { HeadView } from "../views/call_views.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { RequestState, StateView } from "../views/request_state.ts";
import { findField } from "../views/response_view.ts";
import { HTTP_PART_RULES } from "./http_ranges.ts";
import type { Finding, Rule } from "./rule.ts";

function forbiddenLength(view: HeadView): Finding {
  const { response } = view;
  if ((response.known & KNOWN.contentLength) === 0) return undefined;
  const { code = 0, contentLength } = response;
  if (code === 204) return "one with 204";
  if (code === 205 && contentLength !== undefined && contentLength !== 0) {
    return `one of ${contentLength} with 205`;
  }
  return isTunnel(view.state.method, code)
    ? `one with ${code} in answer to CONNECT`
    : undefined;
}

const NOT_ON_304 = KNOWN.contentEncoding | KNOWN.contentLanguage |
  KNOWN.contentRange;

/** Rules about headers that describe the content. */
export const HTTP_CONTENT_RULES: readonly Rule<HeadView>[] = [
  {
    id: "http/forbidden-length",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "length-forbidden",
    title:
      "Content-Length must be left out with status 204 and in a 2xx response to CONNECT, and be 0 with 205",
    why:
      "There is no content, so clients would wait for it, or take the next response as the content.",
    hint: "Leave Content-Length out",
    check: forbiddenLength,
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
    why: "The server adds them; some servers then send them twice.",
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
    profile: "http",
    spec: "http-content-type",
    title: "A response with a body should have a Content-Type",
    why: "Without it clients guess the type, and may run text as a script.",
    hint:
      'Add ["Content-Type", "text/plain; charset=utf-8"], or its actual type',
    check: ({ state }) => {
      const { response } = state;
      if (response === undefined) return undefined;
      return (response.known & KNOWN.contentType) !== 0
        ? undefined
        : untyped(state, response.code);
    },
  },
  ...HTTP_PART_RULES,
];

/** Finds content without a type. Content that the server drops needs none. */
function untyped(state: RequestState, code: number | undefined): Finding {
  const length = state.bytes + state.written;
  if (length === 0 || hasNoBody(code) || state.method === "HEAD") {
    return undefined;
  }
  // RFC 9110 section 15.3.7: the client has the type already.
  const { HTTP_IF_RANGE: condition } = state.environ.values;
  if (code === 206 && condition !== undefined) return undefined;
  return `${length === 1 ? "1 byte" : `${length} bytes`} without it`;
}

/** Checks the first bytes of encoded content, of which some may be missing. */
type Magic = (first: number, second?: number) => boolean;

const isGzip: Magic = (first, second = 0x8b) =>
  first === 0x1f && second === 0x8b;

/** The first bytes of encoded content, by coding. */
const MAGIC: Readonly<Record<string, Magic>> = {
  "gzip": isGzip,
  "x-gzip": isGzip,
  "zstd": (first, second = 0xb5) => first === 0x28 && second === 0xb5,
  // The header of zlib: RFC 1950, section 2.2.
  "deflate": (first, second) =>
    (first & 0x8f) === 8 &&
    (second === undefined || (first * 256 + second) % 31 === 0),
};

function notEncoded({ chunk, length, state }: ChunkView): Finding {
  const { response, method } = state;
  if (
    response === undefined || (response.known & KNOWN.contentEncoding) === 0
  ) {
    return undefined;
  }
  if (length === 0 || state.bytes + state.written > 0) return undefined;
  // A part can begin anywhere.
  if (method === "HEAD" || response.code === 206) return undefined;
  const coding = findField(response, KNOWN.contentEncoding)?.value.trim() ?? "";
  const magic = MAGIC[coding.toLowerCase()];
  const [first, second] = chunk as Uint8Array;
  return magic === undefined || magic(first!, second)
    ? undefined
    : `a body that is not ${coding}`;
}

/** Applied to each chunk that is yielded or written, if it is one. */
export const HTTP_CODING_RULES: readonly Rule<ChunkView>[] = [
  {
    id: "http/not-encoded",
    severity: "error",
    blame: "application",
    profile: "http",
    spec: "http-content-encoding",
    title: "The body must be encoded as Content-Encoding says",
    why: "Clients try to decode it, and fail.",
    hint:
      'Encode the body: new Response(body).body.pipeThrough(new CompressionStream("gzip")); or leave the header out',
    check: notEncoded,
  },
];

/**
 * The header names that checks know.
 *
 * @module
 */

import { isHopByHop, isToken } from "../../wsgi/http_syntax.ts";
import { remember } from "../../wsgi/remember.ts";

/** Headers that rules look for. Each is a bit, so a number holds a set. */
export const KNOWN = {
  accessControlAllowOrigin: 0x1,
  age: 0x2,
  allow: 0x4,
  contentEncoding: 0x8,
  contentLanguage: 0x10,
  contentLength: 0x20,
  contentLocation: 0x40,
  contentRange: 0x80,
  contentType: 0x100,
  date: 0x200,
  etag: 0x400,
  expires: 0x800,
  /** All hop-by-hop headers except the two about proxy authentication. */
  hopByHop: 0x1000,
  lastModified: 0x2000,
  location: 0x4000,
  proxyAuthenticate: 0x8000,
  proxyAuthorization: 0x10000,
  retryAfter: 0x20000,
  server: 0x40000,
  setCookie: 0x80000,
  status: 0x100000,
  strictTransportSecurity: 0x200000,
  wwwAuthenticate: 0x400000,
  /** Headers whose syntax is checked. */
  lookedAt: 0x800000,
  /** Other headers of which clients use only one. */
  takenOnce: 0x1000000,
  /** Headers that only requests have. */
  request: 0x2000000,
} as const;

const BITS: ReadonlyMap<string, number> = new Map([
  ["access-control-allow-origin", KNOWN.accessControlAllowOrigin],
  ["age", KNOWN.age],
  ["allow", KNOWN.allow],
  ["content-encoding", KNOWN.contentEncoding],
  ["content-language", KNOWN.contentLanguage],
  ["content-length", KNOWN.contentLength],
  ["content-location", KNOWN.contentLocation],
  ["content-range", KNOWN.contentRange],
  ["content-type", KNOWN.contentType],
  ["date", KNOWN.date],
  ["etag", KNOWN.etag],
  ["expires", KNOWN.expires],
  ["last-modified", KNOWN.lastModified],
  ["location", KNOWN.location],
  ["proxy-authenticate", KNOWN.proxyAuthenticate],
  ["proxy-authorization", KNOWN.proxyAuthorization],
  ["retry-after", KNOWN.retryAfter],
  ["server", KNOWN.server],
  ["set-cookie", KNOWN.setCookie],
  ["status", KNOWN.status],
  ["strict-transport-security", KNOWN.strictTransportSecurity],
  ["www-authenticate", KNOWN.wwwAuthenticate],
]);

/** Headers whose syntax `rules/http_syntax.ts` checks. */
const LOOKED_AT: ReadonlySet<string> = new Set([
  "accept-ranges",
  "access-control-allow-credentials",
  "access-control-allow-headers",
  "access-control-allow-methods",
  "access-control-allow-origin",
  "access-control-expose-headers",
  "access-control-max-age",
  "age",
  "allow",
  "cache-control",
  "clear-site-data",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-location",
  "content-security-policy",
  "content-security-policy-report-only",
  "cross-origin-embedder-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "link",
  "proxy-authenticate",
  "referrer-policy",
  "strict-transport-security",
  "sunset",
  "vary",
  "www-authenticate",
  "x-content-type-options",
  "x-frame-options",
]);

const TAKEN_ONCE: ReadonlySet<string> = new Set([
  "access-control-allow-credentials",
  "access-control-max-age",
  "content-disposition",
  "cross-origin-embedder-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "origin-agent-cluster",
  "refresh",
  "x-content-type-options",
  "x-frame-options",
  "x-xss-protection",
]);

const REQUEST: ReadonlySet<string> = new Set([
  "access-control-request-headers",
  "access-control-request-method",
  "authorization",
  "cookie",
  "expect",
  "host",
  "http2-settings",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "max-forwards",
  "origin",
  "range",
  "referer",
  "user-agent",
]);

/** The properties of a header name. */
export interface HeaderName {
  /** The name in lower case. */
  readonly key: string;
  /** Its bits of {@linkcode KNOWN}; 0 for a header that no rule looks for. */
  readonly bit: number;
  /** Whether it is a token (RFC 9110, section 5.6.2). */
  readonly isToken: boolean;
}

function examine(name: string): HeaderName {
  const key = name.toLowerCase();
  let bit = BITS.get(key) ?? (isHopByHop(key) ? KNOWN.hopByHop : 0);
  if (LOOKED_AT.has(key)) bit |= KNOWN.lookedAt;
  if (TAKEN_ONCE.has(key)) bit |= KNOWN.takenOnce;
  if (REQUEST.has(key)) bit |= KNOWN.request;
  return { key, bit, isToken: isToken(name) };
}

/**
 * Returns the properties of a header name.
 *
 * @param name The name as given.
 */
export const lookUpHeader: (name: string) => HeaderName = remember(examine);

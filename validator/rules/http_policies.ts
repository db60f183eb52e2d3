/**
 * The syntax of headers with which a site controls browsers: what other origins
 * may read, and what its own pages may do.
 *
 * @module
 */

import {
  elementsOf,
  type Fault,
  type Look,
  oneOf,
  tokens,
} from "./value_syntax.ts";

function origin(value: string): Fault {
  if (value === "*" || value === "null") return undefined;
  return URL.canParse(value) && /^[a-z][a-z0-9+.-]*:\/\/[^/?#, ]+$/i.test(value)
    ? undefined
    : "Write one origin, without a path: https://example.com";
}

const KEYWORDS =
  /(?:^|[ ;])(self|unsafe-(?:inline|eval|hashes)|strict-dynamic)(?:$|[ ;])/i;

function contentSecurityPolicy(value: string): Fault {
  const keyword = KEYWORDS.exec(value)?.[1];
  return keyword === undefined
    ? undefined
    : `Put single quotes around it: '${keyword}'`;
}

const REFERRER_POLICY =
  /^(?:no-referrer|no-referrer-when-downgrade|same-origin|origin|strict-origin|origin-when-cross-origin|strict-origin-when-cross-origin|unsafe-url)$/i;

function referrerPolicy(value: string): Fault {
  // Browsers use the last one that they know.
  return value === "" ||
      elementsOf(value).some((one) => REFERRER_POLICY.test(one))
    ? undefined
    : "Write a policy such as no-referrer or strict-origin-when-cross-origin";
}

/** Matches one of some values, which parameters may follow. */
function policy(...values: readonly string[]): Look {
  return oneOf(
    new RegExp(`^(?:${values.join("|")})[ \\t]*(?:;|$)`),
    `Write ${values.slice(0, -1).join(", ")} or ${values.at(-1)}`,
  );
}

/** The checks of these headers, by name. */
export const POLICY_LOOKS: Readonly<Record<string, Look>> = {
  "access-control-allow-credentials": oneOf(
    /^true$/,
    "Write true in lower case, or leave it out",
  ),
  "access-control-allow-headers": tokens(
    "Separate the names by commas, without quotes",
  ),
  "access-control-allow-methods": tokens("Separate the methods by commas"),
  "access-control-allow-origin": origin,
  "access-control-expose-headers": tokens(
    "Separate the names by commas, without quotes",
  ),
  "access-control-max-age": oneOf(/^-?\d+$/, "Write a number of seconds"),
  "clear-site-data": (value) =>
    elementsOf(value).every((one) => /^"[^"]*"$/.test(one))
      ? undefined
      : 'Put each type into double quotes: "cache", "cookies"',
  "content-security-policy": contentSecurityPolicy,
  "content-security-policy-report-only": contentSecurityPolicy,
  "cross-origin-embedder-policy": policy(
    "require-corp",
    "credentialless",
    "unsafe-none",
  ),
  "cross-origin-opener-policy": policy(
    "same-origin",
    "same-origin-allow-popups",
    "noopener-allow-popups",
    "unsafe-none",
  ),
  "cross-origin-resource-policy": policy(
    "same-origin",
    "same-site",
    "cross-origin",
  ),
  "referrer-policy": referrerPolicy,
  "strict-transport-security": oneOf(
    /(?:^|;)\s*max-age\s*=\s*"?\d+"?\s*(?:;|$)/i,
    "Write max-age in seconds: max-age=31536000",
  ),
  "x-content-type-options": oneOf(
    /^nosniff$/i,
    "The only valid value is nosniff",
  ),
  "x-frame-options": oneOf(
    /^(?:deny|sameorigin)$/i,
    "Write DENY or SAMEORIGIN; to allow certain sites, use Content-Security-Policy: frame-ancestors",
  ),
};

/**
 * The syntax of the values of some headers. Clients handle other values in
 * different ways.
 *
 * @module
 */

import { isDigits, isToken, TOKEN_PATTERN } from "../../wsgi/http_syntax.ts";
import type { Field, ResponseView } from "../views/response_view.ts";

/**
 * Checks whether a value is an IMF-fixdate (RFC 9110, section 5.6.7), with the
 * right day of the week.
 *
 * @param value The trimmed value.
 */
export function isHttpDate(value: string): boolean {
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toUTCString() === value;
}

/** How to fix a value; `undefined` if it is valid. */
type Fault = string | undefined;

/** Checks the trimmed value of one header. */
type Look = (value: string, response: ResponseView) => Fault;

/** Splits a list at its commas, except those in quoted strings. */
function elementsOf(value: string): string[] {
  return (value.match(/(?:"(?:[^"\\]|\\.)*"|[^,"]|")+/g) ?? [])
    .map((one) => one.trim()).filter((one) => one !== "");
}

function tokens(hint: string): Look {
  return (value) => elementsOf(value).every(isToken) ? undefined : hint;
}

function digits(hint: string): Look {
  return (value) => isDigits(value) ? undefined : hint;
}

function oneOf(pattern: RegExp, hint: string): Look {
  return (value) => pattern.test(value) ? undefined : hint;
}

function allow(value: string): Fault {
  const methods = elementsOf(value);
  if (!methods.every(isToken)) {
    return 'Separate the methods by commas: "GET, HEAD"';
  }
  return methods.some((one) => /^(?:get|head|post|put|delete)$/.test(one))
    ? "Write methods in upper case: they are case-sensitive"
    : undefined;
}

const CHARSETS = /^(?:utf-?8|latin1|iso-8859-\d+|us-ascii|base64)$/i;

function contentEncoding(value: string): Fault {
  const codings = elementsOf(value);
  if (codings.some((one) => CHARSETS.test(one))) {
    return 'A charset belongs to Content-Type: "text/html; charset=utf-8"';
  }
  if (codings.some((one) => /^identity$/i.test(one))) {
    return "Leave Content-Encoding out if nothing was encoded";
  }
  return codings.length > 0 && codings.every(isToken)
    ? undefined
    : "Write the name of the coding, such as gzip";
}

function acceptRanges(value: string, { code }: ResponseView): Fault {
  if (/^none$/i.test(value)) {
    return code === 206 ? "Write bytes: a part was sent" : undefined;
  }
  const units = elementsOf(value);
  return units.length > 0 &&
      units.every((one) => isToken(one) && !/^(?:true|yes|byte)$/i.test(one))
    ? undefined
    : "Write bytes, or none if there are no ranges";
}

const DIRECTIVE = new RegExp(
  `^(${TOKEN_PATTERN})(?:=(${TOKEN_PATTERN}|"(?:[^"\\\\]|\\\\.)*"))?$`,
);
const SECONDS = /^(?:max-age|s-maxage|stale-while-revalidate|stale-if-error)$/i;

function cacheControl(value: string): Fault {
  const names = new Set<string>();
  for (const directive of elementsOf(value)) {
    const match = DIRECTIVE.exec(directive);
    if (match === null) {
      return 'Separate the directives by commas: "public, max-age=3600"';
    }
    const [, name = "", argument] = match;
    if (SECONDS.test(name) && !isDigits(argument?.replaceAll('"', "") ?? "")) {
      return `Set ${name.toLowerCase()} to a number of seconds`;
    }
    names.add(name.toLowerCase());
  }
  return names.has("public") && names.has("private")
    ? "Choose one of public and private"
    : undefined;
}

const DISPOSITION = new RegExp(
  `^${TOKEN_PATTERN}(?:[ \\t]*;[ \\t]*${TOKEN_PATTERN}[ \\t]*=[ \\t]*(?:${TOKEN_PATTERN}|"(?:[^"\\\\]|\\\\.)*"))*[ \\t]*;?$`,
);

const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/;

function contentLanguage(value: string): Fault {
  const languages = elementsOf(value);
  if (languages.length > 0 && languages.every((one) => LANGUAGE.test(one))) {
    return undefined;
  }
  return value.includes("_")
    ? "Write it with a hyphen: en-US"
    : "Write a language such as en or pt-BR";
}

function origin(value: string): Fault {
  if (value === "*" || value === "null") return undefined;
  return URL.canParse(value) && /^[a-z][a-z0-9+.-]*:\/\/[^/?#, ]+$/i.test(value)
    ? undefined
    : "Write one origin, without a path: https://example.com";
}

function uri(value: string): Fault {
  return value !== "" && !/[ "<>]/.test(value) &&
      URL.canParse(value, "http://localhost/")
    ? undefined
    : "Escape it: encodeURI(path)";
}

// RFC 9110 section 11.6.1. Commas separate challenges and their parameters.
const PARAMETER =
  `${TOKEN_PATTERN}[ \\t]*=[ \\t]*(?:${TOKEN_PATTERN}|"(?:[^"\\\\]|\\\\.)*")`;
const CHALLENGE = new RegExp(
  `^${TOKEN_PATTERN}(?:[ \\t]+(?:${PARAMETER}|[A-Za-z0-9._~+/-]+=*))?$`,
);
const CHALLENGE_PARAMETER = new RegExp(`^${PARAMETER}$`);

function challenges(value: string): Fault {
  const elements = elementsOf(value);
  if (CHALLENGE_PARAMETER.test(elements[0] ?? "")) {
    return 'Begin with the scheme: Basic realm="…"';
  }
  return elements.every((one) =>
      CHALLENGE.test(one) || CHALLENGE_PARAMETER.test(one)
    )
    ? undefined
    : 'Put values with spaces into quotes: Basic realm="my site"';
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

/** The checks, by header. */
const LOOKS: Readonly<Record<string, Look>> = {
  "accept-ranges": acceptRanges,
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
  "age": digits("Write a number of seconds"),
  "allow": allow,
  "cache-control": cacheControl,
  "clear-site-data": (value) =>
    elementsOf(value).every((one) => /^"[^"]*"$/.test(one))
      ? undefined
      : 'Put each type into double quotes: "cache", "cookies"',
  "content-disposition": oneOf(
    DISPOSITION,
    'Put a file name with spaces into quotes: attachment; filename="my file.txt"',
  ),
  "content-encoding": contentEncoding,
  "content-language": contentLanguage,
  "content-location": uri,
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
  "link": oneOf(
    /^(?:<[^<>]*>|$)/,
    "Put the URL into angle brackets: </a.css>; rel=preload",
  ),
  "proxy-authenticate": challenges,
  "referrer-policy": referrerPolicy,
  "strict-transport-security": oneOf(
    /(?:^|;)\s*max-age\s*=\s*"?\d+"?\s*(?:;|$)/i,
    "Write max-age in seconds: max-age=31536000",
  ),
  "sunset": (value) =>
    isHttpDate(value) ? undefined : "Write date.toUTCString()",
  "vary": tokens(
    'Write the names of request headers: "Accept-Encoding, Cookie"',
  ),
  "www-authenticate": challenges,
  "x-content-type-options": oneOf(
    /^nosniff$/i,
    "The only valid value is nosniff",
  ),
  "x-frame-options": oneOf(
    /^(?:deny|sameorigin)$/i,
    "Write DENY or SAMEORIGIN; to allow certain sites, use Content-Security-Policy: frame-ancestors",
  ),
};

/**
 * Checks the syntax of the value of a header.
 *
 * @param field The header.
 * @param response The response that has it.
 * @returns How to fix it; `undefined` if it is valid.
 */
export function findFault(field: Field, response: ResponseView): Fault {
  return LOOKS[field.key]?.(field.value.trim(), response);
}

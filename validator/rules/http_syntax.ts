/**
 * The syntax of the values of some headers. Clients handle other values in
 * different ways.
 *
 * @module
 */

import { isDigits, isToken, TOKEN_PATTERN } from "../../wsgi/http_syntax.ts";
import type { Field, ResponseView } from "../views/response_view.ts";
import { POLICY_LOOKS } from "./http_policies.ts";
import {
  elementsOf,
  type Fault,
  isHttpDate,
  type Look,
  oneOf,
  PARAMETER_PATTERN,
  tokens,
  WORD_PATTERN,
} from "./value_syntax.ts";

function digits(hint: string): Look {
  return (value) => isDigits(value) ? undefined : hint;
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
  `^(${TOKEN_PATTERN})(?:=(${WORD_PATTERN}))?$`,
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
  `^${TOKEN_PATTERN}(?:[ \\t]*;[ \\t]*${PARAMETER_PATTERN})*[ \\t]*;?$`,
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

function uri(value: string): Fault {
  return value !== "" && !/[ "<>]/.test(value) &&
      URL.canParse(value, "http://localhost/")
    ? undefined
    : "Escape it: encodeURI(path)";
}

// RFC 9110 section 11.6.1. Commas separate challenges and their parameters.
const CHALLENGE = new RegExp(
  `^${TOKEN_PATTERN}(?:[ \\t]+(?:${PARAMETER_PATTERN}|[A-Za-z0-9._~+/-]+=*))?$`,
);
const CHALLENGE_PARAMETER = new RegExp(`^${PARAMETER_PATTERN}$`);

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

/** The checks, by header. */
const LOOKS: Readonly<Record<string, Look>> = {
  ...POLICY_LOOKS,
  "accept-ranges": acceptRanges,
  "age": digits("Write a number of seconds"),
  "allow": allow,
  "cache-control": cacheControl,
  "content-disposition": oneOf(
    DISPOSITION,
    'Put a file name with spaces into quotes: attachment; filename="my file.txt"',
  ),
  "content-encoding": contentEncoding,
  "content-language": contentLanguage,
  "content-location": uri,
  "link": oneOf(
    /^(?:<[^<>]*>|$)/,
    "Put the URL into angle brackets: </a.css>; rel=preload",
  ),
  "proxy-authenticate": challenges,
  "sunset": (value) =>
    isHttpDate(value) ? undefined : "Write date.toUTCString()",
  "vary": tokens(
    'Write the names of request headers: "Accept-Encoding, Cookie"',
  ),
  "www-authenticate": challenges,
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

/**
 * Compares an environ with that of a plain request.
 *
 * @module
 */

import type { EnvironEntry } from "../conversation.ts";

/** An environ in two parts. */
export interface EnvironDiff {
  /** Variables that a plain request lacks or has with another value. */
  readonly unusual: readonly EnvironEntry[];
  /** Variables that every request of a browser or of curl has. */
  readonly usual: readonly EnvironEntry[];
  /** Required variables that are missing. */
  readonly missing: readonly string[];
}

/** Variables of `GET / HTTP/1.1` with their values. */
const PLAIN: Readonly<Record<string, string>> = {
  GATEWAY_INTERFACE: "CGI/1.1",
  PATH_INFO: "/",
  QUERY_STRING: "",
  REQUEST_METHOD: "GET",
  SCRIPT_NAME: "",
  SERVER_PROTOCOL: "HTTP/1.1",
  "wsgi.multiprocess": "false",
  "wsgi.multithread": "false",
  "wsgi.run_once": "false",
  "wsgi.url_scheme": "http",
  "wsgiref.unix_socket": "false",
};

/** Variables that are usual with any value. */
const EXPECTED = new Set([
  "HTTP_ACCEPT",
  "HTTP_ACCEPT_ENCODING",
  "HTTP_ACCEPT_LANGUAGE",
  "HTTP_CONNECTION",
  "HTTP_DNT",
  "HTTP_HOST",
  "HTTP_PRIORITY",
  "HTTP_UPGRADE_INSECURE_REQUESTS",
  "HTTP_USER_AGENT",
  "REMOTE_ADDR",
  "REMOTE_PORT",
  "SERVER_NAME",
  "SERVER_PORT",
  "SERVER_SOFTWARE",
  "wsgi.errors",
  "wsgi.file_wrapper",
  "wsgi.input",
  "wsgi.input_terminated",
  "wsgi.version",
  "wsgiref.signal",
]);

/** Client hints and fetch metadata, which browsers add to everything. */
const BROWSER_HINT = /^HTTP_SEC_(?:CH_UA|FETCH|GPC|PURPOSE)/;

/** Variables that SPEC.md requires of every environ. */
const REQUIRED = [
  "REQUEST_METHOD",
  "SERVER_NAME",
  "SERVER_PORT",
  "SERVER_PROTOCOL",
  "wsgi.errors",
  "wsgi.input",
  "wsgi.multiprocess",
  "wsgi.multithread",
  "wsgi.run_once",
  "wsgi.url_scheme",
  "wsgi.version",
];

function isUsual(
  { name, value }: EnvironEntry,
  target: string | undefined,
): boolean {
  // It only repeats SCRIPT_NAME, PATH_INFO and QUERY_STRING.
  if (name === "REQUEST_URI") return value === target;
  return Object.hasOwn(PLAIN, name)
    ? PLAIN[name] === value
    : EXPECTED.has(name) || BROWSER_HINT.test(name);
}

function rank(name: string): number {
  const first = ["REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"];
  const index = first.indexOf(name);
  if (index !== -1) return index;
  return name.startsWith("CONTENT_") ? 10 : name.startsWith("HTTP_") ? 20 : 30;
}

/**
 * Divides an environ into unusual and usual variables.
 *
 * @param environ The variables.
 * @param target The request target as received, which `REQUEST_URI` repeats.
 * @returns Both parts: first method and path, then headers, then the rest.
 */
export function diffEnviron(
  environ: readonly EnvironEntry[],
  target?: string,
): EnvironDiff {
  const sorted = environ.toSorted((a, b) =>
    rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1)
  );
  const names = new Set(environ.map(({ name }) => name));
  return {
    unusual: sorted.filter((entry) => !isUsual(entry, target)),
    usual: sorted.filter((entry) => isUsual(entry, target)),
    missing: REQUIRED.filter((name) => !names.has(name)),
  };
}

/**
 * Cases: paths and queries as clients send them.
 *
 * @module
 */

import type { ApplicationCase } from "./client.ts";

/**
 * Creates a case that sends one GET with a target derived from the known one.
 */
function target(
  name: string,
  spec: string,
  title: string,
  make: (path: string, query: string) => string,
  mount?: string,
): ApplicationCase {
  return {
    id: `application/${name}`,
    spec,
    title,
    async run(client, target): Promise<void> {
      const mark = target.indexOf("?");
      const path = mark === -1 ? target : target.slice(0, mark);
      const query = mark === -1 ? "" : target.slice(mark);
      await client.send({ target: make(path, query), mount });
    },
  };
}

/** Adds parameters to a query. */
function extend(query: string, more: string): string {
  return query === "" ? `?${more}` : `${query}&${more}`;
}

/** Adds a segment to a path. */
function below(path: string, segment: string): string {
  return path.endsWith("/") ? path + segment : `${path}/${segment}`;
}

/** The cases about paths and queries. */
export const TARGET_CASES: readonly ApplicationCase[] = [
  target(
    "unknown-path",
    "app-returns-body",
    "A path that the application does not know gets a complete response",
    (path) => below(path, "conformance-kit/no/such/path"),
  ),
  target(
    "mounted",
    "environ-use-url",
    "The application answers below a SCRIPT_NAME",
    (path, query) => `/app${path}${query}`,
    "/app",
  ),
  target(
    "path-empty",
    "environ-use-url",
    "An empty PATH_INFO below a SCRIPT_NAME gets a complete response",
    (_path, query) => `/app${query}`,
    "/app",
  ),
  target(
    "mount-not-ascii",
    "environ-use-url",
    "A SCRIPT_NAME with bytes beyond ASCII gets a complete response",
    (path) => `/caf%C3%A9${path}`,
    "/caf%C3%A9",
  ),
  target(
    "path-not-utf8",
    "environ-path-decoded",
    "A path that is not UTF-8 gets a complete response",
    (path) => below(path, "%ff%fe/%c3%28/%f0%9f"),
  ),
  target(
    "path-utf8",
    "environ-path-decoded",
    "A path with letters beyond ASCII gets a complete response",
    (path) => below(path, "caf%C3%A9/%E4%BD%A0%E5%A5%BD"),
  ),
  target(
    "path-control",
    "environ-path-decoded",
    "A path with control characters, including a line end and a NUL, gets a complete response",
    (path) => below(path, "%00%0d%0aX-Injected:%201%1b%5b31m"),
  ),
  target(
    "path-escape",
    "environ-path-decoded",
    "A path with an invalid percent escape gets a complete response",
    (path) => below(path, "%zz%4%"),
  ),
  target(
    "path-encoded-slash",
    "environ-path-decoded",
    "A path with an encoded slash and backslash gets a complete response",
    (path) => below(path, "a%2Fb%5Cc"),
  ),
  target(
    "path-double-slash",
    "environ-path-as-sent",
    "A path that begins with two slashes gets a complete response",
    (path) => `/${path}`,
  ),
  target(
    "path-dots",
    "environ-path-as-sent",
    "A path with dot segments that lead out of the root gets a complete response",
    () => "/../../%2e%2e/etc/./passwd",
  ),
  target(
    "path-special",
    "environ-path-as-sent",
    "A path named like a member of an object gets a complete response",
    () => "/__proto__/constructor/toString",
  ),
  target(
    "path-long",
    "environ-path-as-sent",
    "A path of 8 KiB gets a complete response",
    (path) => below(path, "a".repeat(8192)),
  ),
  target(
    "path-deep",
    "environ-path-as-sent",
    "A path of a thousand segments gets a complete response",
    (path) => below(path, "a/".repeat(1000)),
  ),
  target(
    "query-empty",
    "environ-query-string",
    "A question mark without a query gets a complete response",
    (path) => `${path}?`,
  ),
  target(
    "query-odd",
    "environ-query-string",
    "A query with repeated names, without values and with broken escapes gets a complete response",
    (path, query) =>
      path + extend(query, "a=1&a=2&%zz&=&&b&c=%&;d=1&__proto__=1&e[]=1"),
  ),
  target(
    "query-not-utf8",
    "environ-query-string",
    "A query that is not UTF-8 gets a complete response",
    (path, query) => path + extend(query, "q=%ff%fe&r=\xe9"),
  ),
  target(
    "query-question-marks",
    "environ-query-string",
    "A query with further question marks gets a complete response",
    (path, query) => path + extend(query, "q=?a?b"),
  ),
  target(
    "query-long",
    "environ-query-string",
    "A query of 8 KiB gets a complete response",
    (path, query) => path + extend(query, `q=${"a".repeat(8192)}`),
  ),
  {
    id: "application/options-asterisk",
    spec: "environ-path-info-slash",
    title: "OPTIONS for the whole server (*) gets a complete response",
    isOnce: true,
    async run(client): Promise<void> {
      await client.send({ method: "OPTIONS", target: "*" });
    },
  },
];

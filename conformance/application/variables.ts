/**
 * Cases: environs with fewer, more or different variables than usual.
 *
 * @module
 */

import type { ApplicationCase } from "./client.ts";
import { FORM } from "./methods.ts";
import type { KitRequest } from "./request.ts";

type Variation = Omit<KitRequest, "target">;

/** Creates a case that sends a request with an unusual environ. */
function variation(
  name: string,
  title: string,
  variation: Variation,
  spec = "environ-use-fallback",
): ApplicationCase {
  return {
    id: `application/${name}`,
    spec,
    title: `${title} gets a complete response`,
    async run(client, target): Promise<void> {
      await client.send({ target, ...variation });
    },
  };
}

/** Creates a case for variables that a server need not set. */
function without(name: string, ...variables: string[]): ApplicationCase {
  const [first = "", ...rest] = variables;
  const last = rest.pop();
  const list = last === undefined
    ? first
    : `${[first, ...rest].join(", ")} and ${last}`;
  return variation(name, `A request without ${list}`, { without: variables });
}

const OPTIONAL: readonly string[] = [
  "GATEWAY_INTERFACE",
  "HTTP_HOST",
  "QUERY_STRING",
  "REMOTE_ADDR",
  "REMOTE_PORT",
  "REQUEST_URI",
  "SERVER_SOFTWARE",
  "wsgi.file_wrapper",
  "wsgi.input_terminated",
  "wsgiref.signal",
];

/** The cases about variables. */
export const VARIABLE_CASES: readonly ApplicationCase[] = [
  without("without-remote", "REMOTE_ADDR", "REMOTE_PORT"),
  without("without-server-software", "SERVER_SOFTWARE", "GATEWAY_INTERFACE"),
  without("without-request-uri", "REQUEST_URI"),
  without("without-host", "HTTP_HOST"),
  without("without-query-string", "QUERY_STRING"),
  without("without-file-wrapper", "wsgi.file_wrapper"),
  without("without-input-terminated", "wsgi.input_terminated"),
  without("without-signal", "wsgiref.signal"),
  variation(
    "without-optional",
    "A GET with only the required variables",
    { without: OPTIONAL },
  ),
  variation(
    "post-without-optional",
    "A POST with only the required variables",
    { method: "POST", ...FORM, without: OPTIONAL },
  ),
  variation(
    "without-prototype",
    "A request whose environ has no prototype",
    { bare: true },
    "environ-plain-object",
  ),
  variation(
    "more-variables",
    "A request with unknown variables",
    {
      environ: {
        "x.string": "",
        "x.object": Object.freeze({}),
        "x.null": null,
        "x.function": () => {},
        REMOTE_USER: "\xe9",
        AUTH_TYPE: "Basic",
      },
    },
    "environ-cgi-more",
  ),
  variation(
    "http-1.0",
    "A request in HTTP/1.0",
    { protocol: "HTTP/1.0", without: ["HTTP_HOST"] },
    "environ-server-protocol",
  ),
  variation(
    "http-2",
    "A request in HTTP/2",
    { protocol: "HTTP/2" },
    "environ-server-protocol",
  ),
  variation(
    "https",
    "A request over TLS",
    {
      environ: {
        "wsgi.url_scheme": "https",
        HTTPS: "on",
        SERVER_PORT: "443",
        HTTP_HOST: "localhost",
      },
    },
    "environ-url-scheme",
  ),
  variation(
    "ipv6",
    "A request between IPv6 addresses",
    {
      environ: {
        REMOTE_ADDR: "2001:db8::1",
        SERVER_NAME: "[::1]",
        HTTP_HOST: "[::1]:8000",
      },
    },
    "environ-server-name",
  ),
  variation(
    "run-once",
    "A request in a process for one request, as under CGI,",
    { environ: { "wsgi.run_once": true, "wsgi.multiprocess": true } },
    "environ-run-once",
  ),
  variation(
    "multiprocess",
    "A request to one of several processes",
    { environ: { "wsgi.multiprocess": true } },
    "environ-multiprocess",
  ),
];

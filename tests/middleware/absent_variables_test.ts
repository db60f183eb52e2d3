/** Middleware without the variables that a server may leave out. */

import { assertEquals, assertNotMatch } from "@std/assert";
import fc from "npm:fast-check@^4";
import { type Application, applicationUri, type Environ } from "../../mod.ts";
import { requestUri, setupTestingDefaults } from "../../mod.ts";
import { shiftPathInfo, toRequest } from "../../mod.ts";
import { fromFetchHandler } from "../../gateway/from_fetch/from_fetch.ts";
import { runApplication } from "../../gateway/run_application.ts";
import type { AccessRecord } from "../../gateway/access_record.ts";
import { accessLog } from "../../middleware/access_log.ts";
import { errorPage } from "../../middleware/error_page.ts";
import { mount } from "../../middleware/mount.ts";
import { proxyHeaders } from "../../middleware/proxy_headers.ts";
import { staticFiles } from "../../static_files/static_files.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { answering, fail } from "../gateway/recording_transport.ts";
import { testEnviron } from "../gateway/recording_transport.ts";
import { RespondingTransport } from "../gateway/recording_transport.ts";

/** Calls a function with an environ and returns the result. */
type Subject = (environ: Environ) => unknown;

const show: Application = answering((environ) => {
  const { SCRIPT_NAME, PATH_INFO, REMOTE_ADDR } = environ;
  const shown = [SCRIPT_NAME, PATH_INFO, REMOTE_ADDR, requestUri(environ)];
  return [toBytes(JSON.stringify(shown.map((value) => value ?? "")))];
});

/** Runs an application. Its errors fail the test. */
const answerOf = (app: Application) => async (environ: Environ) => {
  const transport = new RespondingTransport();
  let failure: unknown;
  const onError = (error: unknown) => void (failure = String(error));
  await runApplication(app, environ, transport, { onError });
  const { status, headers, body } = transport;
  return { status, headers, body, failure };
};

const fetching = fromFetchHandler(({ url }) => new Response(url));

const behind = (options: object): Application =>
  proxyHeaders({ trusted: ["127.0.0.1"], ...options })(show);

const MIDDLEWARE: Record<string, Subject> = {
  "applicationUri()": applicationUri,
  "requestUri()": requestUri,
  "shiftPathInfo()": (environ) => {
    const { SCRIPT_NAME = "", PATH_INFO = "" } = environ;
    const segment = shiftPathInfo(environ);
    return { segment, SCRIPT_NAME, PATH_INFO };
  },
  "setupTestingDefaults()": (environ) =>
    requestUri(setupTestingDefaults(environ)),
  "toRequest()": async (environ) => {
    const request = toRequest(environ);
    const { method, url, headers } = request;
    return { method, url, headers: [...headers], body: await request.text() };
  },
  "fromFetchHandler()": answerOf(fetching),
  "mount()": answerOf(mount({ "/": show, "/a": show, "/a/b": show })),
  "staticFiles()": answerOf(staticFiles(import.meta.dirname ?? ".")),
  "proxyHeaders()": answerOf(behind({ host: 1, port: 1, prefix: 1 })),
  "proxyHeaders() with Forwarded": answerOf(behind({ forwarded: 1 })),
  "accessLog()": async (environ) => {
    const records: AccessRecord[] = [];
    const log = (line: AccessRecord) => records.push(line);
    await answerOf(accessLog({ log })(show))(environ);
    return records.map((record) => ({ ...record, time: 0, duration: 0 }));
  },
  "errorPage()": async (environ) => {
    const { body } = await answerOf(errorPage()(() => fail()))(environ);
    // It also lists the variables, which would show empty ones.
    return /^(?:GET|HEAD|POST|OPTIONS) .*$/m.exec(body)?.[0];
  },
};

/** PEP 3333 lets these be empty or absent, and they mean the same. */
const MAYBE_EMPTY = [
  ...["SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"],
  ...["CONTENT_TYPE", "CONTENT_LENGTH", "REQUEST_URI"],
  ...["REMOTE_ADDR", "REMOTE_PORT", "REMOTE_USER"],
];

/** Variables that a server may omit, and headers that a client may not send. */
const OPTIONAL: Readonly<Record<string, readonly unknown[]>> = {
  SCRIPT_NAME: ["/a", "/caf\xc3\xa9"],
  PATH_INFO: ["/", "/b", "/a/b"],
  QUERY_STRING: ["x=1", "a?b"],
  REQUEST_URI: ["/", "/a%2Fb?x=1", "*"],
  HTTP_AUTHORIZATION: ["Basic YTpi"],
  "wsgi.input_terminated": [true],
  "wsgiref.signal": [() => new AbortController().signal],
  ...Object.fromEntries(
    `CONTENT_TYPE=text/plain CONTENT_LENGTH=0 SERVER_SOFTWARE=test/1.0
    GATEWAY_INTERFACE=CGI/1.1 REMOTE_ADDR=127.0.0.1 REMOTE_PORT=4711
    REMOTE_USER=ada HTTPS=on HTTP_HOST=example.com HTTP_COOKIE=a=b
    HTTP_USER_AGENT=curl/8 HTTP_ACCEPT=*/* HTTP_ACCEPT_ENCODING=gzip
    HTTP_FORWARDED=for=192.0.2.7 HTTP_IF_NONE_MATCH="a" HTTP_RANGE=bytes=0-1
    HTTP_X_FORWARDED_FOR=192.0.2.7 HTTP_X_FORWARDED_PREFIX=/app`
      .split(/\s+/).map((line) => {
        const [name, value] = line.split(/=(.*)/);
        return [name, [value]];
      }),
  ),
};
const anyGiven = fc.record(Object.fromEntries(
  Object.entries(OPTIONAL)
    .map(([name, values]) => [name, fc.constantFrom(...values)]),
));

/** The variables of a server, and the names of those that it omits. */
const anyEnviron = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "OPTIONS"),
  given: anyGiven,
  absent: fc.subarray(Object.keys(OPTIONAL)),
});

type Without = typeof anyEnviron extends fc.Arbitrary<infer T> ? T : never;

/** Leaves variables out, or sets those that may be empty to an empty string. */
function environOf(
  { method, given, absent }: Without,
  way: "absent" | "empty" | "undefined",
): Environ {
  const { environ } = testEnviron({ ...given, REQUEST_METHOD: method });
  for (const name of absent) {
    if (way === "undefined") environ[name] = undefined;
    else if (way === "empty" && MAYBE_EMPTY.includes(name)) environ[name] = "";
    else delete environ[name];
  }
  return environ;
}

for (const [name, subject] of Object.entries(MIDDLEWARE)) {
  Deno.test(`${name} treats an absent variable like an empty one`, async () => {
    await fc.assert(fc.asyncProperty(anyEnviron, async (request) => {
      const expected = await subject(environOf(request, "empty"));
      for (const way of ["absent", "undefined"] as const) {
        const found = await subject(environOf(request, way));
        assertEquals(found, expected, way);
      }
      const text = JSON.stringify(expected) ?? "";
      assertNotMatch(text, /undefined|\bNaN\b|TypeError/);
    }));
  });
}

/**
 * Middleware, helpers and examples without the variables that a server may leave
 * out: PEP 3333, "environ Variables".
 */

import { assertEquals, assertNotMatch } from "@std/assert";
import fc from "npm:fast-check@^4";
import {
  type Application,
  applicationUri,
  type Environ,
  requestUri,
  setupTestingDefaults,
  shiftPathInfo,
  toRequest,
} from "../../mod.ts";
import { fromFetchHandler } from "../../gateway/from_fetch/from_fetch.ts";
import { runApplication } from "../../gateway/run_application.ts";
import { accessLog } from "../../middleware/access_log.ts";
import { errorPage } from "../../middleware/error_page.ts";
import { mount } from "../../middleware/mount.ts";
import { proxyHeaders } from "../../middleware/proxy_headers.ts";
import { staticFiles } from "../../static_files/static_files.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { appOf, EXAMPLES } from "../examples/list.ts";
import {
  answering,
  RespondingTransport,
} from "../gateway/recording_transport.ts";

/** Calls a function with an environ and returns the result. */
type Subject = (environ: Environ) => unknown;

const show: Application = answering((environ) => {
  const { SCRIPT_NAME, PATH_INFO, REMOTE_ADDR } = environ;
  const shown = [SCRIPT_NAME, PATH_INFO, REMOTE_ADDR, requestUri(environ)];
  return [toBytes(JSON.stringify(shown.map((value) => value ?? "")))];
});

/** Runs an application. Its errors fail the test. */
function answerOf(
  app: Application,
): (environ: Environ) => Promise<{ readonly body: string }> {
  return async (environ) => {
    const transport = new RespondingTransport();
    let failure: string | undefined;
    await runApplication(app, environ, transport, {
      onError: (error) => void (failure = String(error)),
    });
    const { head: { status, headers } = {}, body } = transport;
    return { status, headers, body, failure };
  };
}

const fail: Application = () => {
  throw new Error("It failed");
};

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
  "fromFetchHandler()": answerOf(
    fromFetchHandler(({ url }) => new Response(url)),
  ),
  "mount()": answerOf(mount({ "/": show, "/a": show, "/a/b": show })),
  "staticFiles()": answerOf(staticFiles(import.meta.dirname ?? ".")),
  "proxyHeaders()": answerOf(
    proxyHeaders({ trusted: ["127.0.0.1"], host: 1, port: 1, prefix: 1 })(show),
  ),
  "proxyHeaders() with Forwarded": answerOf(
    proxyHeaders({ trusted: ["127.0.0.1"], forwarded: 1 })(show),
  ),
  "accessLog()": async (environ) => {
    let line: unknown;
    await answerOf(
      accessLog({
        log: ({ time: _time, duration: _duration, ...rest }) => line = rest,
      })(show),
    )(environ);
    return line;
  },
  "errorPage()": async (environ) => {
    const { body } = await answerOf(errorPage()(fail))(environ);
    // It also lists the variables, where empty ones would show.
    return /^(?:GET|HEAD|POST|OPTIONS) .*$/m.exec(body)?.[0];
  },
};

/** PEP 3333 lets these be empty or absent, and they mean the same. */
const MAYBE_EMPTY = [
  ...["SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"],
  ...["CONTENT_TYPE", "CONTENT_LENGTH", "REQUEST_URI"],
  ...["REMOTE_ADDR", "REMOTE_PORT", "REMOTE_USER"],
];

/**
 * Variables that a server may omit, and headers that the client has not sent.
 */
const OPTIONAL: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  SCRIPT_NAME: fc.constantFrom("/a", "/caf\xc3\xa9"),
  PATH_INFO: fc.constantFrom("/", "/b", "/a/b"),
  QUERY_STRING: fc.constantFrom("x=1", "a?b"),
  CONTENT_TYPE: fc.constant("text/plain"),
  CONTENT_LENGTH: fc.constant("0"),
  REQUEST_URI: fc.constantFrom("/", "/a%2Fb?x=1", "*"),
  SERVER_SOFTWARE: fc.constant("test/1.0"),
  GATEWAY_INTERFACE: fc.constant("CGI/1.1"),
  REMOTE_ADDR: fc.constant("127.0.0.1"),
  REMOTE_PORT: fc.constant("4711"),
  REMOTE_USER: fc.constant("ada"),
  HTTPS: fc.constant("on"),
  HTTP_HOST: fc.constant("example.com"),
  HTTP_COOKIE: fc.constant("a=b"),
  HTTP_USER_AGENT: fc.constant("curl/8"),
  HTTP_ACCEPT: fc.constant("*/*"),
  HTTP_ACCEPT_ENCODING: fc.constant("gzip"),
  HTTP_AUTHORIZATION: fc.constant("Basic YTpi"),
  HTTP_FORWARDED: fc.constant("for=192.0.2.7"),
  HTTP_IF_NONE_MATCH: fc.constant('"a"'),
  HTTP_RANGE: fc.constant("bytes=0-1"),
  HTTP_X_FORWARDED_FOR: fc.constant("192.0.2.7"),
  HTTP_X_FORWARDED_PREFIX: fc.constant("/app"),
  "wsgi.input_terminated": fc.constant(true),
  "wsgiref.signal": fc.constant(() => new AbortController().signal),
};

/** The variables of a server, and the names of those that it omits. */
const anyEnviron = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "OPTIONS"),
  given: fc.record(OPTIONAL),
  absent: fc.subarray(Object.keys(OPTIONAL)),
});

interface Without {
  readonly method: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly absent: readonly string[];
}

/** Leaves variables out, or sets those that may be empty to an empty string. */
function environOf(
  { method, given, absent }: Without,
  way: "absent" | "empty" | "undefined",
): Environ {
  const environ = setupTestingDefaults({
    ...given,
    REQUEST_METHOD: method,
    "wsgi.errors": new StderrStream(() => {}),
  });
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

/** Not tested here, because it takes several seconds. */
const SLOW = "streaming.ts";

for (const { file } of EXAMPLES.filter(({ file }) => file !== SLOW)) {
  Deno.test(`examples/${file} needs no variable that a server may omit`, async () => {
    const app = await appOf(file);
    await fc.assert(
      fc.asyncProperty(anyEnviron, async (request) => {
        const found = await answerOf(app)(environOf(request, "absent"));
        assertNotMatch(JSON.stringify(found), /undefined|\bNaN\b|TypeError/);
      }),
      { numRuns: 20 },
    );
  });
}

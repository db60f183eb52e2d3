import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Environ } from "../../../wsgi/types.ts";
import { FileWrapper } from "../../../wsgi/file_wrapper.ts";
import { validator, type Violation } from "../../../validator.ts";
import type { CgiOptions } from "../../../gateway/cgi/cgi.ts";
import { demoApp } from "../../../server/demo_app.ts";
import { answering } from "../recording_transport.ts";
import { cgi, GET } from "../cgi/run_cgi.ts";

type Variables = Readonly<Record<string, string>>;

/** The environ that an application gets. */
async function environOf(
  env: Variables,
  options: CgiOptions = {},
): Promise<Environ> {
  let found: Environ | undefined;
  const app = answering((environ) => (found = environ, []));
  const { errors } = await cgi(app, {}, [], { env, ...options });
  assert(found !== undefined, errors);
  return found;
}

/** Expects some variables of the environ that an application gets. */
async function assertEnviron(
  env: Variables,
  expected: Record<string, unknown>,
  options?: CgiOptions,
): Promise<void> {
  const environ = await environOf(env, options);
  const found = Object.keys(expected).map((name) => [name, environ[name]]);
  assertEquals(Object.fromEntries(found), expected);
}

Deno.test("runCgi() gives the variables of the interface", async () => {
  const environ = await environOf(GET);
  assertEquals(environ["wsgiref.signal"]?.().aborted, false);
  const file = { read: () => null };
  assert(environ["wsgi.file_wrapper"]?.(file) instanceof FileWrapper);
  await assertEnviron(GET, {
    "wsgi.version": [1, 0],
    "wsgi.run_once": true,
    "wsgi.multiprocess": true,
    "wsgi.multithread": false,
    "wsgi.url_scheme": "http",
    "wsgi.input_terminated": true,
  });
});

Deno.test("runCgi() lets no variable pass for one of the interface", async () => {
  const environ = await environOf({
    ...GET,
    "wsgi.run_once": "no",
    "wsgi.input": "x",
    ["__proto__"]: "x",
  });
  assertEquals(environ["wsgi.run_once"], true);
  assertEquals(typeof environ["wsgi.input"], "object");
  assertEquals(Object.getPrototypeOf(environ), Object.prototype);
});

Deno.test("runCgi() hands the variables on as ByteStrings", async () => {
  await assertEnviron({
    ...GET,
    PATH_INFO: "/café/€",
    HTTP_X: "ü",
    HOME: "/home/jürgen",
    SERVER_SOFTWARE: "Apache",
  }, {
    PATH_INFO: "/caf\xc3\xa9/\xe2\x82\xac",
    HTTP_X: "\xc3\xbc",
    HOME: "/home/j\xc3\xbcrgen",
    SERVER_SOFTWARE: "Apache",
  });
});

Deno.test("runCgi() completes what the server left out", async () => {
  await assertEnviron({ REQUEST_METHOD: "GET" }, {
    SCRIPT_NAME: "",
    PATH_INFO: "/",
    QUERY_STRING: "",
    SERVER_NAME: "localhost",
    SERVER_PORT: "80",
    SERVER_PROTOCOL: "HTTP/1.1",
    GATEWAY_INTERFACE: "CGI/1.1",
    CONTENT_LENGTH: undefined,
  });
  assert(!("CONTENT_LENGTH" in await environOf({ REQUEST_METHOD: "GET" })));
});

Deno.test.each<[Variables, string, string]>([
  [{ SCRIPT_NAME: "/a" }, "/a", ""],
  [{ SCRIPT_NAME: "/a", PATH_INFO: "/b" }, "/a", "/b"],
  [{ SCRIPT_NAME: "/a", REQUEST_URI: "/a?/b" }, "/a", ""],
  // What is UTF-8 could be read, so it was rewritten.
  [{ SCRIPT_NAME: "/a", REQUEST_URI: "/a/b" }, "/a", ""],
  // What is not could not be read by Deno.
  [{ SCRIPT_NAME: "/a", REQUEST_URI: "/a/caf%E9?q" }, "/a", "/caf\xe9"],
  [{ SCRIPT_NAME: "/a", REQUEST_URI: "/ab/caf%E9" }, "/a", ""],
  [{ SCRIPT_NAME: "", PATH_INFO: "" }, "", "/"],
  [{ SCRIPT_NAME: "/" }, "", "/"],
  [{ SCRIPT_NAME: "/", PATH_INFO: "/x" }, "", "/x"],
])(
  "runCgi() makes of %j SCRIPT_NAME %j and PATH_INFO %j",
  async (paths, script, path) => {
    const environ = await environOf({ REQUEST_METHOD: "GET", ...paths });
    assertEquals([environ.SCRIPT_NAME, environ.PATH_INFO], [script, path]);
  },
);

Deno.test.each<[string, string, boolean, string]>([
  ["/a/b", "/a/b/c", true, "/c"],
  ["/a/b", "/a/b", true, ""],
  ["/a/b", "/a/bc", true, "/a/bc"],
  ["/a/b", "/c", true, "/c"],
  ["/a/b", "/a/b/c", false, "/a/b/c"],
])(
  "runCgi() with SCRIPT_NAME %s, PATH_INFO %s and iisPathInfo %s gives %j",
  async (SCRIPT_NAME, PATH_INFO, iisPathInfo, path) => {
    const env = { ...GET, SCRIPT_NAME, PATH_INFO };
    await assertEnviron(env, { SCRIPT_NAME, PATH_INFO: path }, { iisPathInfo });
  },
);

Deno.test.each<[string, string, string | undefined, string]>([
  ["on", "https", "on", "443"],
  ["1", "https", "on", "443"],
  ["off", "http", undefined, "80"],
  ["", "http", undefined, "80"],
])(
  "runCgi() with HTTPS=%s has the scheme %s",
  async (HTTPS, scheme, variable, port) => {
    const environ = await environOf({ REQUEST_METHOD: "GET", HTTPS });
    assertEquals(environ["wsgi.url_scheme"], scheme);
    assertEquals([environ.HTTPS, environ.SERVER_PORT], [variable, port]);
  },
);

Deno.test.each<[string, string]>([
  ["::1", "[::1]"],
  ["[::1]", "[::1]"],
  ["", "localhost"],
])("runCgi() makes of SERVER_NAME=%s %s", async (SERVER_NAME, name) => {
  assertEquals((await environOf({ ...GET, SERVER_NAME })).SERVER_NAME, name);
});

Deno.test("runCgi() drops headers that no application may see, and empty variables", async () => {
  const environ = await environOf({
    ...GET,
    HTTP_PROXY: "http://evil/",
    HTTP_TRANSFER_ENCODING: "chunked",
    HTTP_CONTENT_LENGTH: "3",
    HTTP_CONTENT_TYPE: "a/b",
    HTTP_ACCEPT: "",
    CONTENT_LENGTH: "",
    CONTENT_TYPE: " \t",
    REMOTE_ADDR: "",
    REMOTE_HOST: "",
    REMOTE_USER: "",
  });
  const matches = Object.keys(environ).join().match(
    /\b(HTTP_|CONTENT|REMOTE)\w*/g,
  );
  assertEquals(matches, ["HTTP_ACCEPT"]);
});

Deno.test("runCgi() adds the variables of its option environ", async () => {
  const environ = { "app.db": 1, SERVER_NAME: "mine" };
  await assertEnviron(GET, environ, { environ });
});

const CODING = "Transfer-Encoding must end with chunked, named once, got";
const DIGITS = "CONTENT_LENGTH must be digits, got";

Deno.test.each<[string, string, number, string]>([
  ["REQUEST_METHOD", "G T", 400, 'REQUEST_METHOD must be a token, got "G T"'],
  ["CONTENT_LENGTH", "1x", 400, `${DIGITS} "1x"`],
  ["CONTENT_LENGTH", "3, 3", 400, `${DIGITS} "3, 3"`],
  ["CONTENT_LENGTH", "11", 413, "the request body is too large"],
  [
    "CONTENT_TYPE",
    "a/b, c/d",
    400,
    'CONTENT_TYPE must be one media type, got "a/b, c/d"',
  ],
  ["REQUEST_URI", "/a?b#c", 400, 'REQUEST_URI must have no "#", got "/a?b#c"'],
  [
    "HTTP_HOST",
    "[1:2]",
    400,
    'HTTP_HOST must be a host with an optional port, got "[1:2]"',
  ],
  ["HTTP_TRANSFER_ENCODING", "", 400, `${CODING} ""`],
  [
    "HTTP_TRANSFER_ENCODING",
    "chunked, chunked",
    400,
    `${CODING} "chunked, chunked"`,
  ],
  [
    "HTTP_TRANSFER_ENCODING",
    "gzip, chunked",
    501,
    'transfer coding must be chunked, got "gzip, chunked"',
  ],
])("runCgi() refuses %s=%s with %i", async (name, value, status, reason) => {
  await assertRefused({ [name]: value }, status, reason);
});

Deno.test("runCgi() refuses Transfer-Encoding with HTTP/1.0", async () => {
  const env = {
    HTTP_TRANSFER_ENCODING: "chunked",
    SERVER_PROTOCOL: "HTTP/1.0",
  };
  const reason = "Transfer-Encoding must not be sent with HTTP/1.0";
  await assertRefused(env, 400, reason);
});

/** Expects a page of an error, one line in the log and no call. */
async function assertRefused(
  env: Variables,
  status: number,
  reason: string,
): Promise<void> {
  let called = false;
  const { output, errors, end } = await cgi(() => called = true, env, [], {
    maxRequestBodySize: 10,
  });
  assertMatch(output, new RegExp(`^Status: ${status} [A-Z][^\\r]+\\r\\n`));
  assertMatch(output, /\r\nContent-Length: [0-9]+\r\n\r\n[45].+\n$/);
  assertEquals(errors, `Cannot run under CGI: ${reason}\n`);
  assertEquals([end, called], ["closed", false]);
}

Deno.test("runCgi() says in one line that REQUEST_METHOD is missing", async () => {
  for (const env of [{}, { REQUEST_METHOD: "" }, { PATH_INFO: "/" }]) {
    const { output, errors } = await cgi(() => [], {}, [], { env });
    assertMatch(output, /^Status: 500 Internal Server Error\r\n/);
    assertEquals(
      errors,
      "Cannot run under CGI: REQUEST_METHOD must be set by the web server, got none\n",
    );
  }
});

/** What Apache 2.4 and lighttpd 1.4 give a script. */
const APACHE: Variables = {
  ...GET,
  CONTEXT_DOCUMENT_ROOT: "/srv/cgi-bin/",
  CONTEXT_PREFIX: "/cgi-bin/",
  DOCUMENT_ROOT: "/srv/www",
  GATEWAY_INTERFACE: "CGI/1.1",
  HTTP_HOST: "example.com",
  HTTP_USER_AGENT: "curl/8",
  PATH: "/usr/bin",
  PATH_INFO: "/é",
  PATH_TRANSLATED: "/srv/www/é",
  QUERY_STRING: "",
  REMOTE_ADDR: "127.0.0.1",
  REMOTE_PORT: "40000",
  REQUEST_SCHEME: "http",
  REQUEST_URI: "/cgi-bin/app/%C3%A9",
  SCRIPT_FILENAME: "/srv/cgi-bin/app",
  SERVER_ADDR: "127.0.0.1",
  SERVER_ADMIN: "webmaster@example.com",
  SERVER_SIGNATURE: "",
  SERVER_SOFTWARE: "Apache/2.4",
};
const LIGHTTPD: Variables = {
  ...APACHE,
  CONTENT_LENGTH: "0",
  REDIRECT_STATUS: "200",
  HTTP_CONTENT_LENGTH: "0",
};

Deno.test.each<[string, Variables]>([
  ["Apache", APACHE],
  ["lighttpd", LIGHTTPD],
  ["a shell", { REQUEST_METHOD: "GET" }],
])(
  "runCgi() keeps what the validator asks of a server, under %s",
  async (_server, env) => {
    const violations: Violation[] = [];
    const app = validator(demoApp, {
      throws: false,
      onViolation: (violation) => void violations.push(violation),
    });
    const { output } = await cgi(app, {}, [], { env });
    assertMatch(output, /^Status: 200 OK\r\n/);
    assertEquals(violations.map(({ message }) => message), []);
    app.assertFinished();
  },
);

Deno.test.each([
  ["http://example.com:81/a%2Fb?c", "/a%2Fb?c"],
  ["https://example.com", "/"],
  ["http://example.com?c", "/?c"],
  ["/a?b=http://c/d", "/a?b=http://c/d"],
])(
  "runCgi() makes path and query of the REQUEST_URI %s",
  async (uri, expected) => {
    const environ = await environOf({ ...GET, REQUEST_URI: uri });
    assertEquals(environ.REQUEST_URI, expected);
  },
);

Deno.test("runCgi() lets a comma pass in a quoted parameter of the content type", async () => {
  const CONTENT_TYPE = 'multipart/form-data; boundary="a,b"';
  const environ = await environOf({ ...GET, CONTENT_TYPE });
  assertEquals(environ.CONTENT_TYPE, CONTENT_TYPE);
});

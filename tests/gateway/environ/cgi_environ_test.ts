import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Environ } from "../../../wsgi/types.ts";
import { FileWrapper } from "../../../wsgi/file_wrapper.ts";
import { validator } from "../../../validator.ts";
import { type CgiOptions, readEnviron } from "../../../gateway/cgi/cgi.ts";
import { demoApp } from "../../../server/demo_app.ts";
import { isByteString } from "../../../wsgi/byte_string.ts";
import { answering } from "../recording_transport.ts";
import { cgi, GET } from "../cgi/run_cgi.ts";

type Variables = Readonly<Record<string, string>>;

const BARE = { REQUEST_METHOD: "GET" };

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

Deno.test("runCgi() sets the variables of the interface, which no other variable replaces", async () => {
  const environ = await environOf({
    ...GET,
    "wsgi.run_once": "no",
    "wsgi.input": "x",
    ["__proto__"]: "x",
  });
  assertEquals(environ["wsgiref.signal"]?.().aborted, false);
  const file = { read: () => null };
  assert(environ["wsgi.file_wrapper"]?.(file) instanceof FileWrapper);
  assertEquals(typeof environ["wsgi.input"], "object");
  assert(Object.getPrototypeOf(environ) === Object.prototype);
  assertEquals(environ["wsgi.version"], [1, 0]);
});

// Variables, and those of the resulting environ.
Deno.test.each<[env: Variables, expected: object, options?: CgiOptions]>([
  [GET, {
    "wsgi.run_once": true,
    "wsgi.multiprocess": true,
    "wsgi.multithread": false,
    "wsgi.url_scheme": "http",
    "wsgi.input_terminated": true,
  }],
  [{ ...GET, PATH_INFO: "/café/€", HTTP_X: "ü", HOME: "/ü", A_B: "c" }, {
    PATH_INFO: "/caf\xc3\xa9/\xe2\x82\xac",
    HTTP_X: "\xc3\xbc",
    HOME: "/\xc3\xbc",
    A_B: "c",
  }],
  [BARE, {
    SCRIPT_NAME: "",
    PATH_INFO: "/",
    QUERY_STRING: "",
    SERVER_NAME: "localhost",
    SERVER_PORT: "80",
    SERVER_PROTOCOL: "HTTP/1.1",
    GATEWAY_INTERFACE: "CGI/1.1",
    CONTENT_LENGTH: undefined,
  }],
  [GET, { "app.db": 1, SERVER_NAME: "mine" }, {
    environ: { "app.db": 1, SERVER_NAME: "mine" },
  }],
  [{ ...BARE, HTTPS: "on" }, { SERVER_PORT: "443", HTTPS: "on" }],
  [{ ...BARE, HTTPS: "1" }, { "wsgi.url_scheme": "https", HTTPS: "on" }],
  [{ ...BARE, HTTPS: "off" }, { SERVER_PORT: "80", HTTPS: undefined }],
  [{ ...BARE, HTTPS: "" }, { "wsgi.url_scheme": "http", HTTPS: undefined }],
  ...["", "*", "/*", "/"].map((PATH_INFO): [Variables, object] => [
    { ...GET, REQUEST_METHOD: "OPTIONS", REQUEST_URI: "*", PATH_INFO },
    { SCRIPT_NAME: "", PATH_INFO: "*", REQUEST_URI: "*" },
  ]),
])("runCgi() turns %j into %j", async (env, expected, options) => {
  const environ = await environOf(env, options);
  const found = Object.keys(expected).map((name) => [name, environ[name]]);
  assertEquals(Object.fromEntries(found), expected);
  assertEquals("CONTENT_LENGTH" in environ, false);
});

Deno.test.each<[string, string, string | undefined]>([
  ["SERVER_NAME", "::1", "[::1]"],
  ["SERVER_NAME", "[::1]", "[::1]"],
  ["SERVER_NAME", "", "localhost"],
  ["SERVER_NAME", "0.0.0.0", "localhost"],
  ["SERVER_NAME", "::", "localhost"],
  ["SERVER_NAME", "[::]", "localhost"],
  ["SERVER_NAME", "0:0:0:0:0:0:0:0", "localhost"],
  ["SERVER_NAME", "::ffff:0.0.0.0", "localhost"],
  ["REMOTE_ADDR", "[::1]", "::1"],
  ["REMOTE_ADDR", "[::1]:80", "::1"],
  ["REMOTE_ADDR", "192.0.2.1:80", "192.0.2.1"],
  ["REMOTE_ADDR", "fe80::1%eth0", "fe80::1%eth0"],
  ["REMOTE_ADDR", "client.example", undefined],
  ["REMOTE_ADDR", "unix:", undefined],
  ["SERVER_PROTOCOL", "INCLUDED", "HTTP/1.1"],
  ["SERVER_PROTOCOL", "HTTP/2.0", "HTTP/2.0"],
  ["SERVER_PORT", "8080", "8080"],
  ["CONTENT_TYPE", 'a/b; c="d,e"', 'a/b; c="d,e"'],
  ["REQUEST_URI", "http://example.com:81/a%2Fb?c", "/a%2Fb?c"],
  ["REQUEST_URI", "https://example.com", "/"],
  ["REQUEST_URI", "http://example.com?c", "/?c"],
  ["REQUEST_URI", "/a?b=http://c/d", "/a?b=http://c/d"],
])("runCgi() turns %s from %j into %j", async (name, sent, expected) => {
  assertEquals((await environOf({ ...GET, [name]: sent }))[name], expected);
});

/** SCRIPT_NAME, PATH_INFO and REQUEST_URI, `-` for none; script and path then. */
const PATHS = `
  /a  -   -               /a  ""
  /a  /b  -               /a  /b
  /a  -   /a?/b           /a  ""
  /a  -   /a/b            /a  ""
  /a  -   /a/caf%E9?q     /a  /caf\xe9
  /a  -   /ab/caf%E9      /a  ""
  ""  ""  -               ""  /
  /   -   -               ""  /
  /   /x  -               ""  /x
  /   x   -               ""  /x
  /a/ b   -               /a  /b
  /a/ /b  -               /a  /b
  /a/ -   -               /a  /`;

// If REQUEST_URI is UTF-8, Deno could read PATH_INFO, so the server rewrote it.
Deno.test.each(
  PATHS.trim().split("\n").map((line) => line.trim().split(/ +/)),
)(
  "runCgi() turns SCRIPT_NAME %s, PATH_INFO %s and REQUEST_URI %s into %s and %s",
  async (...row) => {
    const [SCRIPT_NAME, PATH_INFO, REQUEST_URI, script, path] = row
      .map((value) => value === '""' ? "" : value);
    const given = Object.entries({ SCRIPT_NAME, PATH_INFO, REQUEST_URI })
      .filter(([, value]) => value !== "-");
    const environ = await environOf({ ...BARE, ...Object.fromEntries(given) });
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
  "runCgi() turns SCRIPT_NAME %s, PATH_INFO %s and iisPathInfo %s into %j",
  async (SCRIPT_NAME, PATH_INFO, iisPathInfo, path) => {
    const env = { ...GET, SCRIPT_NAME, PATH_INFO };
    const environ = await environOf(env, { iisPathInfo });
    assertEquals([environ.SCRIPT_NAME, environ.PATH_INFO], [SCRIPT_NAME, path]);
  },
);

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
  const kept = Object.keys(environ).join().match(
    /\b(HTTP_|CONTENT|REMOTE)\w*/g,
  );
  assertEquals(kept, ["HTTP_ACCEPT"]);
});

const CODING = "HTTP_TRANSFER_ENCODING";
const CODINGS = "Transfer-Encoding must contain chunked once, at its end";
const NO_METHOD = "REQUEST_METHOD must be set by the web server, got none\n";

Deno.test.each<[Variables, number, string]>([
  [{ REQUEST_METHOD: "" }, 500, NO_METHOD],
  [{ REQUEST_METHOD: "G T" }, 400, 'REQUEST_METHOD must be a token, got "G T"'],
  [{ CONTENT_LENGTH: "1x" }, 400, 'CONTENT_LENGTH must be digits, got "1x"'],
  [{ CONTENT_LENGTH: "3, 3" }, 400, "CONTENT_LENGTH must be digits"],
  [{ CONTENT_LENGTH: "11" }, 413, "the request body is too large\n"],
  [{ CONTENT_TYPE: "a/b, c/d" }, 400, "CONTENT_TYPE must be one media type"],
  [
    { REQUEST_URI: "/a?b#c" },
    400,
    'REQUEST_URI must have no "#", got "/a?b#c"',
  ],
  [{ HTTP_HOST: "[1:2]" }, 400, "HTTP_HOST must be a host with an optional"],
  [{ HTTP_X: "a\r\nb" }, 400, "HTTP_X must have no line ends\n"],
  [{ QUERY_STRING: "a\n" }, 400, "QUERY_STRING must have no line ends\n"],
  [{ [CODING]: "" }, 400, `${CODINGS}, got ""`],
  [{ [CODING]: "chunked, chunked" }, 400, CODINGS],
  [{ [CODING]: "gzip, chunked" }, 501, "transfer coding must be chunked, got"],
  [
    { [CODING]: "chunked", SERVER_PROTOCOL: "HTTP/1.0" },
    400,
    "Transfer-Encoding must not be sent with HTTP/1.0\n",
  ],
])(
  "runCgi() rejects %j with %i, without a call",
  async (env, status, reason) => {
    let called = false;
    const { output, errors, end } = await cgi(() => called = true, env, [], {
      maxRequestBodySize: 10,
    });
    assertMatch(output, new RegExp(`^Status: ${status} [A-Z][^\\r]+\\r\\n`));
    assertMatch(output, /\r\nContent-Length: [0-9]+\r\n\r\n[45].+\n$/);
    assert(errors.startsWith(`Cannot run under CGI: ${reason}`), errors);
    assertEquals([end, called], ["closed", false]);
  },
);

Deno.test.each<[string, Variables]>([
  ["Apache", { ...GET, REMOTE_ADDR: "::1", SERVER_SIGNATURE: "", PATH: "/é" }],
  ["lighttpd", { ...GET, CONTENT_LENGTH: "0", HTTP_CONTENT_LENGTH: "0" }],
  ["a shell", BARE],
])("runCgi() breaks no rule under %s", async (_server, env) => {
  const app = validator(demoApp);
  const { output, errors } = await cgi(app, {}, [], { env });
  assertMatch(output, /^Status: 200 OK\r\n/);
  assertEquals(errors, "");
  app.assertFinished();
});

Deno.test("readEnviron() returns new ByteStrings, by default those of the process", () => {
  const env = Object.freeze({ A: "é€", Bé: "😀" });
  assertEquals(readEnviron(env), {
    A: "\xc3\xa9\xe2\x82\xac",
    "B\xc3\xa9": "\xf0\x9f\x98\x80",
  });
  assert(readEnviron(env) as object !== env);
  const name = "WSGIREF_READ_ENVIRON";
  Deno.env.set(name, "é");
  try {
    const variables = readEnviron();
    assertEquals(variables[name], "\xc3\xa9");
    assert(Object.values(variables).every(isByteString));
  } finally {
    Deno.env.delete(name);
  }
  assertEquals(readEnviron()[name], undefined);
});

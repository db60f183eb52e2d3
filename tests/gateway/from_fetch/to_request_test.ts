import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RequestBodyError } from "../../../gateway/input/request_body_error.ts";
import { toRequest } from "../../../gateway/from_fetch/to_request.ts";
import type { Environ, InputStream } from "../../../wsgi/types.ts";
import { open, type Source } from "../input/input_sources.ts";
import { setupTestingDefaults } from "../../../gateway/environ/setup_testing_defaults.ts";

function environWith(variables: Partial<Environ> = {}): Environ {
  return setupTestingDefaults({ HTTP_HOST: "h", ...variables });
}

/** An environ with a body, and its source. */
function posting(
  text: string,
  variables: Partial<Environ> = {},
): { environ: Environ; source: Source } {
  const { input, source } = open([text]);
  const environ = environWith({
    REQUEST_METHOD: "POST",
    CONTENT_LENGTH: String(text.length),
    "wsgi.input": input,
    ...variables,
  });
  return { environ, source };
}

Deno.test("toRequest() has the bytes of a raw query", () => {
  const raw = toRequest(environWith({ QUERY_STRING: "q=\xc3\xa9 #?/'" }));
  const { searchParams, hash } = new URL(raw.url);
  assertEquals([searchParams.get("q"), hash], ["é #?/'", ""]);
});

Deno.test.each([
  ["/a%2Fb/c%20d?e=f", "/a", "/b/c d", "/a%2Fb/c%20d"],
  // A proxy has removed a part of the path.
  ["/b%2Fc", "/a \xe9", "/b/c", "/a%20%E9/b%2Fc"],
  // The application is mounted elsewhere, or sees another path than the client.
  ["/a%2Fb", "", "/other", "/other"],
  // Characters that a URL parser would replace or remove.
  ["/a\\b", "", "/a\\b", "/a%5Cb"],
  ["/a\tb", "", "/a\tb", "/a%09b"],
  ["*", "", "", "/"],
  ["*", "", "*", "/"],
  ["//a.example/b", "", "//a.example/b", "//a.example/b"],
  ["", "", "//a.example/b", "//a.example/b"],
])(
  "toRequest() has the path of the target %j",
  (REQUEST_URI, SCRIPT_NAME, PATH_INFO, path) => {
    const paths = { REQUEST_URI, SCRIPT_NAME, PATH_INFO, QUERY_STRING: "" };
    assertEquals(toRequest(environWith(paths)).url, `http://h${path}`);
  },
);

Deno.test("toRequest() has the headers of the request and no other variables", () => {
  const request = toRequest(environWith({
    HTTP_ACCEPT_LANGUAGE: "de, en",
    HTTP_X_BYTES: "\xe9",
    HTTP_: "no name",
    CONTENT_TYPE: "text/csv",
    HTTP_CONTENT_TYPE: "text/html",
    REMOTE_USER: "ada",
  }));
  assertEquals([...request.headers], [
    ["accept-language", "de, en"],
    ["content-type", "text/csv"],
    ["host", "h"],
    ["x-bytes", "\xe9"],
  ]);
});

Deno.test("toRequest() reads the input when its body is read", async () => {
  const { environ, source } = posting("a=1&b=2", {
    CONTENT_TYPE: "application/x-www-form-urlencoded",
  });
  const request = toRequest(environ);
  await Promise.resolve();
  assertEquals(source.pulls, 0);
  assertEquals(request.headers.get("content-length"), "7");
  assertEquals([...await request.formData()], [["a", "1"], ["b", "2"]]);
  assertEquals(source.pulls, 1);
  assertEquals((await environ["wsgi.input"].read()).length, 0);
});

Deno.test("toRequest() reads a body of unknown length if the input ends by itself", async () => {
  const CONTENT_LENGTH = "";
  const ends = { CONTENT_LENGTH, "wsgi.input_terminated": true };
  const { environ } = posting("chunked", ends);
  assertEquals(await toRequest(environ).text(), "chunked");
  const endless = posting("never read", { CONTENT_LENGTH });
  assertEquals(toRequest(endless.environ).body, null);
  assertEquals(endless.source.pulls, 0);
});

Deno.test("toRequest() has no body for GET and HEAD, an empty one for a length of 0", async () => {
  for (const REQUEST_METHOD of ["GET", "HEAD"]) {
    const { environ } = posting("body", { REQUEST_METHOD });
    assertEquals(toRequest(environ).body, null);
  }
  const { environ, source } = posting("body", { CONTENT_LENGTH: "0" });
  const { body } = toRequest(environ);
  assert(body !== null);
  assertEquals([await Array.fromAsync(body), source.pulls], [[], 0]);
});

Deno.test("toRequest() reads exactly CONTENT_LENGTH bytes", async () => {
  const { environ: long } = posting("12345678", { CONTENT_LENGTH: "5" });
  assertEquals(await toRequest(long).text(), "12345");
  const { environ: short } = posting("12345", { CONTENT_LENGTH: "8" });
  const message = "3 of its bytes are missing";
  const read = () => toRequest(short).text();
  const error = await assertRejects(read, RequestBodyError, message);
  assertEquals(error.status, 400);
  const { environ: used } = posting("12345");
  await used["wsgi.input"].read();
  const again = () => toRequest(used).text();
  await assertRejects(again, Error, "wsgi.input was read before");
});

Deno.test("toRequest() passes an error of the input on", async () => {
  const failure = new RequestBodyError("too large", 413);
  const input = { read: () => Promise.reject(failure) };
  const { environ } = posting("", {
    CONTENT_LENGTH: "5",
    "wsgi.input": input as unknown as InputStream,
  });
  const read = () => toRequest(environ).text();
  assert(await assertRejects(read) === failure);
});

Deno.test("toRequest() has the signal of wsgiref.signal", () => {
  const controller = new AbortController();
  const request = toRequest(environWith({
    "wsgiref.signal": () => controller.signal,
  }));
  assert(!request.signal.aborted);
  const reason = new Error("left");
  controller.abort(reason);
  assert(request.signal.aborted);
  const { name, message, cause } = request.signal.reason;
  assertEquals([name, message], ["AbortError", "left"]);
  assert(cause === reason);
});

Deno.test.each<[Partial<Environ>, string]>([
  [{ HTTP_HOST: "a b" }, 'got "GET" and "http://a b/"'],
  [{ REQUEST_METHOD: "TRACE" }, 'got "TRACE" and "http://h/"'],
  [{ REQUEST_METHOD: "CONNECT" }, 'got "CONNECT" and "http://h/"'],
  [{ REQUEST_METHOD: "G T" }, 'got "G T" and "http://h/"'],
])("toRequest() says why there is no Request for %j", (variables, end) => {
  const error = assertThrows(
    () => toRequest(environWith(variables)),
    TypeError,
    "Cannot make a Request: method and URL must be ones that fetch allows, ",
  );
  assert(error.message.endsWith(end), error.message);
  assert(error.cause instanceof TypeError);
});

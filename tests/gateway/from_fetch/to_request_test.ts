import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { RequestBodyError } from "../../../gateway/input/request_body_error.ts";
import { toRequest } from "../../../gateway/from_fetch/to_request.ts";
import type { Environ, InputStream } from "../../../wsgi/types.ts";
import { setupTestingDefaults } from "../../../gateway/environ/setup_testing_defaults.ts";

function environWith(variables: Partial<Environ> = {}): Environ {
  return setupTestingDefaults({ HTTP_HOST: "h", ...variables });
}

/** An environ with a body, and how often that was asked for bytes. */
function posting(
  text: string,
  variables: Partial<Environ> = {},
): { environ: Environ; pulls: () => number } {
  let pulls = 0;
  const bytes = new TextEncoder().encode(text);
  const stream = new ReadableStream<Uint8Array>({
    pull(controller): void {
      pulls++;
      controller.enqueue(bytes);
      controller.close();
    },
  }, { highWaterMark: 0 });
  const environ = environWith({
    REQUEST_METHOD: "POST",
    CONTENT_LENGTH: String(bytes.length),
    "wsgi.input": new RequestInput(() => stream),
    ...variables,
  });
  return { environ, pulls: () => pulls };
}

Deno.test("toRequest() has the method and the URL", () => {
  const request = toRequest(environWith({
    REQUEST_METHOD: "PURGE",
    SCRIPT_NAME: "/a",
    PATH_INFO: "/caf\xc3\xa9",
    QUERY_STRING: "b=%20",
    "wsgi.url_scheme": "https",
  }));
  assertEquals(request.method, "PURGE");
  assertEquals(request.url, "https://h/a/caf%C3%A9?b=%20");
});

Deno.test.each([
  ["/a%2Fb/c%20d?e=f", "/a", "/b/c d", "/a%2Fb/c%20d"],
  // The application was moved, or sees another path than the client's.
  ["/a%2Fb", "", "/other", "/other"],
  // What a URL parser would take for a slash or leave out.
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

Deno.test("toRequest() keeps the bytes of a raw query", () => {
  const request = toRequest(environWith({ QUERY_STRING: "q=\xc3\xa9 #?/'" }));
  assertEquals(new URL(request.url).searchParams.get("q"), "é #?/'");
  assertEquals(new URL(request.url).hash, "");
});

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

Deno.test("toRequest() reads the input when its body is read, and not before", async () => {
  const { environ, pulls } = posting("a=1&b=2", {
    CONTENT_TYPE: "application/x-www-form-urlencoded",
  });
  const request = toRequest(environ);
  await Promise.resolve();
  assertEquals(pulls(), 0);
  assertEquals(request.headers.get("content-length"), "7");
  assertEquals([...await request.formData()], [["a", "1"], ["b", "2"]]);
  assertEquals(pulls(), 1);
  assertEquals((await environ["wsgi.input"].read()).length, 0);
});

Deno.test("toRequest() gives JSON and multipart forms", async () => {
  assertEquals(await toRequest(posting('{"a":[1]}').environ).json(), {
    a: [1],
  });
  const form = new FormData();
  form.append("file", new File(["content"], "a.txt", { type: "text/x" }));
  const sent = new Response(form);
  const type = sent.headers.get("content-type") ?? "";
  const { environ } = posting(await sent.text(), { CONTENT_TYPE: type });
  const file = (await toRequest(environ).formData()).get("file");
  assert(file instanceof File);
  assertEquals([file.name, await file.text()], ["a.txt", "content"]);
});

Deno.test("toRequest() reads a body of unknown length if the input ends by itself", async () => {
  const CONTENT_LENGTH = "";
  const ends = { CONTENT_LENGTH, "wsgi.input_terminated": true };
  const { environ } = posting("chunked", ends);
  assertEquals(await toRequest(environ).text(), "chunked");
  const endless = posting("never read", { CONTENT_LENGTH });
  assertEquals(toRequest(endless.environ).body, null);
  assertEquals(endless.pulls(), 0);
});

Deno.test.each<[string, string]>([["GET", "4"], ["HEAD", "4"]])(
  "toRequest() has no body for %s with a length of %s",
  (REQUEST_METHOD, CONTENT_LENGTH) => {
    const { environ } = posting("body", { REQUEST_METHOD, CONTENT_LENGTH });
    assertEquals(toRequest(environ).body, null);
  },
);

Deno.test("toRequest() has an empty stream for a body that was sent empty", async () => {
  const { environ, pulls } = posting("body", { CONTENT_LENGTH: "0" });
  const { body } = toRequest(environ);
  assert(body !== null);
  assertEquals([await Array.fromAsync(body), pulls()], [[], 0]);
});

Deno.test("toRequest() fails if the input was read before", async () => {
  const { environ } = posting("12345");
  await environ["wsgi.input"].read();
  const message = "wsgi.input was read before";
  await assertRejects(() => toRequest(environ).text(), Error, message);
});

Deno.test("toRequest() reads no more than CONTENT_LENGTH of an endless input", async () => {
  const { environ } = posting("12345678", { CONTENT_LENGTH: "5" });
  assertEquals(await toRequest(environ).text(), "12345");
});

Deno.test("toRequest() does not take a body that was cut short for a whole one", async () => {
  const { environ } = posting("12345", { CONTENT_LENGTH: "8" });
  const error = await assertRejects(
    () => toRequest(environ).text(),
    RequestBodyError,
    "3 of its bytes are missing",
  );
  assertEquals(error.status, 400);
});

Deno.test("toRequest() passes an error of the input on", async () => {
  const failure = new RequestBodyError("too large", 413);
  const input = { read: () => Promise.reject(failure) };
  const { environ } = posting("", {
    CONTENT_LENGTH: "5",
    "wsgi.input": input as unknown as InputStream,
  });
  const error = await assertRejects(() => toRequest(environ).text());
  assertStrictEquals(error, failure);
});

Deno.test("toRequest() has the signal of wsgiref.signal", () => {
  const controller = new AbortController();
  const request = toRequest(environWith({
    "wsgiref.signal": () => controller.signal,
  }));
  assertFalse(request.signal.aborted);
  const reason = new Error("left");
  controller.abort(reason);
  assert(request.signal.aborted);
  const { name, message, cause } = request.signal.reason;
  assertEquals([name, message], ["AbortError", "left"]);
  assertStrictEquals(cause, reason);
});

Deno.test.each<[Partial<Environ>, string]>([
  [{ HTTP_HOST: "a b" }, 'got "GET" and "http://a b/"'],
  [{ REQUEST_METHOD: "TRACE" }, 'got "TRACE" and "http://h/"'],
  [{ REQUEST_METHOD: "CONNECT" }, 'got "CONNECT" and "http://h/"'],
  [{ REQUEST_METHOD: "G T" }, 'got "G T" and "http://h/"'],
])("toRequest() says why %j makes no Request", (variables, end) => {
  const error = assertThrows(
    () => toRequest(environWith(variables)),
    TypeError,
    "Cannot make a Request: method and URL must be ones that fetch allows, ",
  );
  assert(error.message.endsWith(end), error.message);
  assert(error.cause instanceof TypeError);
});

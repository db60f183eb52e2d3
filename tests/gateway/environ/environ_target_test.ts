import { assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../../http1/request_error.ts";
import { environOf } from "./environ_of.ts";

Deno.test("createFetchEnviron() gives the authority of a CONNECT request and no path", () => {
  const environ = environOf({ method: "CONNECT", url: "http://other:443" });
  assertEquals(
    [environ.REQUEST_URI, environ.PATH_INFO, environ.HTTP_HOST],
    ["other:443", "", "other:443"],
  );
});

Deno.test.each([
  ["a/evil?x#y"],
  ["a:0"],
  ["a:65536"],
])("createFetchEnviron() refuses the Host %s", (host) => {
  const { status } = assertThrows(
    () => environOf({ url: `http://${host}/`, headers: { host } }),
    RequestError,
  );
  assertEquals(status, 400);
});

Deno.test("createFetchEnviron() takes the host from an absolute target, not from Host", () => {
  const environ = environOf({
    url: "HTTP://user:secret@other:81/a?b",
    headers: { host: "h" },
  });
  assertEquals(environ.HTTP_HOST, "other:81");
  assertEquals(environ.REQUEST_URI, "/a?b");
  assertEquals(environ["wsgi.url_scheme"], "http");
  assertThrows(
    () => environOf({ url: "http://other/", headers: { host: "a/b" } }),
    RequestError,
  );
});

Deno.test("createFetchEnviron() leaves HTTP_HOST out where Deno has made the authority up", () => {
  const options = { serverName: "127.0.0.1", serverPort: 8000 };
  const hostOf = (url: string, headers: HeadersInit): string | undefined =>
    environOf({ url, headers }, options).HTTP_HOST;
  assertEquals(hostOf("http://localhost:8000/", {}), undefined);
  assertEquals(hostOf("http://localhost:8000/", { host: "" }), "");
  assertEquals(
    hostOf("http://localhost:8000/", { host: "localhost:8000" }),
    "localhost:8000",
  );
  // HTTP/2 has no Host, but its authority is true.
  assertEquals(hostOf("http://example.com/", {}), "example.com");
  assertEquals(hostOf("https://localhost:8000/", {}), "localhost:8000");
});

Deno.test("createFetchEnviron() takes HTTP_HOST from the URL of a request that no server gave", () => {
  const { HTTP_HOST } = environOf({ url: "http://localhost:8000/" });
  assertEquals(HTTP_HOST, "localhost:8000");
});

import { assert, assertEquals } from "@std/assert";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import type { Environ } from "../../../wsgi/types.ts";
import { setupTestingDefaults } from "../../../gateway/environ/setup_testing_defaults.ts";

const NAMES =
  "HTTP_HOST HTTP_X PATH_INFO QUERY_STRING REQUEST_METHOD SCRIPT_NAME SERVER_NAME SERVER_PORT SERVER_PROTOCOL wsgi.errors wsgi.input wsgi.multiprocess wsgi.multithread wsgi.run_once wsgi.url_scheme wsgi.version";

Deno.test("setupTestingDefaults() fills the given object and returns it", () => {
  const given: Partial<Environ> = { HTTP_X: "1" };
  const environ = setupTestingDefaults(given);
  assert(environ as unknown === given);
  assertEquals(Object.keys(environ).toSorted(), NAMES.split(" "));
});

Deno.test.each(Object.entries({
  SERVER_NAME: "127.0.0.1",
  SERVER_PROTOCOL: "HTTP/1.0",
  SERVER_PORT: "80",
  HTTP_HOST: "127.0.0.1",
  REQUEST_METHOD: "GET",
  SCRIPT_NAME: "",
  PATH_INFO: "/",
  QUERY_STRING: "",
  "wsgi.url_scheme": "http",
  "wsgi.multithread": false,
  "wsgi.multiprocess": false,
  "wsgi.run_once": false,
}))("setupTestingDefaults() sets %s to %j and keeps others", (name, value) => {
  assertEquals(setupTestingDefaults({})[name], value);
  assertEquals(setupTestingDefaults({ [name]: "mine" })[name], "mine");
});

Deno.test("setupTestingDefaults() keeps a variable that is undefined", () => {
  const given = { SERVER_NAME: undefined, HTTPS: undefined };
  const environ = setupTestingDefaults(given as unknown as Environ);
  assert("SERVER_NAME" in environ);
  assertEquals(environ.SERVER_NAME ?? environ.HTTP_HOST, undefined);
});

Deno.test("setupTestingDefaults() sets HTTP_HOST to SERVER_NAME, and sets both paths or neither", () => {
  const environ = setupTestingDefaults({ SERVER_NAME: "example.com" });
  assertEquals(environ.HTTP_HOST, "example.com");
  assert(!("SCRIPT_NAME" in setupTestingDefaults({ PATH_INFO: "/a" })));
  assert(!("PATH_INFO" in setupTestingDefaults({ SCRIPT_NAME: "/a" })));
});

Deno.test.each([
  [{ HTTPS: "on" }, "https", "443"],
  [{ HTTPS: "off" }, "http", "80"],
  [{ "wsgi.url_scheme": "https" }, "https", "443"],
  [{ "wsgi.url_scheme": "http", HTTPS: "on" }, "http", "80"],
  [{ "wsgi.url_scheme": "ftp" }, "ftp", undefined],
  [{ HTTPS: "on", SERVER_PORT: "8443" }, "https", "8443"],
])(
  "setupTestingDefaults() turns %j into the scheme %s and the port %s",
  (given, scheme, port) => {
    const environ = setupTestingDefaults({ ...given });
    assertEquals(environ["wsgi.url_scheme"], scheme);
    assertEquals<unknown>(environ.SERVER_PORT, port);
  },
);

Deno.test("setupTestingDefaults() gives each environ its own streams", async () => {
  const [first, second] = [setupTestingDefaults(), setupTestingDefaults()];
  assert(first["wsgi.input"] !== second["wsgi.input"]);
  assertEquals((await first["wsgi.input"].read()).length, 0);
  assertEquals((await first["wsgi.input"].readline()).length, 0);
  assert(first["wsgi.errors"] instanceof StderrStream);
  assertEquals(first["wsgi.version"], [1, 0]);
});

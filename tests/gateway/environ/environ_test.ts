import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { fromBytes } from "../../../wsgi/byte_string.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { environOf } from "./environ_of.ts";

Deno.test("createFetchEnviron() gives every variable of a plain request", () => {
  const environ = environOf({ url: "http://h/a?b" });
  const plain = Object.entries(environ).filter(([, value]) =>
    typeof value !== "object" && typeof value !== "function"
  );
  assertEquals(Object.fromEntries(plain), {
    REQUEST_METHOD: "GET",
    SCRIPT_NAME: "",
    PATH_INFO: "/a",
    QUERY_STRING: "b",
    REQUEST_URI: "/a?b",
    SERVER_NAME: "h",
    SERVER_PORT: "80",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_SOFTWARE: "wsgiref/0.1.0",
    GATEWAY_INTERFACE: "CGI/1.1",
    HTTP_HOST: "h",
    "wsgi.url_scheme": "http",
    "wsgi.multithread": false,
    "wsgi.multiprocess": false,
    "wsgi.run_once": false,
    "wsgi.input_terminated": true,
  });
  assertEquals(environ["wsgi.version"], [1, 0]);
});

Deno.test("createFetchEnviron() gives a fresh plain object of plain properties", () => {
  const environ = environOf();
  assertStrictEquals(Object.getPrototypeOf(environ), Object.prototype);
  assert(Object.isExtensible(environ));
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(environ));
  for (const { writable, enumerable, configurable } of descriptors) {
    assertEquals([writable, enumerable, configurable], [true, true, true]);
  }
  environ.PATH_INFO = "/changed";
  environ["my.key"] = 1;
  const next = environOf();
  assertNotStrictEquals(next, environ);
  assertEquals([next.PATH_INFO, next["my.key"]], ["/", undefined]);
});

Deno.test("createFetchEnviron() tells TLS from the URL, or as it is told", () => {
  const plain = environOf();
  const secure = environOf({ url: "https://h/", headers: { host: "h" } });
  const told = environOf({ url: "https://h/" }, { urlScheme: "http" });
  assertEquals(
    [plain, secure, told].map((environ) => [
      environ["wsgi.url_scheme"],
      environ.HTTPS,
      environ.SERVER_PORT,
    ]),
    [["http", undefined, "80"], ["https", "on", "443"], [
      "http",
      undefined,
      "80",
    ]],
  );
});

Deno.test("createFetchEnviron() takes from its options what they say", () => {
  const environ = environOf({ headers: { host: "h", "x-a": "1" } }, {
    serverName: "name",
    serverPort: 8000,
    serverSoftware: "mine/1",
    multiprocess: true,
    environ: { "my.key": 1, HTTP_X_A: "2", REMOTE_USER: "me" },
  });
  assertEquals([environ.SERVER_NAME, environ.SERVER_PORT], ["name", "8000"]);
  assertEquals(environ.SERVER_SOFTWARE, "mine/1");
  assertEquals(environ["wsgi.multiprocess"], true);
  assertEquals(environ["my.key"], 1);
  assertEquals([environ.HTTP_X_A, environ.REMOTE_USER], ["2", "me"]);
});

Deno.test.each([
  ["Deno's TCP form", { remoteAddr: { hostname: "1.2.3.4", port: 5 } }, [
    "1.2.3.4",
    "5",
  ]],
  [
    "an address alone",
    { remoteAddr: { hostname: "::1" } },
    ["::1", undefined],
  ],
  ["Deno's Unix form", { remoteAddr: { transport: "unix", path: "/s" } }, [
    undefined,
    undefined,
  ]],
  ["another runtime's env", { KEY: "value" }, [undefined, undefined]],
  ["null", null, [undefined, undefined]],
  ["a string", "info", [undefined, undefined]],
])(
  "createFetchEnviron() reads the client's address from %s",
  (_what, info, expected) => {
    const environ = environOf({}, {}, info);
    assertEquals<unknown>(
      [environ.REMOTE_ADDR, environ.REMOTE_PORT],
      expected,
    );
  },
);

// SPEC: input-lazy
Deno.test("createFetchEnviron() reads the body at the first read and not before", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller): void {
      pulls++;
      controller.enqueue(new Uint8Array([97, 98, 99]));
      controller.close();
    },
  }, { highWaterMark: 0 });
  const environ = environOf({
    method: "POST",
    headers: { host: "h", "content-length": "2" },
    body,
  });
  assertEquals([pulls, body.locked], [0, false]);
  assertEquals(fromBytes(await environ["wsgi.input"].read()), "ab");
  assertEquals(pulls, 1);
});

Deno.test("createFetchEnviron() offers the signal of the request and makes none by itself", async () => {
  let reads = 0;
  const request = new Request("http://h/");
  const { signal } = request;
  Object.defineProperty(request, "signal", { get: () => (reads++, signal) });
  const signals: unknown[] = [];
  const handler = toFetchHandler((environ, startResponse) => {
    signals.push(reads);
    signals.push(environ["wsgiref.signal"]?.());
    signals.push(environ["wsgiref.signal"]?.());
    startResponse("200 OK", []);
    return [];
  });
  await handler(request);
  const [before, first, second] = signals;
  assertEquals(before, 0);
  assert(first instanceof AbortSignal);
  assertStrictEquals(second, first);
});

Deno.test("createFetchEnviron() offers a file wrapper that makes a body", async () => {
  const wrap = environOf()["wsgi.file_wrapper"];
  const blocks = [new Uint8Array(3), new Uint8Array()];
  const sizes: number[] = [];
  const body = wrap?.({
    read: (size) => {
      sizes.push(size);
      return blocks.shift();
    },
  }, 3);
  const lengths: number[] = [];
  for await (const chunk of body ?? []) lengths.push(chunk.length);
  assertEquals([lengths, sizes], [[3], [3, 3]]);
});

import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { EnvironTemplates } from "../../../gateway/environ/environ_template.ts";
import { headerKey } from "../../../gateway/environ/header_variables.ts";
import type { EnvironOptions } from "../../../gateway/environ/request_environ.ts";
import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { RequestError } from "../../../http1/request_error.ts";
import { validator } from "../../../validator/validator.ts";
import { isByteString } from "../../../wsgi/byte_string.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import { answering, fail, sending } from "../recording_transport.ts";
import {
  anyAuthority,
  anyHeader,
  anyInfo,
  anyOptions,
  anyRequest,
  PORT,
  token,
} from "./any_request.ts";
import {
  asDenoGives,
  expectEnviron,
  type WireRequest,
} from "./environ_model.ts";

/** The variables that are neither objects nor functions, or the status of a rejection. */
function made(
  request: Request,
  info?: unknown,
  options: EnvironOptions = {},
  templates?: EnvironTemplates,
): Record<string, unknown> | number {
  const signal = () => fail("Nobody asked for a signal");
  try {
    const environ = createFetchEnviron(
      request,
      info,
      signal,
      options,
      templates,
    );
    const isPlain = (value: unknown) =>
      typeof value !== "object" && typeof value !== "function";
    return Object.fromEntries(
      Object.entries(environ).filter(([, value]) => isPlain(value)),
    );
  } catch (error) {
    assert(error instanceof RequestError);
    return error.status;
  }
}

Deno.test("createFetchEnviron() agrees with a slow model for any request", () => {
  let refused = 0;
  const property = fc.property(
    ...[anyRequest, anyOptions, anyInfo] as const,
    (wire, options, [info, remote]) => {
      const request = asDenoGives(wire, PORT);
      const expected = expectEnviron(wire, options, PORT);
      const templates = new EnvironTemplates();
      if (typeof expected === "number") refused++;
      // The third one is a copy.
      for (let turn = 0; turn < 3; turn++) {
        assertEquals(
          made(request, info, options, templates),
          typeof expected === "number"
            ? expected
            : { "wsgiref.unix_socket": false, ...remote, ...expected },
        );
      }
    },
  );
  fc.assert(property, { numRuns: 3000 });
  // Otherwise one half of the model would hardly be used.
  assert(refused > 300 && refused < 2250, `${refused} were rejected`);
});

/** Creates a request with the same names of headers. */
function varied(wire: WireRequest): WireRequest {
  return {
    ...wire,
    method: `${wire.method}X`,
    target: { ...wire.target, path: "/other", query: "q" },
    headers: wire.headers.map(([name, value]) => [name, `${value}1`]),
  };
}

Deno.test("createFetchEnviron() keeps nothing of other requests in its templates", () => {
  const requests = fc.array(fc.tuple(anyRequest, anyInfo), { maxLength: 5 });
  const anyServer = fc.constantFrom({}, { serverName: "s", serverPort: 81 });
  const property = fc.property(requests, anyServer, (requests, options) => {
    const templates = new EnvironTemplates();
    for (const [wire, [info]] of [...requests, ...requests]) {
      const other = varied(wire);
      const host = "other.example:81";
      for (const one of [wire, wire, other, { ...other, host }]) {
        const request = asDenoGives(one, PORT);
        const kept = made(request, info, options, templates);
        assertEquals(kept, made(request, info, options));
      }
    }
  });
  fc.assert(property, { numRuns: 300 });
});

Deno.test("createFetchEnviron() returns ByteStrings or throws a RequestError for any URL and headers", () => {
  const anyText = fc.string({ unit: "binary" });
  const parts = fc.tuple(
    fc.constantFrom("http://", "https://", "http+unix://", "//", ""),
    fc.oneof(anyAuthority, anyText),
    fc.constantFrom("", "/", "?", "#"),
    anyText,
  );
  const anyUrl = fc.oneof(anyText, parts.map((parts) => parts.join("")));
  const anyHeaders = fc.array(anyHeader, { maxLength: 6 });
  const property = fc.property(
    ...[token, anyUrl, anyHeaders] as const,
    (method, url, list) => {
      const headers = new Headers([...list]);
      const environ = made({ method, url, headers, body: null } as Request);
      for (const [key, value] of Object.entries(environ)) {
        assert(isByteString(key));
        assert(typeof value !== "string" || isByteString(value), key);
      }
    },
  );
  fc.assert(property, { numRuns: 3000 });
});

Deno.test("createFetchEnviron() breaks no rule of the http profile for any request", async () => {
  const violations: unknown[] = [];
  const app = validator(sending("a"), {
    rules: { "body/*": "off" },
    throws: false,
    onViolation: (violation) => void violations.push(violation),
  });
  const handler = toFetchHandler(app, { urlScheme: "http" });
  let answered = 0;
  const property = fc.asyncProperty(
    anyRequest,
    anyInfo,
    async (wire, [info]) => {
      const response = await handler(asDenoGives(wire, PORT), info);
      assertEquals(violations.splice(0), []);
      assert([200, 400, 501].includes(response.status), `${response.status}`);
      if (response.status === 200) answered++;
      await response.body?.cancel();
    },
  );
  await fc.assert(property, { numRuns: 1000 });
  assert(answered > 200, `only ${answered} reached the application`);
});

Deno.test("createFetchEnviron() uses the signal of the request, and only on demand", async () => {
  let reads = 0;
  const request = new Request("http://h/");
  const { signal } = request;
  Object.defineProperty(request, "signal", { get: () => (reads++, signal) });
  const handler = toFetchHandler(answering((environ) => {
    assertEquals(reads, 0);
    const { "wsgiref.signal": ask } = environ;
    assert(ask?.() instanceof AbortSignal && ask() === ask());
    return [];
  }));
  assertEquals((await handler(request)).status, 200);
});

Deno.test.each<[Record<string, string>, string]>([
  [{ host: "a/<b>" }, "400 Bad Request"],
  [{ "content-length": "5, 5" }, "400 Bad Request"],
  [{ "content-length": "11" }, "413 Content Too Large"],
  [{ expect: "100-continue, x" }, "417 Expectation Failed"],
])(
  "toFetchHandler() answers the headers %j without a call with %s",
  async (headers, line) => {
    let calls = 0;
    const lines: string[] = [];
    const errors = new StderrStream((text) => void lines.push(text));
    const handler = toFetchHandler(answering(() => (calls++, [])), {
      maxRequestBodySize: 10,
      environ: { "wsgi.errors": errors },
    });
    const info = { remoteAddr: { hostname: "192.0.2.1" } };
    const request = new Request("http://h/");
    // The constructor would drop Expect.
    Object.defineProperty(request, "headers", { value: new Headers(headers) });
    const response = await handler(request, info);
    assertEquals(await response.text(), `${line}\n`);
    assertEquals([`${response.status}`, calls], [line.slice(0, 3), 0]);
    assertEquals(lines.length, 1);
    const start = `Refused a request from 192.0.2.1 with ${response.status}: `;
    assert(lines[0]?.startsWith(start), lines[0]);
  },
);

Deno.test.each([
  ["x-forwarded-for", "HTTP_X_FORWARDED_FOR"],
  ["Content-Type", "CONTENT_TYPE"],
  ["content-length", "CONTENT_LENGTH"],
  ["x.y!#$%&'*+^`|~9", "HTTP_X.Y!#$%&'*+^`|~9"],
  // Only similar to headers that are left out.
  ["Proxy-Connection", "HTTP_PROXY_CONNECTION"],
  ["Transfer-Encodings", "HTTP_TRANSFER_ENCODINGS"],
])("headerKey() of %s is %s", (name, key) => {
  assertEquals(headerKey(name), key);
});

// environ-http-underscore, httpoxy
Deno.test.each([
  ..."X_Forwarded_For X-Forwarded_For Content_Length _ Proxy PROXY".split(" "),
  ..."Transfer-Encoding transfer-encoding X: caf\xe9 \u0130 __proto__".split(
    " ",
  ),
  ...["", "X Y", "X\n"],
])("headerKey() leaves %j out", (name) => {
  // The second result comes from the cache.
  assertEquals(headerKey(name), undefined);
  assertEquals(headerKey(name), undefined);
});

Deno.test("headerKey() returns one key for each name, in any case of letters", () => {
  const unit = fc.constantFrom(..."abcXYZ019.!-_");
  const anyName = fc.string({ unit, minLength: 1 });
  // More names than it caches.
  fc.assert(
    fc.property(anyName, anyName, (name, other) => {
      const key = headerKey(name);
      assertEquals(headerKey(name.toUpperCase()), key);
      assertEquals(headerKey(name.toLowerCase()), key);
      const isSame = name.toLowerCase() === other.toLowerCase();
      assert(key === undefined || isSame || headerKey(other) !== key);
    }),
    { numRuns: 1000 },
  );
});

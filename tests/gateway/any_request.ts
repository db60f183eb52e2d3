/**
 * Requests of all kinds for the tests of environ, good and bad.
 *
 * @module
 */

import fc from "npm:fast-check@^4";
import type { EnvironOptions } from "../../gateway/environ/request_environ.ts";
import type { WireRequest } from "./environ/environ_model.ts";

/** The port that Deno writes behind `localhost` where there is no Host. */
export const PORT = 8000;

/** One of the words of some texts. */
export function oneOf(...texts: string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...texts.join(" ").split(" "));
}

/** A method, or the name of a header. */
export const token: fc.Arbitrary<string> = fc.stringMatching(
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,9}$/,
);

/** What a client can put into a header value. */
const value = fc.string({
  unit: fc.constantFrom("a", "B", "1", " ", "\t", ",", ";", '"', "\\", "\xe9"),
  maxLength: 8,
});

/** A Host: mostly a good one. */
export const anyAuthority: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: oneOf(
      `h example.com:8000 localhost localhost:${PORT} 127.0.0.1:65535`,
      "0.0.0.0:1 [::1] [::1]:443 a%20b a:",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.constantFrom(..."a09.:[]%_, \xe9"),
      minLength: 1,
      maxLength: 8,
      // Every runtime takes spaces off the ends of a value.
    }).filter((text) => text === text.trim()),
  },
  { weight: 1, arbitrary: oneOf("a:0 a:65536 a:00080 a/b a?b u@a") },
);

/** Text between two slashes of a path, or in a query. */
const text = fc.string({
  unit: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom(
        ..."a.%*\\|~'\"+&=;:@é€\u{1f600}",
        ..."%2F %41 %C3%A9 %ff %00 %4g ..".split(" "),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom("?", "/", "%23") },
  ),
  maxLength: 6,
});

const path = fc.array(text.map((text) => text.replaceAll("?", "")), {
  minLength: 1,
  maxLength: 4,
}).map((parts) => `/${parts.join("/")}`);

const query = fc.option(text, { nil: undefined });

const target: fc.Arbitrary<WireRequest["target"]> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ path, query }) },
  {
    weight: 2,
    arbitrary: fc.record({
      scheme: fc.constantFrom("http", "HTTP", "https", "HttpS", "ftp"),
      authority: anyAuthority.filter((authority) => !/[/?@]/.test(authority)),
      path: fc.oneof(path, fc.constant("")),
      query,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      scheme: fc.constant("http"),
      user: fc.constantFrom("me", "me:secret", ""),
      authority: fc.constantFrom("h", "h:81"),
      path,
      query,
    }),
  },
  { weight: 1, arbitrary: path.map((path) => ({ path: `${path}#end` })) },
);

/** Headers that mean something to a gateway, and any others. */
export const anyHeader: fc.Arbitrary<[name: string, value: string]> = fc.oneof(
  fc.tuple(token, value),
  fc.tuple(
    oneOf(
      "X-A x-a X_A Set-Cookie set-cookie Proxy Script-Name Remote-User",
      "X_Forwarded_For Content-Type constructor",
    ),
    value,
  ),
  fc.tuple(
    fc.constantFrom("Cookie", "cookie"),
    fc.constantFrom("a=1", "b=2; c=3", "\xe9"),
  ),
  fc.tuple(
    fc.constant("Content-Length"),
    fc.oneof(
      fc.nat(99).map(String),
      fc.constantFrom("", "1, 1"),
      oneOf("007 +1 0x1 1e1 -0 9007199254740991 9007199254740992"),
      fc.constant("9".repeat(20)),
    ),
  ),
  // Together with Content-Length it does not get past Deno.
  fc.constant(["Transfer-Encoding", "chunked"] as [string, string]),
);

/** A request: mostly one that may pass. */
export const anyRequest: fc.Arbitrary<WireRequest> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      method: fc.oneof(token, fc.constantFrom("GET", "get", "POST", "OPTIONS"))
        .filter((method) => method !== "CONNECT"),
      target,
      host: fc.option(fc.oneof(anyAuthority, fc.constant("")), {
        nil: undefined,
      }),
      headers: fc.array(anyHeader, { maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constant("CONNECT"),
      target: fc.record({ authority: fc.constantFrom("h:443", "[::1]:22") }),
      host: fc.option(anyAuthority, { nil: undefined }),
      headers: fc.array(anyHeader, { maxLength: 6 }),
    }),
  },
);

/** What the user of the gateway may say. */
export const anyOptions: fc.Arbitrary<EnvironOptions> = fc.record({
  serverName: fc.constantFrom("server", "[::1]"),
  serverPort: fc.constantFrom(PORT, 80),
  urlScheme: fc.constantFrom("http" as const, "https" as const),
  serverSoftware: fc.constant("other/1"),
  multiprocess: fc.boolean(),
  maxRequestBodySize: fc.nat(50),
  environ: fc.constant({ "my.variable": 1, SERVER_SOFTWARE: "mine" }),
}, { requiredKeys: [] });

/** What a runtime may tell beside a request, and what is then to be seen. */
export const anyInfo: fc.Arbitrary<
  [info: unknown, remote: Record<string, unknown>]
> = fc.constantFrom<[unknown, Record<string, unknown>]>(
  [undefined, {}],
  [null, {}],
  ["127.0.0.1", {}],
  [{ remoteAddr: null }, {}],
  [{ remoteAddr: { transport: "unix", path: "/run/a" } }, {
    "wsgiref.unix_socket": true,
  }],
  [{ remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 9 } }, {
    REMOTE_ADDR: "192.0.2.1",
    REMOTE_PORT: "9",
  }],
  [{ remoteAddr: { hostname: "::1" } }, { REMOTE_ADDR: "::1" }],
);

/** Requests of all kinds for the tests of environ, valid and invalid. */

import fc from "npm:fast-check@^4";
import type { EnvironOptions } from "../../../gateway/environ/request_environ.ts";
import type { WireRequest } from "./environ_model.ts";

/** The port that Deno writes after `localhost` if there is no Host. */
export const PORT = 8000;

/** One of the words of some texts. */
export function oneOf(...texts: string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...texts.join(" ").split(" "));
}

/** One of several arbitraries, each with its weight. */
export function weighted<T>(
  ...choices: [weight: number, arbitrary: fc.Arbitrary<T>][]
): fc.Arbitrary<T> {
  return fc.oneof(
    ...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })),
  );
}

/** A method, or the name of a header. */
export const token: fc.Arbitrary<string> = fc.stringMatching(
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,9}$/,
);

const value = fc.string({
  unit: fc.constantFrom("a", "B", "1", " ", "\t", ",", ";", '"', "\\", "\xe9"),
  maxLength: 8,
});

const oddHost = fc.string({
  unit: fc.constantFrom(..."a09.:[]%_, \xe9"),
  minLength: 1,
  maxLength: 8,
  // Every runtime removes spaces at the ends of a value.
}).filter((text) => text === text.trim());

/** A Host: mostly a valid one. */
export const anyAuthority: fc.Arbitrary<string> = weighted(
  [2, oneOf(`h example.com:8000 localhost localhost:${PORT} 127.0.0.1:65535`)],
  [2, oneOf("0.0.0.0:1 [::1] [::1]:443 a%20b a:")],
  [1, oddHost],
  [1, oneOf("a:0 a:65536 a:00080 a/b a?b u@a")],
);

/** Text between two slashes of a path, or in a query. */
const text = fc.string({
  unit: weighted(
    [6, fc.constantFrom(..."a.%*\\|~'\"+&=;:@é€\u{1f600}")],
    [3, oneOf("%2F %41 %C3%A9 %ff %00 %4g ..")],
    [1, oneOf("? / %23")],
  ),
  maxLength: 6,
});

const segment = text.map((text) => text.replaceAll("?", ""));
const path = fc.array(segment, { minLength: 1, maxLength: 4 })
  .map((parts) => `/${parts.join("/")}`);
const query = fc.option(text, { nil: undefined });

const target = weighted<WireRequest["target"]>(
  [5, fc.record({ path, query })],
  [
    3,
    fc.record({
      scheme: oneOf("http HTTP https HttpS ftp"),
      user: weighted(
        [2, fc.constant(undefined)],
        [1, fc.constantFrom("me", "me:secret", "")],
      ),
      authority: anyAuthority.filter((authority) => !/[/?@]/.test(authority)),
      path: fc.oneof(path, fc.constant("")),
      query,
    }),
  ],
  [1, path.map((path) => ({ path: `${path}#end` }))],
);

const names = oneOf(
  "X-A x-a X_A Set-Cookie set-cookie Proxy Script-Name Remote-User HTTPS",
  "X_Forwarded_For X-Forwarded-Proto Content-Type constructor",
);
const length = fc.oneof(
  fc.nat(99).map(String),
  fc.constantFrom("", "1, 1", "9".repeat(20)),
  oneOf("007 +1 0x1 1e1 -0 9007199254740991 9007199254740992"),
);

/** Headers that mean something to a gateway, and any others. */
export const anyHeader: fc.Arbitrary<[name: string, value: string]> = fc.oneof(
  fc.tuple(token, value),
  fc.tuple(names, value),
  fc.tuple(oneOf("Cookie cookie"), fc.constantFrom("a=1", "b=2; c=3", "\xe9")),
  fc.tuple(fc.constant("Content-Length"), length),
  // Deno rejects it together with Content-Length.
  fc.tuple(
    fc.constant("Transfer-Encoding"),
    fc.oneof(
      oneOf("chunked chunked Chunked gzip"),
      fc.constantFrom("", "gzip, chunked"),
    ),
  ),
);

const method = fc.oneof(token, oneOf("GET get POST OPTIONS"))
  .filter((method) => method !== "CONNECT");
const host = fc.option(anyAuthority, { nil: undefined });
const headers = weighted<WireRequest["headers"]>(
  [9, fc.array(anyHeader, { maxLength: 6 })],
  // A first value that is empty.
  [
    1,
    fc.tuple(oneOf("Content-Length Content-Type Set-Cookie"), oneOf("5 a/b"))
      .map(([name, value]) => [[name, ""], [name, value]]),
  ],
);

/** A request: mostly a valid one. */
export const anyRequest: fc.Arbitrary<WireRequest> = weighted<WireRequest>(
  [
    9,
    fc.record({
      method,
      target,
      host: fc.oneof(host, fc.constantFrom("", undefined)),
      headers,
    }),
  ],
  [
    1,
    fc.record({
      method: fc.constant("CONNECT"),
      target: fc.record({ authority: oneOf("h:443 [::1]:22") }),
      host,
      headers,
    }),
  ],
);

/** The options of the gateway. */
export const anyOptions: fc.Arbitrary<EnvironOptions> = fc.record({
  serverName: oneOf("server [::1]"),
  serverPort: fc.constantFrom(PORT, 80),
  urlScheme: fc.constantFrom("http" as const, "https" as const),
  serverSoftware: fc.constant("other/1"),
  multiprocess: fc.boolean(),
  maxRequestBodySize: fc.nat(50),
  environ: fc.constant({ "my.variable": 1, SERVER_SOFTWARE: "mine" }),
}, { requiredKeys: [] });

const tcp = { transport: "tcp", hostname: "192.0.2.1", port: 9 };

/** The information that a runtime has about the client, and its variables. */
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
  [{ remoteAddr: tcp }, { REMOTE_ADDR: "192.0.2.1", REMOTE_PORT: "9" }],
  [{ remoteAddr: { hostname: "::1" } }, { REMOTE_ADDR: "::1" }],
);

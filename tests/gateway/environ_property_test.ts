import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { createEnviron, type EnvironOptions } from "../../gateway/environ.ts";
import { toFetchHandler } from "../../gateway/fetch.ts";
import { BadRequest } from "../../gateway/request_target.ts";
import type { Environ } from "../../gateway/types.ts";
import { validator } from "../../rules/validator.ts";
import type { Violation } from "../../rules/violation.ts";
import {
  asDenoGives,
  expectEnviron,
  type WireRequest,
} from "./environ_model.ts";
import { environOf } from "./environ_of.ts";

/** The port that Deno writes behind `localhost` where there is no Host. */
const PORT = 8000;

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,9}$/);

/** What a client can put into a header value. */
const value = fc.string({
  unit: fc.constantFrom("a", "B", "1", " ", "\t", ",", ";", '"', "\\", "\xe9"),
  maxLength: 8,
});

const authority = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "h",
      "example.com:8000",
      "localhost",
      `localhost:${PORT}`,
      "127.0.0.1:65535",
      "0.0.0.0:1",
      "[::1]",
      "[::1]:443",
      "a%20b",
      "a:",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.constantFrom(
        "a",
        "0",
        "9",
        ".",
        ":",
        "[",
        "]",
        "%",
        "_",
        ",",
        " ",
        "\xe9",
      ),
      minLength: 1,
      maxLength: 8,
      // Every runtime takes spaces off the ends of a value.
    }).filter((text) => text === text.trim()),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "a:0",
      "a:65536",
      "a:00080",
      "a/b",
      "a?b",
      "u@a",
    ),
  },
);

/** Text between two slashes of a path, or in a query. */
const text = fc.string({
  unit: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom(
        ..."a.%*\\|~'\"+&=;:@é€",
        "\u{1f600}",
        "%2F",
        "%41",
        "%C3%A9",
        "%ff",
        "%00",
        "%4g",
        "..",
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
      authority: authority.filter((authority) => !/[/?@]/.test(authority)),
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
const header = fc.oneof(
  fc.tuple(token, value),
  fc.tuple(
    fc.constantFrom(
      "X-A",
      "x-a",
      "X_A",
      "Set-Cookie",
      "set-cookie",
      "Proxy",
      "Script-Name",
      "Remote-User",
      "X_Forwarded_For",
      "Content-Type",
      "constructor",
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
      fc.constantFrom(
        "",
        "007",
        "+1",
        "1, 1",
        "0x1",
        "1e1",
        "-0",
        "9007199254740991",
        "9007199254740992",
        "99999999999999999999",
      ),
    ),
  ),
  // Together with Content-Length it does not get past Deno.
  fc.constant(["Transfer-Encoding", "chunked"] as [string, string]),
);

const wire: fc.Arbitrary<WireRequest> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      method: fc.oneof(token, fc.constantFrom("GET", "get", "POST", "OPTIONS"))
        .filter((method) => method !== "CONNECT"),
      target,
      host: fc.option(fc.oneof(authority, fc.constant("")), { nil: undefined }),
      headers: fc.array(header, { maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constant("CONNECT"),
      target: fc.record({ authority: fc.constantFrom("h:443", "[::1]:22") }),
      host: fc.option(authority, { nil: undefined }),
      headers: fc.array(header, { maxLength: 6 }),
    }),
  },
);

const options: fc.Arbitrary<EnvironOptions> = fc.record({
  serverName: fc.constantFrom("server", "[::1]"),
  serverPort: fc.constantFrom(PORT, 80),
  urlScheme: fc.constantFrom("http" as const, "https" as const),
  serverSoftware: fc.constant("other/1"),
  multiprocess: fc.boolean(),
  maxRequestBodySize: fc.nat(50),
  environ: fc.constant({ "my.variable": 1, SERVER_SOFTWARE: "mine" }),
}, { requiredKeys: [] });

/** What a runtime may tell beside a request, and what is then to be seen. */
const info = fc.constantFrom<[unknown, Record<string, string>]>(
  [undefined, {}],
  [null, {}],
  ["127.0.0.1", {}],
  [{ remoteAddr: null }, {}],
  [{ remoteAddr: { transport: "unix", path: "/run/a" } }, {}],
  [{ remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 9 } }, {
    REMOTE_ADDR: "192.0.2.1",
    REMOTE_PORT: "9",
  }],
  [{ remoteAddr: { hostname: "::1" } }, { REMOTE_ADDR: "::1" }],
);

/** Gives the variables that are neither objects nor functions. */
function plainOf(environ: Environ): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(environ).filter(([, value]) =>
      typeof value !== "object" && typeof value !== "function"
    ),
  );
}

function noSignal(): AbortSignal {
  throw new Error("Nobody asked for a signal");
}

function statusOf(error: unknown): number {
  assertInstanceOf(error, BadRequest);
  return error.status;
}

Deno.test("createEnviron() agrees with a slow model for any request", () => {
  let refused = 0;
  fc.assert(
    fc.property(wire, options, info, (wire, options, [info, remote]) => {
      const request = asDenoGives(wire, PORT);
      const expected = expectEnviron(wire, options, PORT);
      let made: unknown;
      try {
        made = plainOf(createEnviron(request, info, noSignal, options));
      } catch (error) {
        made = statusOf(error);
        refused++;
      }
      assertEquals(
        made,
        typeof expected === "number" ? expected : { ...remote, ...expected },
      );
    }),
    { numRuns: 4000 },
  );
  // Else one half of the model would hardly be asked.
  assert(refused > 400 && refused < 3000, `${refused} were refused`);
});

Deno.test("createEnviron() throws nothing but BadRequest for any URL and headers", () => {
  const anyUrl = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(
      fc.constantFrom("http://", "https://", "http+unix://", "//", ""),
      fc.oneof(authority, fc.string({ unit: "binary" })),
      fc.constantFrom("", "/", "?", "#"),
      fc.string({ unit: "binary" }),
    ).map((parts) => parts.join("")),
  );
  const anyHeaders = fc.array(header, { maxLength: 6 });
  fc.assert(
    fc.property(token, anyUrl, anyHeaders, (method, url, headers) => {
      let environ: Environ;
      try {
        environ = environOf({ method, url, headers: [...headers] });
      } catch (error) {
        statusOf(error);
        return;
      }
      for (const [key, value] of Object.entries(plainOf(environ))) {
        assert(/^[\0-\xff]*$/.test(key), key);
        if (typeof value === "string") {
          assert(/^[\0-\xff]*$/.test(value), `${key} is no ByteString`);
        }
      }
    }),
    { numRuns: 4000 },
  );
});

Deno.test("createEnviron() makes nothing of any request that the core profile complains of", async () => {
  const violations: Violation[] = [];
  const app = validator((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [new Uint8Array(1)];
  }, {
    profile: "core",
    throws: false,
    onViolation: (violation) => void violations.push(violation),
  });
  const handler = toFetchHandler(app, { urlScheme: "http" });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(wire, info, async (wire, [info]) => {
      const response = await handler(asDenoGives(wire, PORT), info);
      const found = violations.splice(0).filter(({ rule }) =>
        rule !== "environ/path-decoded"
      );
      assertEquals(found, []);
      assert([200, 400].includes(response.status), `${response.status}`);
      if (response.status === 200) answered++;
      await response.body?.cancel();
    }),
    { numRuns: 1500 },
  );
  assert(answered > 300, `only ${answered} reached the application`);
});

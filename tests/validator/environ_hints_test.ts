import { assertEquals, assertStringIncludes } from "@std/assert";
import { ConformanceError, validator, type Violation } from "../../mod.ts";
import {
  createEnviron,
  helloApp,
  type Loose,
  runScenario,
} from "./scenario.ts";

const url = new URL("http://localhost:80/caf%C3%A9?name=value");
const { signal } = new AbortController();

/** What programmers write, and what the hint has to say about it. */
const hints: readonly (readonly [key: string, value: unknown, hint: string])[] =
  [
    ["HTTP_COOKIE", url.searchParams.get("cookie"), "headers.get()"],
    ["REMOTE_PORT", 54321, "String(number)"],
    ["CONTENT_LENGTH", 12n, "String(bigint)"],
    ["HTTP_ACCEPT", ["text/html"], ".join("],
    ["HTTPS", true, '"on"'],
    ["REMOTE_USER", new String("ada"), "new String()"],
    ["REMOTE_USER", new Date(0), "example.user"],
    ["PATH_INFO", decodeURIComponent("/%E2%82%AC"), "byte by byte"],
    ["REMOTE_USER", "\u20ac", "encodeUtf8(text)"],
    ["QUERY_STRING", url.search, "url.search.slice(1)"],
    ["SERVER_NAME", url.host + ":80", "URL.hostname"],
    ["SERVER_NAME", url.origin, "URL.hostname"],
    ["SERVER_NAME", "::1", "brackets"],
    ["SERVER_NAME", "/run/app.sock", '"localhost"'],
    ["SERVER_PORT", url.port, "URL.port"],
    ["SERVER_PORT", 8000, "String(addr.port)"],
    ["PATH_INFO", url.href, "Take off the scheme"],
    ["REQUEST_URI", url.href, "request.url"],
    ["wsgi.url_scheme", url.protocol, "URL.protocol"],
    ["wsgi.url_scheme", "HTTPS", "small letters"],
    ["wsgi.multiprocess", "false", '"false"'],
    ["wsgi.input", null, "without a body"],
    ["wsgi.input", new ReadableStream(), "reader"],
    ["wsgi.input", "body", "read()"],
    ["wsgi.errors", () => {}, "flush()"],
    ["wsgiref.signal", signal, "() => signal"],
  ];

async function violationOf(key: string, value: unknown): Promise<Violation[]> {
  return await runScenario({
    environ: (environ: Loose) => {
      environ[key] = value;
    },
  });
}

for (const [index, [key, value, hint]] of hints.entries()) {
  Deno.test(`validator() has a hint for a slip with ${key} (${index})`, async () => {
    const [violation, ...others] = await violationOf(key, value);
    assertEquals(others, []);
    assertEquals(violation?.blame, "server");
    assertStringIncludes(violation?.hint ?? "", hint);
  });
}

Deno.test("validator() shows no value that may be a secret", async () => {
  const secret = "Bearer 0123456789";
  for (
    const [key, value] of [
      ["HTTP_AUTHORIZATION", `${secret}\u20ac`],
      ["HTTP_AUTHORIZATION", `${secret}\0`],
      ["QUERY_STRING", `?token=${secret}`],
      ["QUERY_STRING", `token=${secret}#`],
      ["REQUEST_URI", `http://localhost/?token=${secret}`],
    ] as const
  ) {
    const [violation] = await violationOf(key, value);
    assertEquals(violation?.message.includes("0123"), false, key);
  }
});

/** What is given to validator(), and what the hint has to say about it. */
const apps: readonly (readonly [app: unknown, hint: string])[] = [
  [undefined, "import"],
  [Promise.resolve(helloApp), "Await it"],
  [await import("./scenario.ts"), "import app from"],
  [{ fetch: () => new Response() }, "fromFetchHandler"],
  [
    new (class Router {
      fetch(): void {}
    })(),
    "fromFetchHandler",
  ],
  [helloApp(createEnviron(), () => async () => {}), "not its result"],
  [class App {}, "new App()"],
];

for (const [index, [app, hint]] of apps.entries()) {
  Deno.test(`validator() has a hint for what is no application (${index})`, () => {
    let found: unknown;
    try {
      validator(app as Loose);
    } catch (error) {
      found = error;
    }
    assertEquals(found instanceof ConformanceError, true);
    assertStringIncludes(
      (found as ConformanceError).violation.hint ?? "",
      hint,
    );
  });
}

Deno.test("validator() calls no getter of what is no application", () => {
  const app = {
    get fetch(): never {
      throw new Error("called");
    },
    get then(): never {
      throw new Error("called");
    },
  };
  let message = "";
  try {
    validator(app as Loose);
  } catch (error) {
    message = (error as Error).message;
  }
  assertStringIncludes(message, "application/not-callable");
});

Deno.test("validator() lets an error through that a getter of the environ throws", () => {
  const environ = {
    get REQUEST_METHOD(): never {
      throw new RangeError("mine");
    },
  };
  let found: unknown;
  try {
    validator(helloApp)(environ as Loose, () => async () => {});
  } catch (error) {
    found = error;
  }
  assertEquals(found instanceof RangeError, true);
});

Deno.test("validator() counts a call that it refused as finished", () => {
  const app = validator(helloApp, { onViolation: () => {} });
  for (const args of [[], [null, () => {}], [{}, () => {}]]) {
    try {
      Reflect.apply(app, undefined, args);
    } catch (error) {
      assertEquals(error instanceof ConformanceError, true);
    }
  }
  app.assertFinished();
});

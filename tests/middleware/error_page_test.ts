import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import type { Application, Environ, ResponseBody } from "../../wsgi/types.ts";
import { errorPage } from "../../middleware/error_page.ts";
import { setupTestingDefaults, validator } from "../../mod.ts";
import { get, serve } from "../server/serving.ts";
import { ask, RawClient } from "../raw_client.ts";
import { answering, PLAIN } from "../gateway/recording_transport.ts";
import { testEnviron } from "../gateway/recording_transport.ts";
import { between, failing, generate } from "./between.ts";

const HTML = "text/html,application/xhtml+xml,*/*;q=0.8";

/** Calls an application like a server that does not handle errors. */
const serveOnce = async (app: Application, asked = testEnviron()) => {
  const starts: { status: string; excInfo: unknown }[] = [];
  let headers = new Headers();
  const chunks: string[] = [];
  const push = (chunk: Uint8Array): void =>
    void chunks.push(new TextDecoder().decode(chunk));
  let body: ResponseBody | undefined;
  try {
    body = await app(asked.environ, (status, list, excInfo) => {
      // Empty chunks send nothing.
      if (excInfo !== undefined && chunks.join("") !== "") throw excInfo;
      starts.push({ status, excInfo });
      headers = new Headers(list.map(([...header]) => header));
      return (chunk) => Promise.resolve(push(chunk));
    });
    for await (const chunk of body) push(chunk);
  } finally {
    await body?.close?.();
  }
  return { starts, headers, chunks, log: asked.written };
};

/** The middleware between validators. */
function page(app: Application): Application {
  return between(errorPage(), app);
}

function boom(): never {
  throw new RangeError("Boom <b>&</b> \x1b[31m");
}

/** Creates an application that fails after a chunk. */
function breaking(chunk: string): Application {
  return answering(function* (): Generator<Uint8Array, void> {
    yield toBytes(chunk);
    boom();
  });
}

/** Creates an application that fails after write(). */
function writing(chunk: string): Application {
  return (_environ, start) => {
    start("200 OK", PLAIN)(toBytes(chunk));
    return boom();
  };
}

/** Creates an application that rejects with a value. */
function rejecting(error: unknown): Application {
  return () => Promise.reject(error);
}

Deno.test("errorPage() passes on responses that do not fail", async () => {
  const app = answering(() => generate("a", "b"));
  const { starts, chunks, log } = await serveOnce(page(app));
  assertEquals(starts, [{ status: "200 OK", excInfo: undefined }]);
  assertEquals([chunks, log], [["a", "b"], []]);
  const body = [toBytes("a")];
  const sync = errorPage()(answering(() => body));
  const start = () => () => Promise.resolve();
  assert(sync(setupTestingDefaults(), start) === body);
});

Deno.test.each<[string, Application]>([
  ["throws", boom],
  ["rejects", () => Promise.try(boom)],
  [
    "throws after startResponse",
    answering(boom, [...PLAIN, ["Content-Length", "3"]]),
  ],
  ["throws after an empty write()", writing("")],
  ["fails at the first chunk of a sync body", () => failing(boom)],
  ["fails at the first chunk of an async body", () => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.try(boom) }),
  })],
  ["fails after an empty chunk", breaking("")],
])("errorPage() shows the error of an application that %s", async (_, app) => {
  const { starts, headers, chunks, log } = await serveOnce(page(app));
  const { status, excInfo } = starts.at(-1)!;
  assertEquals(status, "500 Internal Server Error");
  assert(excInfo instanceof RangeError);
  const text = chunks.join("");
  assertMatch(text, /^RangeError: Boom <b>&<\/b> \\x1b\[31m\n\n/);
  assertEquals(headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(headers.get("content-length"), `${toBytes(text).length}`);
  assertEquals(log.length, 1);
  assertMatch(log[0]!, /^RangeError: Boom.*\n +at boom /);
});

Deno.test.each<[string, Application]>([
  ["after a chunk has sent bytes", page(breaking("begun"))],
  ["after write() has sent bytes", page(writing("begun"))],
  ["of the client", errorPage()(rejecting(new RequestBodyError("Boom", 413)))],
])("errorPage() passes on an error %s", async (_when, app) => {
  const given = testEnviron();
  await assertRejects(() => serveOnce(app, given), Error, "Boom");
  assertEquals(given.written, []);
});

Deno.test("errorPage() passes on an error that the server rethrows", async () => {
  const error = new RangeError("too late");
  const start = (_status: string, _headers: unknown, excInfo: unknown) => {
    throw excInfo;
  };
  const app = errorPage()(rejecting(error));
  const run = async () => await app(testEnviron().environ, start);
  assert(await assertRejects(run) === error);
});

Deno.test.each([undefined, null, "text", 0])(
  "errorPage() shows the thrown value %s",
  async (thrown) => {
    const { starts, chunks } = await serveOnce(errorPage()(rejecting(thrown)));
    // startResponse() would ignore undefined.
    assert(starts[0]?.excInfo !== undefined && starts[0].excInfo !== null);
    assertStringIncludes(chunks.join(""), "not an Error, so there is no stack");
  },
);

Deno.test.each([true, false])(
  "errorPage() closes the body once, with a failure: %s",
  async (fails) => {
    let closed = 0;
    const app = answering(() => ({
      [Symbol.iterator]: () => fails ? { next: boom } : generate("a"),
      close: () => void closed++,
    }));
    const { starts } = await serveOnce(page(app));
    assertEquals([starts.length, closed], [fails ? 2 : 1, 1]);
  },
);

Deno.test("errorPage() shows a broken rule with its hint, clause and line", async () => {
  const app = errorPage()(validator((_environ, start) => {
    start(200 as unknown as string, PLAIN); // the line at fault
    return [];
  }));
  const asked = testEnviron({ HTTP_ACCEPT: HTML });
  const { headers, chunks } = await serveOnce(app, asked);
  const html = chunks.join("");
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  for (
    const part of [
      /status\/string<\/bdi> <span>broken by the <bdi>app/,
      /got 200<\/bdi><\/h1>/,
      /<strong>Hint:<\/strong>/,
      /The status MUST be a primitive string/,
      / --explain status\/string</,
      /<span class="at"><i>\d+<\/i>.*the line at fault/,
      /error_page_test\.ts:\d+:\d+<\/bdi><\/code>/,
    ]
  ) assertMatch(html, part);
  const text = (await serveOnce(app)).chunks.join("");
  const hint =
    /^ {2}hint: .+\n {2}see: {2}deno run .* --explain status\/string$/m;
  assertMatch(text, hint);
  assertMatch(text, /^> *\d+ \| .*the line at fault$/m);
});

Deno.test("errorPage() shows the frames of the program in plain text, not its own", async () => {
  const app = validator(() => boom());
  const { chunks } = await serveOnce(errorPage()(app));
  const frames = chunks.join("").match(/^ {4}at .*$/gm) ?? [];
  assertMatch(frames[0] ?? "", /^ {4}at boom /);
  assert(frames.every((frame) => frame.includes("/tests/")), `${frames}`);
});

Deno.test("errorPage({ source: false }) shows no line of the program", async () => {
  const app = errorPage({ source: false })(boom);
  const text = (await serveOnce(app)).chunks.join("");
  assertNotMatch(text, /^> *\d+ \| /m);
  assertStringIncludes(text, "at boom");
});

Deno.test("errorPage() escapes the request and hides its secrets", async () => {
  const evil = '"><script>alert(1)</script>\x1b]0;x\x07';
  const request: Partial<Environ> = {
    PATH_INFO: `/${evil}`,
    QUERY_STRING: evil,
    [`HTTP_${evil}`]: evil,
    HTTP_COOKIE: "session=secret",
    HTTP_AUTHORIZATION: "Basic secret",
  };
  const app = errorPage({ source: false })((environ) => {
    const cause = environ.HTTP_AUTHORIZATION;
    throw new Error(`${evil} ${environ.HTTP_COOKIE}`, { cause });
  });
  for (const HTTP_ACCEPT of [HTML, "*/*", "\n"]) {
    const asked = testEnviron({ ...request, HTTP_ACCEPT });
    const answer = (await serveOnce(app, asked)).chunks.join("");
    assertNotMatch(answer, /secret/);
    assertStringIncludes(answer, "a hidden value of 14 characters");
    // deno-lint-ignore no-control-regex -- the test searches for them
    assertNotMatch(answer, /[\x00-\x08\x0b-\x1f\x7f]/);
    if (HTTP_ACCEPT !== HTML) continue;
    assertNotMatch(answer, /<script|<img|<link|src=/);
    assertStringIncludes(answer, "&lt;script&gt;alert(1)");
  }
});

Deno.test.each<[string | undefined, string]>([
  [undefined, "text/plain"],
  ["*/*", "text/plain"],
  ["text/plain, text/html;q=0.5", "text/plain"],
  ["application/json", "text/plain"],
  ["text/html", "text/html"],
  [HTML, "text/html"],
])("errorPage() responds to Accept: %s with %s", async (accept, type) => {
  const asked = testEnviron(
    accept === undefined ? {} : { HTTP_ACCEPT: accept },
  );
  const { headers } = await serveOnce(errorPage()(boom), asked);
  assertEquals(headers.get("content-type"), `${type}; charset=utf-8`);
  assertEquals(headers.get("vary"), "Accept");
  assertEquals(headers.get("cache-control"), "no-store");
  assertMatch(headers.get("content-security-policy")!, /^default-src 'none'/);
});

Deno.test("errorPage() works over a socket, and breaks off responses that have started", async () => {
  const app: Application = async function* (
    environ,
    start,
  ): AsyncGenerator<Uint8Array, void> {
    start("200 OK", PLAIN);
    if (environ.PATH_INFO !== "/begun") boom();
    yield await Promise.resolve(toBytes("begun"));
    boom();
  };
  await using serving = serve(errorPage()(app));
  const whole = await ask(serving, get("/"));
  assertEquals([whole.head.status, whole.complete], [500, true]);
  assertMatch(whole.body, /^RangeError: Boom/);
  const head = await ask(serving, get("/").replace("GET", "HEAD"));
  assertEquals([head.head.status, head.body], [500, ""]);
  using client = await RawClient.connect(serving);
  await client.send(get("/begun"));
  const broken = await client.response();
  assertEquals([broken.head.status, broken.complete], [200, false]);
  assertEquals(serving.log.filter((line) => /Boom/.test(line)).length, 3);
});

Deno.test("errorPage() rejects an invalid option", () => {
  const make = () => errorPage({ source: 1 as unknown as boolean });
  const message = "Cannot make the error page: source must be a boolean, got 1";
  assertThrows(make, TypeError, message);
});

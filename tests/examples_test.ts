import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { app as bareServer } from "../examples/bare_server.ts";
import { app as basicAuth } from "../examples/basic_auth.ts";
import { app as conditionalGet } from "../examples/conditional_get.ts";
import { app as download } from "../examples/download.ts";
import { app as echo } from "../examples/echo.ts";
import { app as errorCatcher } from "../examples/error_catcher.ts";
import { app as events } from "../examples/events.ts";
import { app as fileServer } from "../examples/file_server.ts";
import { app as framework } from "../examples/framework.ts";
import { app as gzipped } from "../examples/gzip.ts";
import { app as hello } from "../examples/hello.ts";
import { app as helloAsync } from "../examples/hello_async.ts";
import { app as helloAsyncGenerator } from "../examples/hello_async_generator.ts";
import { app as helloClass } from "../examples/hello_class.ts";
import { app as helloGenerator } from "../examples/hello_generator.ts";
import { app as hono } from "../examples/hono.ts";
import {
  addHeader,
  app as middleware,
  upperCase,
} from "../examples/middleware.ts";
import { app as mounted } from "../examples/mounted.ts";
import { app as ownHeaders } from "../examples/own_headers.ts";
import { app as siteApp } from "../examples/site.ts";
import { app as streaming } from "../examples/streaming.ts";
import { app as upload } from "../examples/upload.ts";
import { StderrStream } from "../gateway/error_stream.ts";
import {
  type Application,
  ConformanceError,
  type FetchHandlerOptions,
  makeServer,
  setupTestingDefaults,
  toFetchHandler,
  validator,
  type WsgiServer,
} from "../mod.ts";
import {
  assertNoComplaint,
  commandOf,
  DEADLINE,
  firstLineOf,
  Program,
  withoutWarning,
} from "./example_program.ts";

const ROOT = new URL("../", import.meta.url);

const encoder = new TextEncoder();

const TEXT = "text/plain; charset=utf-8";
const HTML = "text/html; charset=utf-8";
const HELLO = "Hello world!\n";
const HASHES =
  "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969  Hello\n" +
  "711e9609339e92b03ddc0a211827dba421f38f9ed8b9d806e1ffdd8c15ffa03d  world!\n";
const COUNTDOWN = "10\n9\n8\n7\n6\n5\n4\n3\n2\n1\nLift-off!\n";

// Examples as programs ----------------------------------------------------------

async function get(url: string): Promise<string> {
  const response = await fetch(url);
  const { status, headers } = response;
  assertEquals([status, headers.get("content-type")], [
    200,
    "text/plain; charset=utf-8",
  ]);
  return await response.text();
}

Deno.test("every example is tested", async () => {
  const files: string[] = [];
  for await (const { name } of Deno.readDir(new URL("examples/", ROOT))) {
    if (name.endsWith(".ts")) files.push(name);
  }
  assertEquals(
    files.toSorted(),
    [...EXAMPLES.map(({ file }) => file), ...Object.keys(ELSEWHERE)].toSorted(),
  );
  for (const [file, test] of Object.entries(ELSEWHERE)) {
    const source = await Deno.readTextFile(new URL(test, ROOT));
    assertStringIncludes(source, `examples/${file}`);
  }
});

/** Examples that are no HTTP servers, and where they are tested. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "check_server.ts": "tests/conformance/main_test.ts",
  "scgi.ts": "tests/servers/backend_examples_test.ts",
  "uwsgi.ts": "tests/servers/backend_examples_test.ts",
};

interface Example {
  file: string;
  app: Application;
  /** The body that a GET gets. */
  page: string | RegExp;
  /** The body that a POST of "Hello" gets, where it is another one. */
  posted?: string | RegExp;
  /** The status that a GET gets, if not 200. */
  status?: number;
  /** The status that a POST gets, where it is another one. */
  postStatus?: number;
  /** The Content-Type of the page, if not that of plain text. */
  type?: string;
}

function assertPage(actual: string, expected: string | RegExp): void {
  if (typeof expected === "string") assertEquals(actual, expected);
  else assertMatch(actual, expected);
}

const EXAMPLES: Example[] = [
  { file: "hello.ts", app: hello, page: HELLO },
  { file: "hello_async.ts", app: helloAsync, page: HELLO },
  { file: "hello_generator.ts", app: helloGenerator, page: HELLO },
  {
    file: "hello_async_generator.ts",
    app: helloAsyncGenerator,
    page: HASHES,
  },
  { file: "hello_class.ts", app: helloClass, page: HELLO },
  {
    file: "echo.ts",
    app: echo,
    page: "Post something: curl -d 'Hello' http://127.0.0.1:8000/\n",
    posted: "Hello",
  },
  {
    file: "hono.ts",
    app: hono,
    page: "Try /hello/Ada and /demo.\n",
    type: "text/plain;charset=UTF-8",
    posted: "404 Not Found",
    postStatus: 404,
  },
  { file: "streaming.ts", app: streaming, page: COUNTDOWN },
  { file: "middleware.ts", app: middleware, page: HELLO.toUpperCase() },
  {
    file: "file_server.ts",
    app: fileServer,
    page: /<a href="[^"]*README\.md"/,
    type: HTML,
    posted: "405 Method Not Allowed\n",
    postStatus: 405,
  },
  { file: "bare_server.ts", app: bareServer, page: HELLO },
  {
    file: "site.ts",
    app: siteApp,
    page: /<h1>A site<\/h1>/,
    type: HTML,
    posted: "405 Method Not Allowed\n",
    postStatus: 405,
  },
  {
    file: "framework.ts",
    app: framework,
    page: "Try /mytime, /mynews/42 and /static/index.html.\n",
  },
  { file: "own_headers.ts", app: ownHeaders, page: "path /\nquery \n" },
  { file: "gzip.ts", app: gzipped, page: HELLO.repeat(100) },
  {
    file: "basic_auth.ts",
    app: basicAuth,
    page: "Who are you?\n",
    status: 401,
  },
  { file: "conditional_get.ts", app: conditionalGet, page: HELLO },
  { file: "error_catcher.ts", app: errorCatcher, page: HELLO },
  {
    file: "mounted.ts",
    app: mounted,
    page: "Try /where/am/I and /demo.\n",
  },
  {
    file: "events.ts",
    app: events,
    page: /new EventSource\("events"\)/,
    type: HTML,
  },
  {
    file: "download.ts",
    app: download,
    page: /^\/\/ deno run .* examples\/download\.ts\n/,
    type: "application/octet-stream",
  },
  {
    file: "upload.ts",
    app: upload,
    page: /<form method="post" enctype="multipart\/form-data">/,
    type: HTML,
    posted: "This is no form.\n",
    postStatus: 400,
  },
];

/** The examples that are programs, but whose answer is a test of its own. */
const APART = ["bare_server.ts", "streaming.ts"];
/** Those that look at the disk, which takes a moment. */
const READING = ["download.ts", "file_server.ts", "site.ts"];

Deno.test.each(
  EXAMPLES.filter(({ file }) => !APART.includes(file)),
)("$file answers when it is started by its first line", async (example) => {
  const { file, page, status = 200, type = TEXT } = example;
  await using program = await Program.start(await commandOf(file));
  const response = await fetch(program.url);
  assertEquals(
    [response.status, response.headers.get("content-type")],
    [status, type],
  );
  // It may name its own address.
  const body = await response.text();
  assertPage(body.replace(program.url, "http://127.0.0.1:8000/"), page);
  const head = await fetch(program.url, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [status, ""]);
  const stderr = await program.end();
  assertNoComplaint(READING.includes(file) ? withoutWarning(stderr) : stderr);
});

Deno.test("hello.ts sends a Content-Length", async () => {
  await using program = await Program.start(await commandOf("hello.ts"));
  const response = await fetch(program.url);
  assertEquals(response.headers.get("content-length"), "13");
  await response.body?.cancel();
});

Deno.test("hello_async.ts sends the hash of its page as ETag", async () => {
  await using program = await Program.start(await commandOf("hello_async.ts"));
  const response = await fetch(program.url);
  const etag = response.headers.get("etag");
  const page = await response.bytes();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", page));
  assertEquals(etag, `"${hash.toHex()}"`);
});

Deno.test("hello_class.ts closes its body once for each request", async () => {
  await using program = await Program.start(await commandOf("hello_class.ts"));
  assertEquals(await get(program.url), HELLO);
  assertEquals(await get(program.url), HELLO);
  await program.stderr.until(/^closed\n[^]*^closed\n/m);
  assertEquals((await program.end()).match(/^closed$/gm)?.length, 2);
});

Deno.test("echo.ts sends the body back while it still arrives", async () => {
  await using program = await Program.start(await commandOf("echo.ts"));
  const size = 65_536;
  const more = Promise.withResolvers<void>();
  const sent = Uint8Array.from({ length: 3 * size }, (_, index) => index * 7);
  const response = await fetch(program.url, {
    method: "POST",
    headers: { "content-type": "application/x-test" },
    body: new ReadableStream({
      async start(controller): Promise<void> {
        controller.enqueue(sent.slice(0, size));
        await more.promise;
        controller.enqueue(sent.slice(size));
        controller.close();
      },
    }),
  });
  assertEquals(response.headers.get("content-type"), "application/x-test");
  // The head has come, so the first chunk went through. Now the rest.
  more.resolve();
  assertEquals(await response.bytes(), sent);
  assertNoComplaint(await program.end());
});

Deno.test("streaming.ts is closed at once when its client leaves", async () => {
  await using program = await Program.start(await commandOf("streaming.ts"));
  const leaving = new AbortController();
  const response = await fetch(program.url, { signal: leaving.signal });
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), "10\n");
  leaving.abort();
  await reader.closed.catch(() => {});
  await program.stderr.until(/^closed\n/m);
  assertNoComplaint(await program.end());
});

Deno.test("hello.ts says what is wrong when its port is in use", async () => {
  await using first = await Program.start(await commandOf("hello.ts"));
  const { port } = new URL(first.url);
  const args = (await commandOf("hello.ts")).with(-1, port);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assertEquals([code, decoder.decode(stdout)], [1, ""]);
  assertStringIncludes(
    decoder.decode(stderr),
    `Cannot listen on 127.0.0.1:${port}: the port is in use`,
  );
});

// Examples without a network ------------------------------------------------------

/** An address of this machine that counts who calls, and answers nobody. */
class Registry implements AsyncDisposable {
  readonly url: string;
  asked = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #accepting = this.#accept();

  constructor() {
    this.url = `http://127.0.0.1:${this.#listener.addr.port}/`;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.asked++;
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
  }
}

interface Isolation {
  name: string;
  flags: string[];
}

Deno.test.each<Isolation>([
  { name: "its first line", flags: [] },
  {
    name: "all downloads forbidden",
    flags: ["--cached-only", "--no-remote", "--no-npm"],
  },
])("hello.ts asks no registry, with $name", async ({ flags }) => {
  await using registry = new Registry();
  const cache = await Deno.makeTempDir();
  try {
    const [run = "", ...rest] = await commandOf("hello.ts");
    // Nothing can be fetched without being counted: registries and proxies
    // are all the same closed door.
    const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((
      name,
    ) => [[name, registry.url], [name.toLowerCase(), registry.url]]);
    await using program = await Program.start([run, ...flags, ...rest], {
      ...Object.fromEntries(proxies),
      DENO_DIR: cache,
      DENO_NO_UPDATE_CHECK: "1",
      JSR_URL: registry.url,
      NPM_CONFIG_REGISTRY: registry.url,
      NO_PROXY: "",
      no_proxy: "",
    });
    assertEquals(await get(program.url), HELLO);
    assertNoComplaint(await program.end());
    assertEquals(registry.asked, 0);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

// Examples as modules -------------------------------------------------------------

/** An application behind validators that forgive nothing. */
interface Watched {
  app: Application;
  options: FetchHandlerOptions;
  /** What the validators have found, and what the server has logged. */
  complaints: string[];
  /** What the application has written to wsgi.errors. */
  log(): string;
  /** Asserts that nothing was found, and that nothing was left open. */
  assertClean(): void;
}

function watch(wrap: (check: typeof validator) => Application): Watched {
  const complaints: string[] = [];
  const layers: ReturnType<typeof validator>[] = [];
  let log = "";
  const app = wrap((app, options) => {
    const layer = validator(app, {
      ...options,
      profile: "paranoid",
      // To answer HEAD as GET is right: the server drops the body.
      rules: { "body/head": "off" },
      onViolation: ({ rule, message }) =>
        void complaints.push(`${rule}: ${message}`),
    });
    layers.push(layer);
    return layer;
  });
  return {
    app,
    options: {
      environ: { "wsgi.errors": new StderrStream((text) => log += text) },
      onError: (error) => void complaints.push(`logged: ${error}`),
    },
    complaints,
    log: () => log,
    assertClean(): void {
      assertEquals(complaints, []);
      for (const layer of layers) layer.assertFinished();
    },
  };
}

function ask(
  { app, options }: Watched,
  init: RequestInit = {},
): Response | Promise<Response> {
  const request = new Request("http://127.0.0.1:8000/", init);
  return toFetchHandler(app, options)(request);
}

/** Replaces the timers of the whole program, for one test. */
function replaceTimers(
  replacement: (run: () => void, original: typeof setTimeout) => unknown,
): Disposable {
  const { setTimeout } = globalThis;
  const replaced = (run: () => void): unknown => replacement(run, setTimeout);
  globalThis.setTimeout = replaced as typeof setTimeout;
  return {
    [Symbol.dispose](): void {
      globalThis.setTimeout = setTimeout;
    },
  };
}

Deno.test.each(
  EXAMPLES.flatMap((example) =>
    ["GET", "HEAD", "POST"].map((method) => ({ ...example, method }))
  ),
)("$file breaks no rule for $method", async (example) => {
  const { app, method, page, posted = page } = example;
  const { status = 200, postStatus = status } = example;
  const watched = watch((check) => check(app));
  await using server = serve(watched);
  const body = method === "POST" ? { body: "Hello" } : {};
  const pages = new Map([["GET", page], ["HEAD", ""], ["POST", posted]]);
  {
    // Nobody waits for the end of a countdown.
    using _ = replaceTimers((run, setTimeout) => setTimeout(run, 0));
    const response = await fetch(server.url, { method, ...body });
    assertEquals(response.status, method === "POST" ? postStatus : status);
    const text = await response.text();
    assertPage(
      text.replace(server.url, "http://127.0.0.1:8000/"),
      pages.get(method)!,
    );
  }
  // A body is closed after its end.
  await server.shutdown();
  watched.assertClean();
});

Deno.test("echo.ts answers a body that was cut short with 400", async () => {
  const watched = watch((check) => check(echo));
  const response = await ask(watched, {
    method: "POST",
    headers: { "content-length": "10" },
    body: "Hello",
  });
  assertEquals(response.status, 400);
  await response.body?.cancel();
  assertEquals(watched.complaints.length, 1);
  assertMatch(watched.complaints[0] ?? "", /^logged: RequestBodyError: /);
});

Deno.test("streaming.ts leaves no timer behind when its client leaves", async () => {
  const watched = watch((check) => check(streaming));
  const pausing = Promise.withResolvers<void>();
  using _ = replaceTimers((run, setTimeout) => {
    pausing.resolve();
    // If nobody clears it, the sanitizer finds it.
    return setTimeout(run, DEADLINE);
  });
  const response = await ask(watched);
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value, encoder.encode("10\n"));
  const second = reader.read();
  await pausing.promise;
  await reader.cancel();
  assertEquals((await second).done, true);
  assertEquals(watched.log(), "closed\n");
  watched.assertClean();
});

// The middleware examples -----------------------------------------------------------

/** Both middlewares around an application, with a validator in every gap. */
function wrapped(app: Application): Watched {
  return watch((check) =>
    check(
      addHeader("X-Served-By", "Deno")(
        check(upperCase(check(app, { name: "inner" })), { name: "upper" }),
      ),
      { name: "outer" },
    )
  );
}

function serve({ app, options }: Watched): WsgiServer {
  const server = makeServer("127.0.0.1", 0, app, { log: false, ...options });
  server.serveForever();
  return server;
}

const HEADERS = [["Content-Type", "text/plain"]] as const;

interface Inner {
  kind: string;
  app: Application;
}

Deno.test.each<Inner>([
  {
    kind: "an array",
    app: (_environ, startResponse) => {
      startResponse("200 OK", HEADERS);
      return [encoder.encode("ab"), encoder.encode("c")];
    },
  },
  {
    kind: "a sync generator",
    app: function* (_environ, startResponse): Generator<Uint8Array, void> {
      startResponse("200 OK", HEADERS);
      yield encoder.encode("ab");
      yield encoder.encode("c");
    },
  },
  {
    kind: "an async generator",
    app: async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      startResponse("200 OK", [...HEADERS, ["Content-Length", "3"]]);
      yield await Promise.resolve(encoder.encode("ab"));
      yield encoder.encode("c");
    },
  },
  {
    kind: "a stream",
    app: (_environ, startResponse) => {
      startResponse("200 OK", HEADERS);
      return new Blob(["ab", "c"]).stream();
    },
  },
  {
    kind: "write() and a body",
    app: (_environ, startResponse) => {
      const write = startResponse("200 OK", HEADERS);
      write(encoder.encode("ab"));
      return [encoder.encode("c")];
    },
  },
  {
    kind: "excInfo before the first chunk",
    app: (_environ, startResponse) => {
      startResponse("404 Not Found", []);
      startResponse("200 OK", HEADERS, new Error("another try"));
      return [encoder.encode("abc")];
    },
  },
])("the examples of middleware pass on $kind", async ({ app }) => {
  const watched = wrapped(app);
  await using server = serve(watched);
  const response = await fetch(server.url);
  const { status, headers } = response;
  assertEquals(
    [status, headers.get("content-type"), headers.get("x-served-by")],
    [200, "text/plain", "Deno"],
  );
  assertEquals(await response.text(), "ABC");
  await server.shutdown();
  watched.assertClean();
});

Deno.test("upperCase() yields one chunk for each chunk, empty ones too", async () => {
  const yielded: number[] = [];
  const body = await upperCase(function* (): Generator<Uint8Array, void> {
    for (const text of ["a", "", "bc"]) {
      yielded.push(text.length);
      yield encoder.encode(text);
    }
  })(setupTestingDefaults({}), () => () => Promise.resolve());
  assertEquals(yielded, []);
  const got: number[] = [];
  for await (const chunk of body) {
    got.push(chunk.length);
    assertEquals(yielded, got);
  }
  assertEquals(got, [1, 0, 2]);
});

Deno.test("upperCase() passes on the throw of a late excInfo", async () => {
  const late = new Error("too late");
  let caught: unknown;
  const watched = wrapped(function* (
    _environ,
    startResponse,
  ): Generator<Uint8Array, void> {
    startResponse("200 OK", HEADERS);
    yield encoder.encode("a");
    try {
      startResponse("500 Internal Server Error", HEADERS, late);
    } catch (error) {
      caught = error;
      throw error;
    }
  });
  const response = await ask(watched);
  await assertRejects(() => response.text());
  assertStrictEquals(caught, late);
  assertEquals(watched.complaints, ["logged: Error: too late"]);
});

/**
 * A body that tells what is done to it, and whose second chunk never comes. No
 * validator goes around it, which would end the iterator by itself.
 */
class Recording {
  readonly calls: string[] = [];
  readonly #waiting = Promise.withResolvers<void>();
  /** Fulfilled when the second chunk is awaited. */
  readonly waiting: Promise<void> = this.#waiting.promise;

  readonly app: Application = (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => this.#next(),
        return: () => {
          this.calls.push("return");
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
      close: () => void this.calls.push("close"),
    };
  };

  #next(): Promise<IteratorResult<Uint8Array, void>> {
    this.calls.push("next");
    if (this.calls.length === 1) {
      return Promise.resolve({ value: encoder.encode("a") });
    }
    this.#waiting.resolve();
    return Promise.withResolvers<never>().promise;
  }
}

Deno.test("upperCase() passes on return() and close() while a chunk is awaited", async () => {
  const recording = new Recording();
  const watched = watch((check) => check(upperCase(recording.app)));
  const response = await ask(watched);
  const reader = response.body!.getReader();
  assertEquals((await reader.read()).value, encoder.encode("A"));
  const second = reader.read();
  await recording.waiting;
  await reader.cancel();
  assertEquals((await second).done, true);
  assertEquals(recording.calls, ["next", "next", "return", "close"]);
  watched.assertClean();
});

Deno.test("upperCase() passes on return() and close() of a body that was never begun", async () => {
  const recording = new Recording();
  const watched = watch((check) => check(upperCase(recording.app)));
  const response = await ask(watched, { method: "HEAD" });
  assertEquals(await response.text(), "");
  assertEquals(recording.calls, ["return", "close"]);
  watched.assertClean();
});

// The pages ---------------------------------------------------------------------

async function gallery(): Promise<string> {
  return await Deno.readTextFile(new URL("docs/examples.md", ROOT));
}

Deno.test("docs/examples.md names every example by its first line", async () => {
  const page = await gallery();
  for (const { file } of EXAMPLES) {
    assertStringIncludes(page, `\n${await firstLineOf(file)}\n`);
  }
  for (const file of Object.keys(ELSEWHERE)) {
    assertStringIncludes(page, file);
  }
});

Deno.test("docs/examples.md names no line that is not at the top of its file", async () => {
  const lines = (await gallery()).match(/^(?:[A-Z_]+=\S+ )*deno .*$/gm) ?? [];
  assert(lines.length > EXAMPLES.length);
  for (const line of lines) {
    const [file] = /examples\/\S+\.ts/.exec(line) ?? [""];
    const source = await Deno.readTextFile(new URL(file, ROOT));
    const [top = ""] = source.split("\nimport ");
    assertStringIncludes(top, line);
  }
});

async function readme(): Promise<string> {
  return await Deno.readTextFile(new URL("README.md", ROOT));
}

Deno.test.each([
  { mistake: "a number as status", status: 200, body: [] },
  { mistake: "a string as body", status: "200 OK", body: HELLO },
])("README.md shows what the validator says to $mistake", async (row) => {
  // The compiler would find both.
  const app = (_environ: unknown, startResponse: CallableFunction): unknown => {
    startResponse(row.status, HEADERS);
    return row.body;
  };
  const checked = validator(app as unknown as Application);
  const { message, violation } = assertThrows(
    () => checked(setupTestingDefaults({}), () => () => Promise.resolve()),
    ConformanceError,
  );
  const page = await readme();
  assertStringIncludes(page, `${message.split("\n")[0]}\n`);
  assertStringIncludes(page, `hint: ${violation.hint}\n`);
  assertMatch(page, new RegExp(`see:  file:///.*/${violation.spec}\n`));
});

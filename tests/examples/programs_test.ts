// The examples as programs, and the pages that show them.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { flask } from "../../tools/matrix/frameworks.ts";
import {
  ConformanceError,
  setupTestingDefaults,
  validator,
} from "../../mod.ts";
import { Program } from "../program.ts";
import { never } from "../server/serving.ts";
import { Tree } from "../static_files/static_tree.ts";
import { missingTool, runTool, testsWith } from "../tool.ts";
import { ELSEWHERE, EXAMPLES, getPage, HELLO } from "./list.ts";
import { commandOf, Example, firstLineOf, readGallery } from "./program.ts";

const ROOT = new URL("../../", import.meta.url);
const GALLERY = await readGallery();

Deno.test("every example is tested, and docs/examples.md names it by its first line", async () => {
  for (const [file, test] of Object.entries(ELSEWHERE)) {
    const source = await Deno.readTextFile(new URL(test, ROOT));
    assertStringIncludes(source, `examples/${file}`);
    assertStringIncludes(GALLERY, file);
  }
  for (const { file } of EXAMPLES) {
    assertStringIncludes(GALLERY, `\n${await firstLineOf(file)}\n`);
  }
});

Deno.test("docs/examples.md names no line that is not at the top of its file", async () => {
  const lines = GALLERY.match(/^(?:[A-Z_]+=\S+ )*deno .*$/gm) ?? [];
  assert(lines.length > EXAMPLES.length);
  for (const line of lines) {
    const [file] = /examples\/\S+\.ts/.exec(line) ?? [""];
    const source = await Deno.readTextFile(new URL(file, ROOT));
    assertStringIncludes(source.split("\nimport ")[0]!, line);
  }
});

Deno.test.each([
  ["a number as status", 200, []],
  ["a string as body", "200 OK", HELLO],
])("docs/validator.md shows the message for %s", async (_, ...row) => {
  const [status, body] = row;
  // The type checker would find both.
  const app = (_environ: unknown, startResponse: CallableFunction) => {
    startResponse(status, [["Content-Type", "text/plain"]]);
    return body as [];
  };
  const call = () => validator(app)(setupTestingDefaults({}), () => never);
  const { message, violation } = assertThrows(call, ConformanceError);
  const page = await Deno.readTextFile(new URL("docs/validator.md", ROOT));
  assertStringIncludes(page, `${message.split("\n")[0]}\n`);
  assertStringIncludes(page, `hint: ${violation.hint}\n`);
});

// The page and the commands that the pages show -----------------------------------

const ADDRESS = "http://127.0.0.1:8000/";
const missingCurl = await missingTool("curl");

/** Lists the commands that the pages show for an example, and their output. */
function shown(file: string): { command: string; output: string }[] {
  const section = GALLERY.split(/^### /m).find((one) =>
    one.startsWith(`${file}\n`)
  );
  const blocks = section?.matchAll(/^```console\n\$ (.*)\n([^]*?)^```$/gm) ??
    [];
  return [...blocks].map(([, command = "", output = ""]) => ({
    command,
    output,
  })).filter(({ output }) => !output.includes("…\n"));
}

/** Removes everything that differs each time. */
function withoutTimes(text: string): string {
  return text.replaceAll("\r", "")
    .replace(/^([Dd]ate|Last-Modified): .*$/gm, "$1: …")
    .replace(/^(ETag: "[0-9a-f]+-).*$/gm, "$1…")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…")
    .trim();
}

/** Converts an output to a pattern, in which an ellipsis matches a time. */
function patternOf(text: string): RegExp {
  const parts = withoutTimes(text).split("…").map(RegExp.escape);
  return new RegExp(`^${parts.join("[^]*")}$`);
}

/** Pages that the documentation does not show. */
const PAGES: Readonly<Record<string, RegExp>> = {
  "conditional_get.ts": /^Hello world!\n$/,
  "download.ts": /^\/\/ deno run .* examples\/download\.ts\n/,
  "echo.ts": /^Post something: curl -d 'Hello' http:\/\/127\.0\.0\.1:\d+\/\n$/,
  "error_catcher.ts": /^Hello world!\n$/,
  "events.ts": /new EventSource\("events"\)/,
  "file_server.ts": /<a href="[^"]*README\.md"/,
  "framework.ts": /^Try \/mytime, \/mynews\/42 and \/static\/index\.html\.\n$/,
  "gzip.ts": /^(?:Hello world!\n){100}$/,
  "guestbook.ts": /<h1>Guest book<\/h1>/,
  "hono.ts": /^Try \/hello\/Ada and \/demo\.\n$/,
  "mounted.ts": /^Try \/where\/am\/I and \/demo\.\n$/,
  "own_headers.ts": /^path \/\nquery \n$/,
  "site.ts": /<h1>A site<\/h1>/,
  "upload.ts": /<form method="post" enctype="multipart\/form-data">/,
};

/** Examples that end by themselves, or whose page takes ten seconds. */
const APART = ["bare_server.ts", "streaming.ts"];

Deno.test.each(EXAMPLES)(
  `$file answers as the pages show when it is started with its first line${missingCurl}`,
  async ({ file }) => {
    const asks = missingCurl === "" ? shown(file) : [];
    if (file === "bare_server.ts") return;
    await using program = await Example.start(file);
    if (!APART.includes(file)) {
      const response = await fetch(program.url);
      const { status, headers } = response;
      const type = headers.get("content-type") ?? "";
      const page = await response.text();
      assertMatch(page, PAGES[file] ?? /\n$/);
      const text =
        /^(?:text\/plain; ?charset=utf-8|application\/octet-stream)$/i;
      const html = /^text\/html; charset=utf-8$/;
      assertMatch(type, page.startsWith("<") ? html : text);
      const head = await fetch(program.url, { method: "HEAD" });
      assertEquals([head.status, await head.text()], [status, ""]);
      assertEquals(status, file === "basic_auth.ts" ? 401 : 200);
    }
    for (const { command, output } of asks) {
      const typed = command.replace(ADDRESS, program.url);
      const { stdout, stderr } = await runTool("sh", ["-c", typed]);
      const failure = /^curl: .*\n/m.exec(output)?.[0] ?? "";
      const got = withoutTimes(stdout).replaceAll(program.url, ADDRESS);
      assertMatch(got, patternOf(output.replace(failure, "")));
      assertStringIncludes(stderr, failure);
    }
    // This example prints errors on purpose.
    if (file !== "error_catcher.ts") await program.assertQuiet();
  },
);

Deno.test("docs/examples.md shows the responses of twenty servers", () => {
  const count = EXAMPLES.filter(({ file }) => shown(file).length > 0).length;
  assert(count >= 20, `there are ${count}`);
});

// Single examples ----------------------------------------------------------------

Deno.test("bare_server.ts prints status, headers and page, and exits", async () => {
  await using program = new Program(...await commandOf("bare_server.ts"));
  const stdout =
    "HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n\r\nHello world!\n";
  assertEquals(await program.outcome(), { code: 0, stdout, stderr: "" });
});

Deno.test("hello_class.ts closes its body once for each request", async () => {
  await using program = await Example.start("hello_class.ts");
  assertEquals(await getPage(program.url), HELLO);
  assertEquals(await getPage(program.url), HELLO);
  await program.stderr.until(/^closed\n[^]*^closed\n/m);
  assertEquals((await program.end()).match(/^closed$/gm)?.length, 2);
});

Deno.test("echo.ts sends the body back while it still arrives", async () => {
  await using program = await Example.start("echo.ts");
  const size = 65_536;
  const more = Promise.withResolvers<void>();
  const sent = Uint8Array.from({ length: 3 * size }, (_, index) => index * 7);
  async function* pieces(): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    yield sent.slice(0, size);
    await more.promise;
    yield sent.slice(size);
  }
  const response = await fetch(program.url, {
    method: "POST",
    headers: { "content-type": "application/x-test" },
    body: ReadableStream.from(pieces()),
  });
  assertEquals(response.headers.get("content-type"), "application/x-test");
  // The head has arrived, so the first chunk was passed on.
  more.resolve();
  assertEquals(await response.bytes(), sent);
  await program.assertQuiet();
});

/** Reads the first chunk of a response, and leaves. */
async function readFirst(url: string, headers = {}): Promise<string> {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal });
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  leaving.abort();
  await reader.closed.catch(() => {});
  return new TextDecoder().decode(value);
}

Deno.test("streaming.ts is closed immediately when its client leaves", async () => {
  await using program = await Example.start("streaming.ts");
  assertEquals(await readFirst(program.url), "10\n");
  await program.stderr.until(/^closed\n/m);
  await program.assertQuiet();
});

Deno.test.each([["", 1], ["41", 42], ["4x", 1]])(
  "events.ts sends an event immediately: after Last-Event-ID %j, event %d",
  async (last, first) => {
    await using program = await Example.start("events.ts");
    const headers = last === "" ? {} : { "Last-Event-ID": last };
    const event = await readFirst(`${program.url}events`, headers);
    assertEquals(event, `id: ${first}\ndata: ${first}\n\n`);
    // The line in the log says that the request is over.
    const line = /^.* "GET \/events HTTP\/1\.1" .*\n/m;
    assertMatch(await program.stderr.until(line), line);
    await program.assertQuiet();
  },
);

const HASH = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969";

Deno.test("upload.ts shows name, size and hash of every file, up to ten megabytes", async () => {
  await using program = await Example.start("upload.ts");
  const post = async (...files: File[]): Promise<[number, string]> => {
    const body = new FormData();
    for (const file of files) body.append("file", file);
    const response = await fetch(program.url, { method: "POST", body });
    return [response.status, await response.text()];
  };
  const names = ["a.txt", "../../é.txt"];
  const files = names.map((name) => new File(["Hello"], name));
  assertEquals(await post(...files), [
    200,
    names.map((name) => `"${name}": 5 bytes, ${HASH}\n`).join(""),
  ]);
  const large = new File([new Uint8Array(10_000_001)], "large");
  assertEquals((await post(large))[0], 413);
  assertEquals((await post(...files))[0], 200);
});

Deno.test.each([
  ["its first line", ""],
  ["all downloads forbidden", "--cached-only --no-remote --no-npm"],
])("hello.ts contacts no registry, with %s", async (_, flags) => {
  let asked = 0;
  await using registry = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
  }, () => new Response(null, { status: 500 + 0 * asked++ }));
  const url = `http://127.0.0.1:${registry.addr.port}/`;
  await using cache = await Tree.make({});
  const [run = "", ...rest] = await commandOf("hello.ts");
  // Nothing can be fetched without being counted: registries and proxies
  // all have this address.
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
    .flatMap((name) => [[name, url], [name.toLowerCase(), url]]);
  const options = flags.split(" ").filter((flag) => flag !== "");
  await using program = await Example.run(run, ...options, ...rest, {
    ...Object.fromEntries(proxies),
    ...{ DENO_DIR: cache.root, DENO_NO_UPDATE_CHECK: "1", NO_PROXY: "" },
    ...{ JSR_URL: url, NPM_CONFIG_REGISTRY: url, no_proxy: "" },
  });
  assertEquals(await getPage(program.url), HELLO);
  await program.assertQuiet();
  assertEquals(asked, 0);
});

const missing = await flask.missing();
const testFlask = testsWith(missing === undefined ? "" : ` (${missing})`);

testFlask("serve.ts serves an application of a Python file", async () => {
  const args = await commandOf("python/serve.ts");
  args.splice(-1, 0, "examples/python/flask_app.py:flask_app");
  await using program = await Example.run(...args);
  const response = await fetch(new URL("hello/Zo%C3%AB", program.url));
  assertEquals(await response.text(), "Hello Zoë!\n");
  await program.assertQuiet();
});

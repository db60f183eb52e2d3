import { existsSync } from "node:fs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { assertMatch, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path";
import { staticFiles } from "../../static_files/static_files.ts";
import { statusOfFileError } from "../../static_files/path.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { testsWith } from "../tool.ts";
import { statusesOf, Tree } from "./static_tree.ts";

Deno.test("staticFiles() sends a file with its type, length, date and tag", async () => {
  await using tree = await Tree.make({ "a.txt": "hello" });
  const response = await tree.client().get("/a.txt");
  assertEquals([response.statusLine, response.text()], ["200 OK", "hello"]);
  assertMatch(response.header("ETag") ?? "", /^"5-[^"]+"$/);
  assertEquals(response.headers.filter(([name]) => name !== "ETag"), [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", "5"],
    ["Last-Modified", "Mon, 06 May 2024 07:08:09 GMT"],
    ["Accept-Ranges", "bytes"],
  ]);
  assert(response.closed);
});

Deno.test.each<readonly [unknown, object, string]>([
  ...["", null, 7, new URL("http://localhost/")].map((root) =>
    [root, {}, "root must be the path or file URL of a folder"] as const
  ),
  ...["utf 8", "", "a\r\nb", true, null].map((charset) =>
    [".", { charset }, "charset must be a name"] as const
  ),
])("staticFiles() rejects the root %j with %j", (root, options, message) => {
  const make = () => staticFiles(root as string, options);
  assertThrows(make, TypeError, message);
});

Deno.test("staticFiles() accepts a file URL, notices changes, and responds with 404 without its root", async () => {
  const tree = await Tree.make({});
  const client = new TestClient(staticFiles(toFileUrl(tree.root)));
  assertEquals((await client.get("/a")).status, 404);
  await Deno.writeTextFile(`${tree.root}/a`, "new");
  assertEquals((await client.get("/a")).text(), "new");
  await tree[Symbol.asyncDispose]();
  assertEquals(await statusesOf(client, ["/", "/a"]), [404, 404]);
});

/** Names, the type, and the encoding or `-`. */
const TYPES = `
  a.css        text/css; charset=utf-8       -
  b.json       application/json              -
  c.unknown    application/octet-stream      -
  d            application/octet-stream      -
  f.constructor  application/octet-stream    -
  g.md         text/markdown; charset=utf-8  -
  h.yaml       text/yaml; charset=utf-8      -
  README.pdf   application/pdf               -
  news.db      application/octet-stream      -
  e.JPG        image/jpeg                    -
  now.html     text/html; charset=utf-8      -
  a.svgz       image/svg+xml                 gzip
  a.SVGZ       image/svg+xml                 gzip
  a.tar.gz     application/gzip              -
  a.tgz        application/gzip              -
  a.svg.gz     application/gzip              -
  a.html.gz    application/gzip              -
  a.tar        application/x-tar             -
  a.js.br      application/octet-stream      -
  a.tar.zst    application/zstd              -
  a.tar.bz2    application/x-bzip2           -
  a.tar.xz     application/x-xz              -
  a.tbz        application/x-bzip2           -
  a.tbz2       application/x-bzip2           -
  a.txz        application/x-xz              -
  a.Z          application/x-compress        -`;

// A saved file must match its name, so few are encoded.
Deno.test.each(
  TYPES.trim().split("\n").map((row) => row.trim().split(/ {2,}/)),
)("staticFiles() sends %s as %s, encoded: %s", async (name, type, encoding) => {
  // The name of the link counts, not that of its target.
  await using tree = await Tree.make({ [name!]: { link: "v1" }, "v1": "{}" });
  const headers = { Range: "bytes=0-1" };
  for (const method of ["GET", "HEAD"]) {
    const client = tree.client();
    const response = await client.request(method, `/${name}`, { headers });
    assertEquals(response.header("Content-Type"), type);
    assertEquals(response.header("Content-Encoding") ?? "-", encoding);
  }
});

// Files to read in a browser, and names without an extension.
const READ_AS_TEXT =
  "a.ts a.mts a.cts a.d.ts a.tsx a.py a.pyi a.rs a.go a.toml a.ini a.sh a.sql " +
  "a.rb a.php a.pl a.dart a.bat a.tex a.lock a.diff a.TS LICENSE LICENSE-MIT " +
  "LICENSE-APACHE-2.0 licence COPYING README readme NOTICE CHANGELOG AUTHORS " +
  "Makefile GNUmakefile Dockerfile Gemfile Procfile .env .gitignore .npmrc " +
  ".env.local .editorconfig .htaccess .bashrc";

Deno.test("staticFiles() sends source code and notes as text/plain", async () => {
  const names = READ_AS_TEXT.split(" ");
  await using tree = await Tree.make(
    Object.fromEntries(names.map((name) => [name, ""])),
  );
  const client = tree.client({ dotFiles: true });
  for (const name of names) {
    const type = (await client.get(`/${name}`)).header("Content-Type");
    assertEquals(type, "text/plain; charset=utf-8", name);
  }
});

Deno.test("staticFiles() declares the given charset, or none", async () => {
  // "中文" in GBK.
  const page = new Uint8Array([0xd6, 0xd0, 0xce, 0xc4]);
  await using tree = await Tree.make({ "a.html": page });
  const none = await tree.client({ charset: false }).get("/a.html");
  assertEquals(none.header("Content-Type"), "text/html");
  assertEquals(none.bytes, page);
  const gbk = await tree.client({ charset: "gbk" }).get("/a.html");
  assertEquals(gbk.header("Content-Type"), "text/html; charset=gbk");
  assertEquals(gbk.text(), "中文");
});

Deno.test("staticFiles() responds to HEAD like GET, without opening the file", async () => {
  await using tree = await Tree.make({ "a.txt": "hello", "b/c": "" });
  const { open } = Deno;
  const opened: string[] = [];
  try {
    for (const target of ["/a.txt", "/b/", "/b", "/none"]) {
      const get = await tree.client().get(target);
      Deno.open = (path) => (opened.push(`${path}`), open(path));
      const head = await tree.client().head(target);
      Deno.open = open;
      assertEquals(head.statusLine, get.statusLine);
      assertEquals([head.headers, head.chunks], [get.headers, []]);
    }
  } finally {
    Deno.open = open;
  }
  assertEquals(opened, []);
});

Deno.test("staticFiles() sends an empty file, and answers other methods with 405", async () => {
  await using tree = await Tree.make({ "a.txt": "" });
  const response = await tree.client().get("/a.txt");
  assertEquals([response.status, response.bytes.length], [200, 0]);
  assertEquals(response.header("Content-Length"), "0");
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
    const refused = await tree.client().request(method, "/a.txt");
    const allow = refused.header("Allow");
    assertEquals([refused.status, allow], [405, "GET, HEAD"]);
  }
});

Deno.test("staticFiles() serves names in any script and with any punctuation", async () => {
  const names = [
    ..."日本語.txt|Привет мир|עברית|🦕|e\u0301|\ufffd|\ufeff".split("|"),
    ...["a\nb", "\x01\x7f", "100%", "%41", "a?b#c", "~root", "a;b=c", `"<&'>`],
    "x".repeat(255),
  ];
  await using tree = await Tree.make(
    Object.fromEntries(names.map((name) => [name, `content of ${name}`])),
  );
  const page = (await tree.client().get("/")).text();
  for (const name of names) {
    const href = `/${encodeURIComponent(name)}`;
    const response = await tree.client().get(href);
    assertEquals(response.text(), `content of ${name}`);
    assertStringIncludes(page, `href=".${href.replaceAll("'", "&#39;")}"`);
  }
});

Deno.test("staticFiles() responds with 404 to names that are too long", async () => {
  await using tree = await Tree.make({});
  const names = ["x".repeat(256), "x".repeat(8_000), "x/".repeat(3000)];
  const targets = names.map((name) => `/${name}`);
  assertEquals(await statusesOf(tree.client(), targets), [404, 404, 404]);
});

Deno.test.each([
  [new Deno.errors.PermissionDenied(), 403],
  [new Deno.errors.NotCapable(), 403],
  [new Deno.errors.NotFound(), 404],
  [new Deno.errors.NotADirectory(), 404],
  [Object.assign(new Error(), { code: "ENAMETOOLONG" }), 404],
  [Object.assign(new Error(), { code: "EMFILE" }), undefined],
  [new TypeError(), undefined],
  [null, undefined],
])("statusOfFileError(%s) is %s", (error, status) => {
  assertEquals(statusOfFileError(error), status);
});

/** Files whose size is wrong, and whether they are small. */
const UNSIZED = {
  "/proc/version": true,
  "/sys/kernel/mm/transparent_hugepage/enabled": true,
  "/proc/kallsyms": false,
};

for (const [file, isSmall] of Object.entries(UNSIZED)) {
  const test = testsWith(existsSync(file) ? "" : " (it is missing)");
  test(`staticFiles() sends ${file}, whose size is wrong`, async () => {
    const bytes = await Deno.readFile(file);
    const [, root = "", path = ""] = file.split(/(^\/\w+)/);
    const client = new TestClient(staticFiles(root));
    const length = isSmall ? String(bytes.length) : undefined;
    const whole = await client.get(path);
    const part = await client.get(path, { headers: { Range: "bytes=1-2" } });
    assertEquals(whole.bytes, bytes);
    assertEquals(part.bytes, isSmall ? bytes.subarray(1, 3) : bytes);
    for (const response of [whole, await client.head(path)]) {
      assertEquals(response.header("Content-Length"), length);
    }
  });
}

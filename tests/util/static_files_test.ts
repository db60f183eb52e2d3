import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { toFileUrl } from "@std/path";
import { staticFiles } from "../../util/static_files.ts";
import { statusOfFileError } from "../../util/static_path.ts";
import { TestClient } from "../../util/test_client.ts";
import { STRICT, Tree } from "./static_tree.ts";

Deno.test("staticFiles() sends a file with its type, length, date and tag", async () => {
  await using tree = await Tree.make({ "a.txt": "hello" });
  const response = await tree.client().get("/a.txt");
  assertEquals(response.statusLine, "200 OK");
  assertEquals(response.text(), "hello");
  assertEquals(response.header("Content-Type"), "text/plain; charset=utf-8");
  assertEquals(response.header("Content-Length"), "5");
  assertEquals(
    response.header("Last-Modified"),
    "Mon, 06 May 2024 07:08:09 GMT",
  );
  assertMatch(response.header("ETag") ?? "", /^"5-[^"]+"$/);
  assertEquals(response.header("Accept-Ranges"), "bytes");
  assertEquals(response.violations, []);
  assert(response.closed);
});

Deno.test("staticFiles() takes a file URL for its root", async () => {
  await using tree = await Tree.make({ "a.txt": "hello" });
  const client = new TestClient(staticFiles(toFileUrl(tree.root)));
  assertEquals((await client.get("/a.txt")).text(), "hello");
});

Deno.test.each([[""], [null], [7], [new URL("http://localhost/")]])(
  "staticFiles() refuses the root %j",
  (root) => {
    assertThrows(
      () => staticFiles(root as string),
      TypeError,
      "root must be the path or file URL of a folder",
    );
  },
);

Deno.test.each([["utf 8"], [""], ["a\r\nb"], [true], [null]])(
  "staticFiles() refuses the charset %j",
  (charset) => {
    assertThrows(
      () => staticFiles(".", { charset: charset as string }),
      TypeError,
      "charset must be a name",
    );
  },
);

Deno.test("staticFiles() answers 404 to everything where its root is missing", async () => {
  await using tree = await Tree.make({});
  const client = new TestClient(staticFiles(`${tree.base}/gone`));
  assertEquals((await client.get("/")).status, 404);
  assertEquals((await client.get("/a")).status, 404);
});

Deno.test("staticFiles() sees what changes in its folder", async () => {
  await using tree = await Tree.make({});
  const client = tree.client();
  assertEquals((await client.get("/a")).status, 404);
  await Deno.writeTextFile(`${tree.root}/a`, "new");
  assertEquals((await client.get("/a")).text(), "new");
});

Deno.test("staticFiles() gives the type of the name that was asked for", async () => {
  await using tree = await Tree.make({
    "a.css": "",
    "b.json": "{}",
    "c.unknown": "",
    "d": "",
    "e.JPG": "",
    "now.html": { link: "v1" },
    "v1": "<title>v1</title>",
  });
  const types: string[] = [];
  for (
    const name of ["a.css", "b.json", "c.unknown", "d", "e.JPG", "now.html"]
  ) {
    const response = await tree.client().get(`/${name}`);
    types.push(response.header("Content-Type") ?? "");
  }
  assertEquals(types, [
    "text/css; charset=utf-8",
    "application/json",
    "application/octet-stream",
    "application/octet-stream",
    "image/jpeg",
    "text/html; charset=utf-8",
  ]);
});

Deno.test("staticFiles() declares the charset it is told, or none", async () => {
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

Deno.test("staticFiles() answers HEAD as GET, without opening the file", async () => {
  await using tree = await Tree.make({ "a.txt": "hello", "b/c": "" });
  const { open } = Deno;
  for (const target of ["/a.txt", "/b/", "/b", "/none"]) {
    let opened = 0;
    Deno.open = (...args) => (opened++, open(...args));
    try {
      const get = await tree.client().get(target);
      assertEquals(opened, target === "/a.txt" ? 1 : 0);
      opened = 0;
      const head = await tree.client().head(target);
      assertEquals(head.statusLine, get.statusLine);
      assertEquals(head.headers, get.headers);
      assertEquals(head.chunks, []);
    } finally {
      Deno.open = open;
    }
    assertEquals(opened, 0);
  }
});

Deno.test("staticFiles() sends an empty file", async () => {
  await using tree = await Tree.make({ "a.txt": "" });
  const response = await tree.client().get("/a.txt");
  assertEquals([response.status, response.bytes.length], [200, 0]);
  assertEquals(response.header("Content-Length"), "0");
});

Deno.test("staticFiles() refuses other methods with 405 and Allow", async () => {
  await using tree = await Tree.make({ "a.txt": "hello" });
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
    const response = await tree.client().request(method, "/a.txt");
    assertEquals(response.status, 405);
    assertEquals(response.header("Allow"), "GET, HEAD");
  }
});

Deno.test("staticFiles() sends index.html for a folder", async () => {
  await using tree = await Tree.make({
    "index.html": "top",
    "a/index.html": "a",
    "b/index.html/c": "c",
  });
  assertEquals((await tree.client().get("/")).text(), "top");
  assertEquals((await tree.client().get("/a/")).text(), "a");
  // A folder with this name is none.
  assertStringIncludes((await tree.client().get("/b/")).text(), "index.html/");
});

Deno.test("staticFiles() sends who asks for a folder to its slash", async () => {
  await using tree = await Tree.make({ "a/b é:c/d": "" });
  const at = async (target: string): Promise<string | undefined> => {
    const response = await tree.client().get(target);
    assertEquals(response.status, 301);
    return response.header("Location");
  };
  assertEquals(await at("/a"), "./a/");
  assertEquals(await at("/a/b%20%C3%A9:c"), "./b%20%C3%A9%3Ac/");
  assertEquals(await at("/a?x=1&y=/%22"), "./a/?x=1&y=/%22");
  const followed = await tree.client().get("/a/b%20%C3%A9:c", {
    followRedirects: true,
  });
  assertEquals(followed.url, "http://localhost/a/b%20%C3%A9%3Ac/");
  assertEquals(followed.status, 200);
});

Deno.test("staticFiles() sends who asks for a mounted root to its slash", async () => {
  await using tree = await Tree.make({ "a": "" });
  const environ = { SCRIPT_NAME: "/files", PATH_INFO: "" };
  const response = await tree.client().get("/files", { environ });
  assertEquals(response.header("Location"), "./files/");
  // Without a mount there is nothing to add it to.
  const root = { SCRIPT_NAME: "", PATH_INFO: "" };
  const app = new TestClient(staticFiles(tree.root), { validate: false });
  assertEquals((await app.get("/", { environ: root })).status, 200);
});

Deno.test("staticFiles() does not find a file with a slash after its name", async () => {
  await using tree = await Tree.make({ "a.txt": "hello" });
  assertEquals((await tree.client().get("/a.txt/")).status, 404);
  assertEquals((await tree.client().get("/a.txt/b")).status, 404);
});

Deno.test("staticFiles() serves names in any script and with any sign", async () => {
  const names = [
    "日本語.txt",
    "Привет мир",
    "עברית",
    "🦕",
    "e\u0301",
    "\ufffd",
    "\ufeff",
    "a\nb",
    "\x01\x7f",
    "100%",
    "%41",
    "a?b#c",
    "~root",
    "a;b=c",
    `"<&'>`,
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

Deno.test("staticFiles() answers 404 to names that are too long", async () => {
  await using tree = await Tree.make({});
  for (const name of ["x".repeat(256), "x".repeat(10_000), "x/".repeat(3000)]) {
    assertEquals((await tree.client().get(`/${name}`)).status, 404);
  }
});

Deno.test("staticFiles() lists a folder, folders first, in order", async () => {
  await using tree = await Tree.make({
    "file10": "x".repeat(1234),
    "file9": "123",
    "zoo/x": "",
    ".hidden": "",
    "gone": { link: "nowhere" },
    "back\\slash": "",
  });
  const response = await tree.client().get("/");
  assertEquals(response.header("Content-Type"), "text/html; charset=utf-8");
  const links = [...response.text().matchAll(/href="([^"]*)"/g)].map((m) =>
    m[1]
  );
  assertEquals(links, ["./zoo/", "./file9", "./file10"]);
  assertStringIncludes(response.text(), "<td>1.2 kB</td>");
  assertStringIncludes(response.text(), "<td>3 B</td>");
  assertStringIncludes(response.text(), ">2024-05-06 07:08</time>");
  assertStringIncludes(response.text(), "color-scheme: light dark");
  assertFalse(response.text().includes("http:"));
  const below = (await tree.client().get("/zoo/")).text();
  assertStringIncludes(below, 'href="../"');
  assertStringIncludes(below, "<title>/zoo/</title>");
});

Deno.test("staticFiles() escapes what it lists", async () => {
  const name = `<script>alert("1")<\u2028&amp;\n`;
  await using tree = await Tree.make({ [`${name}dir`]: "", "a/<b>/c": "" });
  const page = (await tree.client().get("/")).text();
  assertFalse(page.includes("<script>"));
  assertStringIncludes(page, "&amp;amp;\u240a");
  const below = (await tree.client().get("/a/%3Cb%3E/")).text();
  assertStringIncludes(below, "<title>/a/&lt;b&gt;/</title>");
  assertFalse(below.includes("<b>"));
});

Deno.test("staticFiles() lists nothing when it is told so", async () => {
  await using tree = await Tree.make({ "a": "", "b/index.html": "b" });
  const client = tree.client({ listing: false });
  assertEquals((await client.get("/")).status, 404);
  assertEquals((await client.get("/b/")).status, 200);
});

Deno.test("staticFiles() serves dot files only when it is told so", async () => {
  await using tree = await Tree.make({
    ".env": "secret",
    ".git/config": "secret",
    "link": { link: ".env" },
  });
  for (
    const target of ["/.env", "/.git/config", "/.git/", "/%2eenv", "/link"]
  ) {
    assertEquals((await tree.client().get(target)).status, 404);
    const served = await tree.client({ dotFiles: true }).get(target);
    assertEquals(served.status, 200);
  }
  for (const target of ["/.", "/..", "/.git/..", "/.git/."]) {
    const response = await tree.client({ dotFiles: true }).get(target);
    assertEquals(response.status, 404);
  }
});

Deno.test("staticFiles() does not open a pipe", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using tree = await Tree.make({});
  const { success } = await new Deno.Command("mkfifo", {
    args: [`${tree.root}/pipe`],
  }).output();
  assert(success);
  assertEquals((await tree.client().get("/pipe")).status, 404);
});

/** Whether permissions mean nothing to this process, as to root. */
async function readsAll(): Promise<boolean> {
  await using tree = await Tree.make({ "a": "" });
  await Deno.chmod(`${tree.root}/a`, 0);
  try {
    await Deno.readFile(`${tree.root}/a`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

const isRoot = Deno.build.os === "windows" || await readsAll();

Deno.test({
  name: `staticFiles() answers 403 to what it may not read${
    isRoot ? " (ignore: root may read everything)" : ""
  }`,
  ignore: isRoot,
  fn: async () => {
    await using tree = await Tree.make({ "a": "", "b/c": "" });
    await Deno.chmod(`${tree.root}/a`, 0);
    await Deno.chmod(`${tree.root}/b`, 0);
    try {
      assertEquals((await tree.client().get("/a")).status, 403);
      assertEquals((await tree.client().get("/b/")).status, 403);
      assertEquals((await tree.client().get("/b/c")).status, 403);
    } finally {
      await Deno.chmod(`${tree.root}/b`, 0o700);
    }
  },
});

Deno.test(
  "staticFiles() answers 403 to what the program may not read, and logs why",
  {
    permissions: { read: true, write: true, env: true, sys: true },
  },
  async () => {
    await using tree = await Tree.make({ "a": "hello" });
    const realPath = Deno.realPath;
    Deno.realPath = () =>
      Promise.reject(new Deno.errors.NotCapable("Requires\nread"));
    try {
      const response = await tree.client().get("/a");
      assertEquals(response.status, 403);
      assertEquals(response.errors, "Requires read\n");
    } finally {
      Deno.realPath = realPath;
    }
  },
);

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

Deno.test("staticFiles() lets through what is a fault of the server", async () => {
  await using tree = await Tree.make({ "a": "hello" });
  const client = new TestClient(staticFiles(tree.root), {
    throws: false,
    validate: STRICT,
  });
  const { open } = Deno;
  Deno.open = () => Promise.reject(new Error("Too many open files"));
  try {
    const response = await client.get("/a");
    assertEquals(response.status, 500);
    assertStringIncludes(response.errors, "Too many open files");
  } finally {
    Deno.open = open;
  }
});

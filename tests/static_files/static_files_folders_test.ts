import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { staticFiles } from "../../static_files/static_files.ts";
import type { Environ } from "../../wsgi/types.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { statusesOf, Tree } from "./static_tree.ts";

Deno.test("staticFiles() sends index.html for a folder", async () => {
  await using tree = await Tree.make({
    "index.html": "top",
    "a/index.html": "a",
    "b/index.html/c": "c",
  });
  assertEquals((await tree.client().get("/")).text(), "top");
  assertEquals((await tree.client().get("/a/")).text(), "a");
  // A folder with this name is not an index page.
  assertStringIncludes((await tree.client().get("/b/")).text(), "index.html/");
});

type Paths = Partial<Pick<Environ, "SCRIPT_NAME" | "PATH_INFO">>;

Deno.test.each<[target: string, location: string, paths: Paths]>([
  ["/a", "./a/", {}],
  ["/a?x=1&y=/%22", "./a/?x=1&y=/%22", {}],
  ["/a?", "./a/", {}],
  ["/a/b%20%C3%A9:c", "./b%20%C3%A9:c/", {}],
  ["/a/b%20%c3%a9%3ac", "./b%20%c3%a9%3ac/", {}],
  ["/%61", "./%61/", {}],
  // An encoded slash leads to the folder, but not to another path.
  ["/a%2Fd", "./a%2Fd/", {}],
  ["/a%2fd%2fe", "./a%2fd%2fe/", {}],
  ["/a/d%2Fe?q=/", "./d%2Fe/?q=/", {}],
  ["/a%2F", "./a/", {}],
  ["/a%2Fd%2f", "./a%2Fd/", {}],
  ["/files", "./files/", { SCRIPT_NAME: "/files", PATH_INFO: "" }],
  ["/files%2Fa", "./files%2Fa/", { SCRIPT_NAME: "/files", PATH_INFO: "/a" }],
  // A proxy has removed a part of the path.
  ["/a%2Fd?x", "./a%2Fd/?x", { SCRIPT_NAME: "/app/files" }],
  // Rewritten by a proxy: the original path is not known.
  ["/x%2Fy", "./b%20%C3%A9%3Ac/", { PATH_INFO: "/a/b \xc3\xa9:c" }],
])("staticFiles() redirects %s to %s", async (target, location, environ) => {
  await using tree = await Tree.make({ "a/b é:c/f": "", "a/d/e/f": "" });
  const response = await tree.client().get(target, { environ });
  assertEquals(response.status, 301);
  assertEquals(response.header("Location"), location);
  if ("PATH_INFO" in environ) return;
  const { pathname, search } = new URL(location, response.url);
  const followed = await tree.client().get(pathname + search);
  assertEquals(followed.status, 200);
});

Deno.test("staticFiles() serves its root if PATH_INFO is empty", async () => {
  await using tree = await Tree.make({ "a": "" });
  const root = { SCRIPT_NAME: "", PATH_INFO: "" };
  const app = new TestClient(staticFiles(tree.root), { validate: false });
  assertEquals((await app.get("/", { environ: root })).status, 200);
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
  const page = response.text();
  const links = Array.from(page.matchAll(/href="([^"]*)"/g), ([, to]) => to);
  assertEquals(links, ["./zoo/", "./file9", "./file10"]);
  const time = ">2024-05-06 07:08</time>";
  const parts = ["<td>1.2 kB</td>", "<td>3 B</td>", time, "light dark"];
  for (const part of parts) assertStringIncludes(page, part);
  assertFalse(page.includes("http:"));
  const below = (await tree.client().get("/zoo/")).text();
  assertStringIncludes(below, 'href="../"');
  assertStringIncludes(below, "<title>/zoo/</title>");
});

Deno.test("staticFiles() escapes the names of a listing", async () => {
  const name = `<script>alert("1")<\u2028&amp;\n`;
  await using tree = await Tree.make({ [`${name}dir`]: "", "a/<b>/c": "" });
  const page = (await tree.client().get("/")).text();
  assertFalse(page.includes("<script>"));
  assertStringIncludes(page, "&amp;amp;\u240a");
  const below = (await tree.client().get("/a/%3Cb%3E/")).text();
  assertStringIncludes(below, "<title>/a/&lt;b&gt;/</title>");
  assertFalse(below.includes("<b>"));
});

Deno.test("staticFiles() lists nothing with listing: false, and no file with a slash after its name", async () => {
  await using tree = await Tree.make({ "a": "", "b/index.html": "b" });
  const targets = ["/", "/b/", "/a/", "/a/b"];
  const statuses = await statusesOf(tree.client({ listing: false }), targets);
  assertEquals(statuses, [404, 200, 404, 404]);
});

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { staticFiles } from "../../static_files/static_files.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { Tree } from "./static_tree.ts";

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
  for (
    const part of [
      "<td>1.2 kB</td>",
      "<td>3 B</td>",
      ">2024-05-06 07:08</time>",
      "color-scheme: light dark",
    ]
  ) assertStringIncludes(page, part);
  assertFalse(page.includes("http:"));
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

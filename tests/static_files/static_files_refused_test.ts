import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { staticFiles } from "../../static_files/static_files.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { STRICT, Tree } from "./static_tree.ts";

Deno.test("staticFiles() serves dot files only with dotFiles", async () => {
  await using tree = await Tree.make({
    ".env": "secret",
    ".git/config": "secret",
    "link": { link: ".env" },
  });
  const dotty = tree.client({ dotFiles: true });
  for (const target of "/.env /.git/config /.git/ /%2eenv /link".split(" ")) {
    assertEquals((await tree.client().get(target)).status, 404);
    assertEquals((await dotty.get(target)).status, 200);
  }
  for (const target of ["/.", "/..", "/.git/..", "/.git/."]) {
    assertEquals((await dotty.get(target)).status, 404);
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
      for (const target of ["/a", "/b/", "/b/c"]) {
        assertEquals((await tree.client().get(target)).status, 403);
      }
    } finally {
      await Deno.chmod(`${tree.root}/b`, 0o700);
    }
  },
});

Deno.test(
  "staticFiles() responds with 403 to files that it may not read, and logs the reason",
  { permissions: { read: true, write: true, env: true, sys: true } },
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

Deno.test("staticFiles() throws errors that are not about the file", async () => {
  await using tree = await Tree.make({ "a": "hello" });
  const options = { throws: false, validate: STRICT };
  const client = new TestClient(staticFiles(tree.root), options);
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

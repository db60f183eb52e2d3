import { assert, assertEquals, assertFalse } from "@std/assert";
import { dirname } from "@std/path";
import fc from "npm:fast-check@^4";
import { staticFiles } from "../../static_files/static_files.ts";
import { parsePath } from "../../static_files/path.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { statusesOf, Tree } from "./static_tree.ts";

/** The content of every file that must not be read. */
const SECRET = "SECRET";

/** A tree with secrets around it, and links to them in it. */
function guarded(): Promise<Tree> {
  return Tree.make({
    "a/b.txt": "inside",
    "~/x": "inside",
    "../secret.txt": SECRET,
    "../root-too/secret.txt": SECRET,
    "../.env": SECRET,
    ".env": SECRET,
    "out": { link: "../secret.txt" },
    "up": { link: ".." },
    "a/out": { link: "../../root-too" },
    "self": { link: "../root" },
    "etc": { link: "/etc" },
    "index.html": { link: "../secret.txt" },
    "in": { link: "a" },
  });
}

const TARGETS = `
  /../secret.txt /..%2fsecret.txt /%2e%2e/secret.txt /%2E%2E%2Fsecret.txt
  /a/../../secret.txt /a/..%2f..%2fsecret.txt /..%5csecret.txt
  /..\\secret.txt /a\\..\\..\\secret.txt /%252e%252e/secret.txt
  /%252e%252e%252fsecret.txt /..%00/secret.txt /../secret.txt%00.html /%00
  /a/b.txt%00 /%c0%ae%c0%ae/secret.txt /%c0%af..%c0%afsecret.txt
  /%e0%80%ae%e0%80%ae/secret.txt /%uff0e%uff0e/secret.txt /．．/secret.txt
  /..;/secret.txt /...//secret.txt /./../secret.txt /%2fetc/passwd
  //etc/passwd ///etc/passwd /~root/.profile /~/../../secret.txt
  /file:///etc/passwd /C:/secret.txt /../root-too/secret.txt /out
  /up/secret.txt /up/ /a/out/ /a/out/secret.txt /etc/passwd /index.html /.env
  /%2eenv /a/./b.txt /a//b.txt /./a/b.txt /%ff`.trim().split(/[ \n]+/);

for (const target of TARGETS) {
  Deno.test(`staticFiles() does not find ${target}`, async () => {
    await using tree = await guarded();
    const response = await tree.client().get(target);
    // The server itself rejects one of them.
    assert([400, 404].includes(response.status));
    assertFalse(response.text().includes(SECRET));
  });
}

Deno.test("staticFiles() follows links that stay in its root, which may be a link", async () => {
  await using tree = await guarded();
  const link = `${tree.base}/current`;
  await Deno.symlink(tree.root, link);
  for (const client of [tree.client(), new TestClient(staticFiles(link))]) {
    for (const target of ["/in/b.txt", "/a/b.txt", "/~/x"]) {
      assertEquals((await client.get(target)).text(), "inside");
    }
  }
  assertEquals((await tree.client().get("/self/a/b.txt")).text(), "inside");
});

Deno.test("staticFiles() does not list links that lead outside", async () => {
  await using tree = await guarded();
  await Deno.remove(`${tree.root}/index.html`);
  const page = (await tree.client().get("/")).text();
  const links = page.match(/(?<=href="\.\/)[^"]*/g);
  assertEquals(links, ["~/", "a/", "in/", "self/"]);
});

Deno.test("staticFiles() serves dot files only with dotFiles", async () => {
  await using tree = await Tree.make({
    ".env": "secret",
    ".git/config": "secret",
    "link": { link: ".env" },
  });
  const dotty = tree.client({ dotFiles: true });
  const targets = "/.env /.git/config /.git/ /%2eenv /link".split(" ");
  const hidden = new Set(await statusesOf(tree.client(), targets));
  const shown = new Set(await statusesOf(dotty, targets));
  const outside = ["/.", "/..", "/.git/..", "/.git/."];
  const never = new Set(await statusesOf(dotty, outside));
  assertEquals([...hidden, ...shown, ...never], [404, 200, 404]);
});

Deno.test("parsePath() rejects texts that are not paths", () => {
  const texts = ["a", "*", "http://x/", "/\u0100", "/\xff"];
  assertEquals(texts.filter((text) => parsePath(text, true)), []);
});

Deno.test("parsePath() returns names that cannot lead elsewhere", () => {
  const parts = ["..", ".", "/", "\\", "\0", "a", "%2f", "\xc3\xa9"];
  const part = fc.constantFrom(...parts);
  fc.assert(fc.property(fc.array(part), fc.boolean(), (parts, dotFiles) => {
    const path = parsePath(`/${parts.join("")}`, dotFiles);
    for (const name of path?.names ?? []) {
      assertFalse(["", ".", ".."].includes(name));
      assertFalse(/[/\\\0]/.test(name));
      assert(dotFiles || !name.startsWith("."));
    }
  }));
});

/** Names of few kinds, so that random trees and random paths meet. */
const NAMES = ["a", "b", "c", ".d", "é", "index.html", "e f"];
const LINKS =
  ".. ../.. ../outside ../../outside/file ../outside/folder / . a b/c";

const treeOf = fc.array(
  fc.record({
    path: fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }),
    link: fc.option(fc.constantFrom(...LINKS.split(" "))),
  }),
  { maxLength: 8 },
);

const STEPS = ".. .  %2e%2e ..%2f.. ..%5c outside folder file root %00"
  .split(" ").concat(NAMES.map(encodeURIComponent));

const targetOf = fc.array(fc.constantFrom(...STEPS), { maxLength: 6 })
  .map((steps) => `/${steps.join("/")}`);

/**
 * Creates a random tree next to a secret. Entries that cannot be created are
 * left out.
 */
async function plant(
  entries: readonly { path: string[]; link: string | null }[],
): Promise<Tree> {
  const tree = await Tree.make({
    "../outside/file": SECRET,
    "../outside/folder/file": SECRET,
    "../file": SECRET,
  });
  for (const { path, link } of entries) {
    const full = `${tree.root}/${path.join("/")}`;
    const folder = dirname(full);
    try {
      await Deno.mkdir(folder, { recursive: true });
      if (link !== null) {
        await Deno.symlink(link, full);
        continue;
      }
      // A link on the way may lead outside, but the files there stay secret.
      const real = `${await Deno.realPath(folder)}/`;
      if (!real.startsWith(`${tree.root}/`)) continue;
      const name = (real + path.at(-1)).slice(tree.root.length);
      const content = name.includes("/.") ? SECRET : "inside";
      await Deno.writeTextFile(full, content, { createNew: true });
    } catch (error) {
      const expected =
        /^(?:AlreadyExists|FilesystemLoop|NotADirectory|NotFound)$/;
      if (!expected.test((error as Error).name)) throw error;
    }
  }
  return tree;
}

Deno.test("staticFiles() never reads outside its root, for any tree and path", async () => {
  const { open, readDir } = Deno;
  const statuses = new Set<number>();
  try {
    await fc.assert(
      fc.asyncProperty(treeOf, fc.array(targetOf), async (entries, targets) => {
        Object.assign(Deno, { open, readDir });
        await using tree = await plant(entries);
        const check = (path: string | URL): void => {
          const inside = `${path}/`.startsWith(`${tree.root}/`);
          assert(inside, `${path} was opened`);
        };
        Deno.open = (path, options) => (check(path), open(path, options));
        Deno.readDir = (path) => (check(path), readDir(path));
        const client = tree.client();
        // Random paths alone would rarely hit an existing file.
        const known = entries.map(({ path }) =>
          `/${path.map(encodeURIComponent).join("/")}`
        );
        const ends = ["", "/", "/file", "/folder/file"];
        const aimed = known.flatMap((path) => ends.map((end) => path + end));
        for (const target of [...targets, ...aimed, "/"]) {
          const response = await client.get(target);
          statuses.add(response.status);
          assertFalse(response.text().includes(SECRET));
          if (response.status === 301) {
            // Any redirect must lead to this host.
            const location = response.header("Location") ?? "";
            const url = new URL(location, response.url);
            assertEquals(url.origin, "http://localhost");
          }
        }
      }),
      { numRuns: 60 },
    );
  } finally {
    Object.assign(Deno, { open, readDir });
  }
  // The test would prove nothing if no file was ever found.
  assertEquals(statuses, new Set([200, 301, 404]));
});

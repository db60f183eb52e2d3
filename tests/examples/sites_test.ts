import { assertEquals, assertMatch } from "@std/assert";
import { app as framework } from "../../examples/framework.ts";
import { app as ownHeaders } from "../../examples/own_headers.ts";
import { site } from "../../examples/site.ts";
import { TestClient } from "../../test_client/test_client.ts";

// site.ts -------------------------------------------------------------------------

const MODULE = `export const application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode("loaded")];
};`;

/** A site in its own folder, next to which there is a secret module. */
class Site implements AsyncDisposable {
  readonly client: TestClient;

  private constructor(readonly root: string, readonly parent: string) {
    this.client = new TestClient(site(root), { throws: false });
  }

  static async create(): Promise<Site> {
    const parent = await Deno.realPath(await Deno.makeTempDir());
    const root = `${parent}/site`;
    await Deno.mkdir(`${root}/more`, { recursive: true });
    await Deno.mkdir(`${parent}/site2`);
    await Deno.writeTextFile(`${root}/index.html`, "<h1>Index</h1>\n");
    await Deno.writeTextFile(`${root}/more/a#b%20é.ts`, MODULE);
    await Deno.writeTextFile(`${root}/none.ts`, "export const other = 1;\n");
    await Deno.writeTextFile(`${root}/text.txt`, MODULE);
    // Loading one of them would make the test fail.
    for (const path of ["secret.ts", "site2/secret.ts"]) {
      await Deno.writeTextFile(`${parent}/${path}`, "throw new Error('ran');");
    }
    await Deno.symlink(`${parent}/secret.ts`, `${root}/link.ts`);
    await Deno.symlink(parent, `${root}/up`);
    await Deno.symlink(`${root}/text.txt`, `${root}/text.ts`);
    return new Site(root, parent);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.parent, { recursive: true });
  }
}

Deno.test("site.ts loads a module whose name must be escaped in a URL", async () => {
  await using folder = await Site.create();
  const response = await folder.client.get("/more/a%23b%2520%C3%A9.ts");
  assertEquals([response.status, response.text()], [200, "loaded"]);
});

Deno.test.each([
  { target: "/../secret.ts", what: "a climbing path" },
  { target: "/..%2fsecret.ts", what: "a climbing path with a quoted slash" },
  { target: "/more/..%2f..%2fsecret.ts", what: "a climb from within" },
  { target: "/../site2/secret.ts", what: "a folder whose name begins alike" },
  { target: "/link.ts", what: "a link to a module outside" },
  { target: "/up/secret.ts", what: "a folder that is a link" },
  { target: "/text.ts", what: "a link to what is no module" },
  { target: "/none.ts", what: "a module without an application" },
  { target: "/missing.ts", what: "a module that is not there" },
  { target: "/index.html/x.ts", what: "a path through a file" },
  { target: "/a%00.ts", what: "a path with a NUL" },
  { target: `/${"a".repeat(5000)}.ts`, what: "a name that is too long" },
  { target: "/missing.html", what: "a page that is not there" },
])("site.ts answers $what with 404", async ({ target }) => {
  await using folder = await Site.create();
  // Without URL, which would normalize the path.
  const { status } = await folder.client.get("/", {
    environ: { PATH_INFO: decodeURIComponent(target) },
  });
  assertEquals(status, 404);
  assertEquals((await folder.client.get("/")).text(), "<h1>Index</h1>\n");
});

Deno.test("site.ts shows nothing but its maintenance page while there is one", async () => {
  await using folder = await Site.create();
  const page = "<h1>Back soon</h1>\n";
  await Deno.writeTextFile(`${folder.root}/maintenance.html`, page);
  for (const target of ["/", "/more/a%23b%2520%C3%A9.ts", "/missing"]) {
    const response = await folder.client.get(target);
    assertEquals([response.status, response.text()], [503, page]);
    assertEquals(response.header("Content-Type"), "text/html; charset=utf-8");
  }
  await Deno.remove(`${folder.root}/maintenance.html`);
  assertEquals((await folder.client.get("/")).status, 200);
});

// framework.ts and own_headers.ts ---------------------------------------------------

Deno.test.each([
  { target: "/mytime", status: 200, page: /^It is [0-9]{4}-.*Z\n$/ },
  { target: "/mytime?zone=utc", status: 200, page: /^It is / },
  { target: "/mynews", status: 200, page: /^News of today\n$/ },
  { target: "/mynews/42", status: 200, page: /^News of 42\n$/ },
  { target: "/mynews/abc", status: 404, page: /^Page not found\.\n$/ },
  { target: "/mytimes", status: 404, page: /^Page not found\.\n$/ },
  { target: "/static/index.html", status: 200, page: /<h1>A site<\/h1>/ },
  { target: "/static/missing", status: 404, page: /^404 Not Found\n$/ },
])(
  "framework.ts answers $target with $status",
  async ({ target, status, page }) => {
    const response = await new TestClient(framework).get(target);
    assertEquals(response.status, status);
    assertMatch(response.text(), page);
  },
);

Deno.test("own_headers.ts sends no control character of the path back", async () => {
  const response = await new TestClient(ownHeaders).get("/a%0D%0AX-Evil:%201");
  assertEquals(response.header("X-Path"), "/a%0D%0AX-Evil:%201");
  assertEquals(response.header("X-Evil"), undefined);
});

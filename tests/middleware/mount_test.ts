import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { mount } from "../../middleware/mount.ts";
import { type Application, applicationUri, requestUri } from "../../mod.ts";
import { setupTestingDefaults, validator } from "../../mod.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { encodeUtf8, toBytes } from "../../wsgi/byte_string.ts";
import { answering } from "../gateway/recording_transport.ts";

/** An application that responds with its name, SCRIPT_NAME and PATH_INFO. */
function where(name: string): Application {
  return answering(({ SCRIPT_NAME, PATH_INFO }) => [
    toBytes(`${encodeUtf8(name)}: ${SCRIPT_NAME} + ${PATH_INFO}`),
  ], [["Content-Type", "text/plain; charset=utf-8"]]);
}

/** Wraps every part in a strict validator. */
function checked(apps: Record<string, Application>): Application {
  const rules = { "*": "error", "body/head": "off" } as const;
  const options = { profile: "paranoid", rules } as const;
  const inner = Object.entries(apps).map(([prefix, app]) => [
    prefix,
    validator(app, { ...options, name: `inner ${prefix}` }),
  ]);
  const app = mount(Object.fromEntries(inner));
  return validator(app, { ...options, name: "outer" });
}

const SITE = checked({
  "/shop/books": where("books"),
  "": where("root"),
  "/shop": where("shop"),
  "/café": where("café"),
});

Deno.test.each([
  ["/", "root:  + /"],
  ["/shop", "shop: /shop + "],
  ["/shop/", "shop: /shop + /"],
  ["/shop/pens/1", "shop: /shop + /pens/1"],
  ["/shop/books", "books: /shop/books + "],
  ["/shop/books/1?x=/shop", "books: /shop/books + /1"],
  ["/shop/bookshelf", "shop: /shop + /bookshelf"],
  ["/shopping", "root:  + /shopping"],
  ["/Shop", "root:  + /Shop"],
  ["//shop", "root:  + //shop"],
  ["/shop//books", "shop: /shop + //books"],
  ["/%73hop/a", "shop: /shop + /a"],
  ["/caf%C3%A9/1", "café: /café + /1"],
  ["/caf%E9/1", "root:  + /caf\ufffd/1"],
])("mount() sends %s to the longest prefix: %s", async (target, answer) => {
  assertEquals(await textsOf(SITE, target), [answer]);
});

/** Requests some paths and returns the texts of the responses. */
async function textsOf(app: Application, paths: string): Promise<string[]> {
  const client = new TestClient(app);
  const texts: string[] = [];
  for (const path of paths.split(" ")) {
    texts.push((await client.get(path)).text());
  }
  return texts;
}

const NONE = "404 Not Found\n";

Deno.test("mount() responds with 404 in plain text if no prefix matches", async () => {
  const client = new TestClient(checked({ "/shop": where("shop") }));
  for (const target of ["/", "/shopping", "/x/shop"]) {
    const response = await client.get(target);
    const { statusLine } = response;
    assertEquals([statusLine, response.text()], ["404 Not Found", NONE]);
    assertEquals(response.header("Content-Type"), "text/plain; charset=utf-8");
    assertEquals(response.header("Content-Length"), "14");
  }
  const apps: Record<string, Application> = {};
  const app = mount(apps);
  // Later changes of the object have no effect.
  apps["/"] = where("root");
  assertEquals(await textsOf(app, "/"), [NONE]);
});

Deno.test("mount() within mount() joins the prefixes in SCRIPT_NAME", async () => {
  const shop = checked({ "/": where("shop"), "/books": where("books") });
  const site = checked({ "/en": mount({ "/shop": shop }) });
  assertEquals(
    await textsOf(site, "/en/shop/books/1 /en/shop /en"),
    ["books: /en/shop/books + /1", "shop: /en/shop + ", NONE],
  );
});

Deno.test("mount() keeps the URI of the request", async () => {
  const app = answering((environ) => [
    toBytes(`${requestUri(environ)} ${applicationUri(environ)}`),
  ]);
  const path = "/shop/books/?page=2";
  const uris = `http://localhost${path} http://localhost/shop`;
  assertEquals(await textsOf(checked({ "/shop": app }), path), [uris]);
});

Deno.test("mount() passes on environ, startResponse and the body unchanged", () => {
  const paths = { SCRIPT_NAME: "/x", PATH_INFO: "/a/b" };
  const environ = setupTestingDefaults(paths);
  const startResponse = () => () => Promise.resolve();
  const body: Uint8Array[] = [];
  const seen: unknown[] = [];
  const app = mount({ "/a": (...args) => (seen.push(...args), body) });
  assertStrictEquals(app(environ, startResponse), body);
  assertStrictEquals(seen[0], environ);
  assertStrictEquals(seen[1], startResponse);
  assertEquals([environ.SCRIPT_NAME, environ.PATH_INFO], ["/x/a", "/b"]);
});

const EMPTY = 'must not contain an empty segment, "." or ".."';

Deno.test.each([
  ["shop", 'must begin with "/"'],
  ["/shop/", 'must not end with "/"'],
  ["//", 'must not end with "/"'],
  ["/a//b", EMPTY],
  ["/a/../b", EMPTY],
  ["/.", EMPTY],
  ["/a?b", "must be a path without a query or fragment"],
  ["/caf%C3%A9", "must be written as text, without percent-encoding"],
])("mount() rejects the prefix %s", (prefix, problem) => {
  const make = () => mount({ [prefix]: where("a") });
  const message = `its prefix ${problem}, got "${prefix}"`;
  assertThrows(make, TypeError, `Cannot mount an application: ${message}`);
});

Deno.test("mount() accepts dots and percent signs without a special meaning", async () => {
  const app = checked({ "/.a/...": where("a"), "/5%": where("5") });
  const texts = await textsOf(app, "/.a/.../b /5%25/b");
  assertEquals(texts, ["a: /.a/... + /b", "5: /5% + /b"]);
});

const A = where("a");

Deno.test.each<[unknown, string]>([
  [{ "/a": 1 }, '"/a": the application must be a function, got 1'],
  [A, "the applications: must be an object of prefixes and applications, got "],
  [[A], 'an application: its prefix must begin with "/", got "0"'],
  [{ "": A, "/": A }, 'the applications: "" and "/" mean the same'],
])("mount() rejects %o as its applications", (apps, message) => {
  const make = () => mount(apps as never);
  assertThrows(make, TypeError, `Cannot mount ${message}`);
});

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { mount } from "../../middleware/mount.ts";
import {
  type Application,
  applicationUri,
  decodeUtf8,
  makeServer,
  requestUri,
  setupTestingDefaults,
  validator,
  type Violation,
} from "../../mod.ts";
import { TestClient } from "../../test_client/test_client.ts";

const encoder = new TextEncoder();

/** An application that says its name and where it believes to be. */
function where(name: string): Application {
  return (environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
    const { SCRIPT_NAME, PATH_INFO } = environ;
    const path = decodeUtf8(`${SCRIPT_NAME} + ${PATH_INFO}`);
    return [encoder.encode(`${name}: ${path}`)];
  };
}

const findings: string[] = [];

/** Validators in every gap, which forgive nothing. */
function checked(apps: Record<string, Application>): Application {
  const options = {
    profile: "paranoid",
    onViolation: ({ rule }: Violation): void => void findings.push(rule),
    rules: { "body/head": "off" },
  } as const;
  const inner = Object.entries(apps).map(([prefix, app]) => [
    prefix,
    validator(app, { ...options, name: `inner ${prefix}` }),
  ]);
  return validator(mount(Object.fromEntries(inner)), {
    ...options,
    name: "outer",
  });
}

const SITE = checked({
  "/": where("root"),
  "/shop": where("shop"),
  "/shop/books": where("books"),
  "/café": where("café"),
});

Deno.test.each([
  { target: "/", answer: "root:  + /" },
  { target: "/shop", answer: "shop: /shop + " },
  { target: "/shop/", answer: "shop: /shop + /" },
  { target: "/shop/pens/1", answer: "shop: /shop + /pens/1" },
  { target: "/shop/books", answer: "books: /shop/books + " },
  { target: "/shop/books/1?x=/shop", answer: "books: /shop/books + /1" },
  { target: "/shop/bookshelf", answer: "shop: /shop + /bookshelf" },
  { target: "/shopping", answer: "root:  + /shopping" },
  { target: "/Shop", answer: "root:  + /Shop" },
  { target: "//shop", answer: "root:  + //shop" },
  { target: "/shop//books", answer: "shop: /shop + //books" },
  { target: "/%73hop/a", answer: "shop: /shop + /a" },
  { target: "/caf%C3%A9/1", answer: "café: /café + /1" },
  { target: "/caf%E9/1", answer: "root:  + /caf\ufffd/1" },
])(
  "mount() sends $target to the longest prefix of whole segments",
  async ({ target, answer }) => {
    await using server = makeServer("127.0.0.1", 0, SITE, { log: false });
    server.serveForever();
    const response = await fetch(`${server.url.slice(0, -1)}${target}`);
    assertEquals([response.status, await response.text()], [200, answer]);
  },
);

Deno.test("mount() tries the longest prefix first in whatever order they are given", async () => {
  const client = new TestClient(checked({
    "/a/b/c": where("abc"),
    "": where("root"),
    "/a": where("a"),
    "/a/b": where("ab"),
  }));
  const answers: string[] = [];
  for (const target of ["/a/b/c/d", "/a/b/x", "/a/x", "/x"]) {
    answers.push((await client.get(target)).text());
  }
  assertEquals(answers, [
    "abc: /a/b/c + /d",
    "ab: /a/b + /x",
    "a: /a + /x",
    "root:  + /x",
  ]);
});

Deno.test("mount() answers what no prefix takes with 404 in plain text", async () => {
  const client = new TestClient(checked({ "/shop": where("shop") }));
  for (const target of ["/", "/shopping", "/x/shop"]) {
    const response = await client.get(target);
    assertEquals(
      [response.statusLine, response.header("Content-Type"), response.text()],
      ["404 Not Found", "text/plain; charset=utf-8", "404 Not Found\n"],
    );
    assertEquals(response.header("Content-Length"), "14");
  }
});

Deno.test("mount() without applications answers everything with 404", async () => {
  assertEquals((await new TestClient(mount({})).get("/")).status, 404);
});

Deno.test("mount() within mount() adds up what leads to the application", async () => {
  const shop = checked({ "/": where("shop"), "/books": where("books") });
  const client = new TestClient(checked({ "/en": mount({ "/shop": shop }) }));
  assertEquals(
    (await client.get("/en/shop/books/1")).text(),
    "books: /en/shop/books + /1",
  );
  assertEquals((await client.get("/en/shop")).text(), "shop: /en/shop + ");
  assertEquals((await client.get("/en")).status, 404);
});

Deno.test("mount() leaves the whole URI as it was", async () => {
  const uris: string[] = [];
  const app: Application = (environ, startResponse) => {
    uris.push(requestUri(environ), applicationUri(environ));
    startResponse("204 No Content", []);
    return [];
  };
  const client = new TestClient(checked({ "/shop": app }));
  await client.get("/shop/books/?page=2");
  assertEquals(uris, [
    "http://localhost/shop/books/?page=2",
    "http://localhost/shop",
  ]);
});

Deno.test("mount() hands on environ, startResponse and the body itself", () => {
  const environ = setupTestingDefaults({
    SCRIPT_NAME: "/x",
    PATH_INFO: "/a/b",
  });
  const startResponse = () => () => Promise.resolve();
  const body: Uint8Array[] = [];
  const seen: unknown[] = [];
  const app = mount({
    "/a": (...args) => {
      seen.push(...args);
      return body;
    },
  });
  assertStrictEquals(app(environ, startResponse), body);
  assertStrictEquals(seen[0], environ);
  assertStrictEquals(seen[1], startResponse);
  assertEquals([environ.SCRIPT_NAME, environ.PATH_INFO], ["/x/a", "/b"]);
});

Deno.test("mount() takes a path that a server has left out for an empty one", () => {
  const { SCRIPT_NAME: _, PATH_INFO: __, ...environ } = setupTestingDefaults(
    {},
  );
  const statuses: string[] = [];
  mount({ "/a": where("a") })(environ as never, (status) => {
    statuses.push(status);
    return () => Promise.resolve();
  });
  assertEquals(statuses, ["404 Not Found"]);
});

Deno.test("mount() does not see what is added to its object later", async () => {
  const apps: Record<string, Application> = { "/a": where("a") };
  const client = new TestClient(mount(apps));
  apps["/b"] = where("b");
  assertEquals((await client.get("/b")).status, 404);
});

Deno.test.each([
  { key: "shop", problem: 'must begin with "/"' },
  { key: "/shop/", problem: 'must not end with "/"' },
  { key: "//", problem: 'must not end with "/"' },
  { key: "/a//b", problem: "must have no segment that is empty, a dot or two" },
  {
    key: "/a/../b",
    problem: "must have no segment that is empty, a dot or two",
  },
  { key: "/.", problem: "must have no segment that is empty, a dot or two" },
  { key: "/a?b", problem: "must be a path, without query and fragment" },
  {
    key: "/caf%C3%A9",
    problem: "must be written as text, without percent-encoding",
  },
])("mount() refuses the prefix $key", ({ key, problem }) => {
  assertThrows(
    () => mount({ [key]: where("a") }),
    TypeError,
    `Cannot mount an application: its prefix ${problem}, got "${key}"`,
  );
});

Deno.test("mount() takes dots and percent signs that mean nothing else", async () => {
  const client = new TestClient(
    checked({ "/.a/...": where("a"), "/5%": where("5") }),
  );
  assertEquals((await client.get("/.a/.../b")).text(), "a: /.a/... + /b");
  assertEquals((await client.get("/5%25/b")).text(), "5: /5% + /b");
});

Deno.test("mount() refuses what is no application, and no object of them", () => {
  assertThrows(
    () => mount({ "/a": undefined as never }),
    TypeError,
    'Cannot mount "/a": the application must be a function, got undefined',
  );
  assertThrows(
    () => mount(where("a") as never),
    TypeError,
    "Cannot mount the applications: must be an object of prefixes and applications, got a function",
  );
  assertThrows(
    () => mount([where("a")] as never),
    TypeError,
    'Cannot mount an application: its prefix must begin with "/", got "0"',
  );
  assertThrows(
    () => mount({ "": where("a"), "/": where("b") }),
    TypeError,
    'Cannot mount the applications: "" and "/" mean the same',
  );
});

Deno.test("mount() breaks no rule in any of these tests", () => {
  assertEquals(findings, []);
});

import { assertEquals } from "@std/assert";
import type { Application } from "../../wsgi/types.ts";
import { CookieJar, TestClient } from "../../test_client/test_client.ts";

/** Sets the cookies that it is asked for, and says which it was sent. */
function app(...cookies: string[]): Application {
  return (environ, startResponse) => {
    const headers: [string, string][] = [["Content-Type", "text/plain"]];
    if (environ.PATH_INFO.endsWith("/set")) {
      for (const cookie of cookies) headers.push(["Set-Cookie", cookie]);
    }
    startResponse("200 OK", headers);
    return [new TextEncoder().encode(environ.HTTP_COOKIE ?? "none")];
  };
}

Deno.test("TestClient sends the cookies that it was given before", async () => {
  const client = new TestClient(app("a=1; Path=/", "b=x=y; Path=/; HttpOnly"));
  const at = async (path: string) => (await client.get(path)).text();
  assertEquals([await at("/"), await at("/set")], ["none", "none"]);
  assertEquals(await at("/"), "a=1; b=x=y");
  assertEquals(client.cookies.get("b"), "x=y");
  client.cookies.delete("a");
  assertEquals(await at("/"), "b=x=y");
  client.cookies.set("c", "3", "/only");
  assertEquals(await at("/only/x"), "c=3; b=x=y");
  client.cookies.clear();
  assertEquals(await at("/only"), "none");
});

Deno.test("TestClient sends the Cookie header of a request in place of its own", async () => {
  const client = new TestClient(app("a=1; Path=/"));
  await client.get("/set");
  const headers = { Cookie: "b=2" };
  assertEquals((await client.get("/", { headers })).text(), "b=2");
});

Deno.test("TestClient keeps no cookies for another client", async () => {
  const application = app("a=1; Path=/");
  await new TestClient(application).get("/set");
  assertEquals((await new TestClient(application).get("/")).text(), "none");
});

Deno.test("TestClient sends secure cookies over TLS only", async () => {
  for (
    const [baseUrl, expected] of [["http://x", "none"], ["https://x", "a=1"]]
  ) {
    const client = new TestClient(app("a=1; Path=/; Secure"), { baseUrl });
    await client.get("/set");
    assertEquals((await client.get("/")).text(), expected);
  }
});

const PAST = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";

Deno.test.each([
  ["a=1", "/x/set", "/x/y", true],
  ["a=1", "/x/set", "/x", true],
  ["a=1", "/x/set", "/xy", false],
  ["a=1", "/x/set", "/", false],
  ["a=1", "/set", "/y", true],
  ["a=1; Path=/b", "/set", "/b", true],
  ["a=1; Path=/b", "/set", "/b/c", true],
  ["a=1; Path=/b", "/set", "/bc", false],
  ["a=1; Path=/b/", "/set", "/b", false],
  ["a=1; path=relative", "/x/set", "/x/y", true],
  ["a=1; Domain=example.org; Path=/", "/set", "/", true],
  [`a=1; Max-Age=100; ${PAST}`, "/set", "/", true],
  ["a=1; Max-Age=0", "/set", "/", false],
  ["a=1; Max-Age=-1", "/set", "/", false],
  ["a=1; Max-Age=x", "/set", "/", true],
  [`a=1; ${PAST}`, "/set", "/", false],
  [`a=1; ${PAST.replace("1970", "2970")}`, "/set", "/", true],
  ["a=1; Expires=whenever", "/set", "/", true],
])(
  "CookieJar: after %s from %s, %s gets it: %s",
  (header, from, to, expected) => {
    const jar = new CookieJar();
    jar.receive(header, from);
    assertEquals(jar.headerFor(to, false), expected ? "a=1" : undefined);
  },
);

Deno.test.each([["a"], [""], ["=1"], ["; Path=/"]])(
  "CookieJar ignores the Set-Cookie header %j",
  (header) => {
    const jar = new CookieJar();
    jar.receive(header, "/");
    assertEquals(jar.headerFor("/", true), undefined);
  },
);

Deno.test("CookieJar replaces and deletes a cookie of the same name and path", () => {
  const jar = new CookieJar();
  jar.receive("a=1; Path=/", "/");
  jar.receive("a=2; Path=/", "/");
  jar.receive("a=3; Path=/x", "/");
  assertEquals(jar.headerFor("/x", false), "a=3; a=2");
  assertEquals(jar.get("a"), "3");
  jar.receive("a=; Path=/x; Max-Age=0", "/");
  assertEquals(jar.headerFor("/x", false), "a=2");
});

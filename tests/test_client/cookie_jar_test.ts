import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { parseCookieDate } from "../../test_client/cookie_date.ts";
import { CookieJar, TestClient } from "../../test_client/test_client.ts";
import type { Application } from "../../wsgi/types.ts";

const NOV = "1994-11-06T08:49:37.000Z";

// RFC 6265 section 5.1.1.
Deno.test.each<[text: string, time: string | null]>([
  ["Sun, 06 Nov 1994 08:49:37 GMT", NOV],
  ["Sunday, 06-Nov-94 08:49:37 GMT", NOV],
  ["Sun Nov  6 08:49:37 1994", NOV],
  ["6 november 1994 8:49:37", NOV],
  ["94 6 NOV 08:49:37", null],
  ["08:49:37 1994 6 nOvEmBeR", NOV],
  ["08:49:37 6 1994 nOvEmBeR", NOV],
  ["06-Nov-1994-08:49:37", NOV],
  ["6x Nov 94x 8:49:37x", NOV],
  ["(Sun)6\tNov<1994>08:49:37 +0200", NOV],
  ["6 Nov 1994 08:49:37 7 Dec 2000 01:02:03", NOV],
  ["1 Jan 69 00:00:00", "2069-01-01T00:00:00.000Z"],
  ["1 Jan 70 00:00:00", "1970-01-01T00:00:00.000Z"],
  ["1 Jan 00 00:00:00", "2000-01-01T00:00:00.000Z"],
  ["1 Jan 1601 00:00:00", "1601-01-01T00:00:00.000Z"],
  ["29 Feb 2024 23:59:59", "2024-02-29T23:59:59.000Z"],
  // Date.parse() accepts these as dates.
  ["0", null],
  ["1", null],
  ["2030", null],
  ["2030-01-01", null],
  ["2030-01-01T00:00:00Z", null],
  ["1/1/2030", null],
  ["Jan 2030", null],
  ["1 Jan 2030", null],
  ["00:00:00", null],
  ["", null],
  ["-1", null],
  ["0 Jan 2030 00:00:00", null],
  ["32 Jan 2030 00:00:00", null],
  ["30 Feb 2030 00:00:00", null],
  ["29 Feb 2023 00:00:00", null],
  ["31 Apr 2030 00:00:00", null],
  ["1 Jan 2030 24:00:00", null],
  ["1 Jan 2030 23:60:00", null],
  ["1 Jan 2030 23:59:60", null],
  ["1 Jan 1600 00:00:00", null],
  ["1 Jan 100 00:00:00", null],
  ["1 Jan 2 00:00:00", null],
  ["1 Jan 20300 00:00:00", null],
  ["001 Jan 2030 00:00:00", null],
  ["1 Jan 2030 000:00:00", null],
  ["1 Jan 2030 0:0:000", null],
  ["1 Foo 2030 00:00:00", null],
])("parseCookieDate(%j) is %s", (text, time) => {
  const found = parseCookieDate(text);
  const shown = found === undefined ? null : new Date(found).toISOString();
  assertEquals(shown, time);
});

Deno.test("parseCookieDate() parses the format of HTTP dates", () => {
  const min = new Date("1601-01-01T00:00:00Z");
  const max = new Date("9999-12-31T23:59:59Z");
  fc.assert(fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
    const seconds = Math.floor(date.getTime() / 1000) * 1000;
    assertEquals(parseCookieDate(date.toUTCString()), seconds);
  }));
});

const PAST = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
const FUTURE = PAST.replace("1970", "2970");

// The cookie that each leaves in the jar, RFC 6265 sections 5.2 and 5.3.
Deno.test.each<[header: string, kept: string | null]>([
  ["a=1", "a=1"],
  [" a \t=\t 1 ", "a=1"],
  ["a=", "a="],
  ["a=b=c", "a=b=c"],
  ['a="1; x"', 'a="1'],
  ["a=\xc3\xa0", "a=\xc3\xa0"],
  ["a", null],
  ["", null],
  ["=1", null],
  ["; Path=/", null],
  ["a=1; Expires=0", "a=1"],
  ["a=1; Expires", "a=1"],
  ["a=1; Expires=whenever", "a=1"],
  [`a=1; ${PAST}`, null],
  [`a=1; ${PAST}; Expires=0`, null],
  [`a=1; ${PAST}; ${FUTURE}`, "a=1"],
  [`a=1; eXPIRES = ${PAST.slice(8)}`, null],
  ["a=1; Max-Age=100", "a=1"],
  ["a=1; Max-Age=0", null],
  ["a=1; max-age=-1", null],
  ["a=1; Max-Age= 0 ", null],
  ["a=1; Max-Age=99999999999999999999", "a=1"],
  ["a=1; Max-Age=x", "a=1"],
  ["a=1; Max-Age=", "a=1"],
  ["a=1; Max-Age=+0", "a=1"],
  ["a=1; Max-Age=0x", "a=1"],
  ["a=1; Max-Age=0.5", "a=1"],
  ["a=1; Max-Age=-", "a=1"],
  ["a=1; Max-Age=0; Max-Age=x", null],
  ["a=1; Max-Age=0; Max-Age=9", "a=1"],
  [`a=1; Max-Age=100; ${PAST}`, "a=1"],
  [`a=1; Max-Age=0; ${FUTURE}`, null],
  ["a=1; Unknown; =; SameSite=None; HttpOnly;;", "a=1"],
  ["__Secure-a=1; Secure", "__Secure-a=1"],
  ["__Secure-a=1", null],
  ["__Host-a=1; Secure; Path=/", "__Host-a=1"],
  ["__Host-a=1; Path=/", null],
  ["__Host-a=1; Secure", null],
  ["__Host-a=1; Secure; Path=/x", null],
  ["__Host-a=1; Secure; Path=/; Domain=example.com", null],
  ["__host-a=1", null],
  ["__Other-a=1", "__Other-a=1"],
])("CookieJar makes of the header %j %s", (header, kept) => {
  const jar = new CookieJar();
  jar.receive(header, "/");
  assertEquals(jar.headerFor("/", true) ?? null, kept);
});

Deno.test.each<[path: string | null, from: string, yes: string, no: string]>([
  [null, "/x/set", "/x /x/ /x/y", "/ /xy /y"],
  [null, "/set", "/ /y /x/y", ""],
  [null, "", "/ /y", ""],
  [null, "*", "/ /y", ""],
  ["/", "/x/set", "/ /y /x/y", ""],
  ["/b", "/set", "/b /b/ /b/c", "/ /bc"],
  ["/b/", "/set", "/b/ /b/c", "/b /"],
  ["/B", "/set", "/B", "/b"],
  ["relative", "/x/set", "/x/y", "/"],
  ["", "/x/set", "/x/y", "/"],
  ["/b; Path=", "/x/set", "/x/y", "/b"],
  ["/b; Path=/c", "/x/set", "/c", "/b /x"],
])(
  "CookieJar: Path %j from %s is for %s, not for %s",
  (path, from, yes, no) => {
    const jar = new CookieJar();
    jar.receive(path === null ? "a=1" : `a=1; Path=${path}`, from);
    for (const [paths, expected] of [[yes, "a=1"], [no, undefined]] as const) {
      for (const to of paths.split(" ").filter((to) => to !== "")) {
        assertEquals(jar.headerFor(to, false), expected, to);
      }
    }
  },
);

Deno.test.each<[domain: string | null, host: string, yes: string, no: string]>([
  [null, "a.test", "a.test A.TEST", "b.a.test test xa.test"],
  ["a.test", "a.test", "a.test b.a.test c.b.a.test", "xa.test test"],
  [".A.Test", "a.test", "a.test b.a.test", "xa.test"],
  ["a.test", "b.a.test", "a.test b.a.test c.a.test", "xa.test"],
  ["", "a.test", "a.test", "b.a.test"],
  ["localhost", "localhost", "localhost", "a.test"],
  ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"],
  // These are not for the host to set.
  ["b.a.test", "a.test", "", "a.test b.a.test"],
  ["other.test", "a.test", "", "a.test other.test"],
  ["test", "a.test", "", "a.test test"],
  ["2.1", "192.0.2.1", "", "192.0.2.1 2.1"],
])(
  "CookieJar: Domain %j from %s is for %s, not for %s",
  (domain, host, yes, no) => {
    const jar = new CookieJar();
    const header = domain === null ? "a=1" : `a=1; Domain=${domain}`;
    jar.receive(header, "/", { host });
    for (const [hosts, expected] of [[yes, "a=1"], [no, undefined]] as const) {
      for (const to of hosts.split(" ").filter((to) => to !== "")) {
        assertEquals(jar.headerFor("/", false, to), expected, to);
      }
    }
  },
);

Deno.test("CookieJar sends longer paths first, then older cookies", () => {
  const jar = new CookieJar();
  for (
    const header of ["a=1", "b=2; Path=/x", "c=3", "d=4; Path=/x/y", "a=5"]
  ) {
    jar.receive(header, "/");
  }
  assertEquals(jar.headerFor("/x/y", false), "d=4; b=2; a=5; c=3");
  // Once it has ended, it is not the same cookie any more.
  jar.receive("a=; Max-Age=0", "/");
  jar.receive("a=6", "/");
  assertEquals(jar.headerFor("/", false), "c=3; a=6");
  assertEquals([jar.get("b"), jar.get("none")], ["2", undefined]);
});

Deno.test("CookieJar keeps secure cookies for TLS", () => {
  const jar = new CookieJar();
  jar.receive("a=1; SECURE=no", "/");
  assertEquals([jar.headerFor("/", false), jar.headerFor("/", true)], [
    undefined,
    "a=1",
  ]);
  // Cookies with a prefix also require TLS.
  jar.receive("__Secure-b=1; Secure", "/", { isSecure: false });
  assertEquals(jar.headerFor("/", true), "a=1");
});

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

Deno.test("TestClient sends the cookies of earlier responses", async () => {
  const client = new TestClient(app("a=1; Path=/", "b=x=y; Path=/; HttpOnly"));
  const at = async (path: string) => (await client.get(path)).text();
  assertEquals([await at("/"), await at("/set")], ["none", "none"]);
  assertEquals(await at("/"), "a=1; b=x=y");
  assertEquals(client.cookies.get("b"), "x=y");
  client.cookies.delete("a");
  assertEquals(await at("/"), "b=x=y");
  client.cookies.set("c", "3", "/only");
  assertEquals(await at("/only/x"), "c=3; b=x=y");
  const headers = { Cookie: "d=4" };
  assertEquals((await client.get("/", { headers })).text(), "d=4");
  client.cookies.clear();
  assertEquals(await at("/only"), "none");
  assertEquals((await new TestClient(app()).get("/")).text(), "none");
});

Deno.test.each<[baseUrl: string, cookie: string, Host: string, sent: string]>([
  ["http://a.test", "a=1; Secure", "a.test", "none"],
  ["https://a.test", "a=1; Secure", "a.test", "a=1"],
  ["https://a.test", "__Host-a=1; Secure; Path=/", "a.test", "__Host-a=1"],
  ["http://a.test", "a=1", "b.a.test", "none"],
  ["http://a.test:81", "a=1; Domain=a.test", "b.a.test:82", "a=1"],
  ["http://a.test", "a=1; Domain=other.test", "other.test", "none"],
])(
  "TestClient at %s keeps %s and sends to %s %s",
  async (baseUrl, cookie, Host, sent) => {
    const client = new TestClient(app(cookie), { baseUrl });
    await client.get("/set");
    const headers = { Host };
    assertEquals((await client.get("/", { headers })).text(), sent);
  },
);

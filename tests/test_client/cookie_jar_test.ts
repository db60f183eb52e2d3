import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { parseCookieDate } from "../../test_client/cookie_date.ts";
import { CookieJar, TestClient } from "../../test_client/test_client.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { PLAIN } from "../gateway/recording_transport.ts";

/** Splits a table into its lines and cells. */
function table(text: string): string[][] {
  return text.trim().split(/\n */).map((line) => line.split(/ +\| +/));
}

// RFC 6265 section 5.1.1.
const DATES =
  `Sunday, 06-Nov-94 08:49:37 GMT                  | 1994-11-06T08:49:37
  Sun Nov  6 08:49:37 1994                        | 1994-11-06T08:49:37
  6 november 1994 8:49:37                         | 1994-11-06T08:49:37
  08:49:37 1994 6 nOvEmBeR                        | 1994-11-06T08:49:37
  08:49:37 6 1994 nOvEmBeR                        | 1994-11-06T08:49:37
  06-Nov-1994-08:49:37                            | 1994-11-06T08:49:37
  6x Nov 94x 8:49:37x                             | 1994-11-06T08:49:37
  (Sun)6\tNov<1994>08:49:37 +0200                 | 1994-11-06T08:49:37
  6 Nov 1994 08:49:37 7 Dec 2000 01:02:03         | 1994-11-06T08:49:37
  1 Jan 69 00:00:00                               | 2069-01-01T00:00:00
  1 Jan 70 00:00:00                               | 1970-01-01T00:00:00
  1 Jan 00 00:00:00                               | 2000-01-01T00:00:00
  1 Jan 1601 00:00:00                             | 1601-01-01T00:00:00
  29 Feb 2024 23:59:59                            | 2024-02-29T23:59:59`;

Deno.test.each(table(DATES))("parseCookieDate(%j) is %s", (text, time) => {
  const found = parseCookieDate(text!);
  assertEquals(new Date(found ?? NaN).toISOString(), `${time}.000Z`);
});

// Date.parse() accepts the first ones.
const NO_DATES = `0|1|2030|2030-01-01|2030-01-01T00:00:00Z|1/1/2030|Jan 2030|
  1 Jan 2030|00:00:00||-1|0 Jan 2030 00:00:00|32 Jan 2030 00:00:00|
  30 Feb 2030 00:00:00|29 Feb 2023 00:00:00|31 Apr 2030 00:00:00|
  1 Jan 2030 24:00:00|1 Jan 2030 23:60:00|1 Jan 2030 23:59:60|
  1 Jan 1600 00:00:00|1 Jan 100 00:00:00|1 Jan 2 00:00:00|
  1 Jan 20300 00:00:00|001 Jan 2030 00:00:00|1 Jan 2030 000:00:00|
  1 Jan 2030 0:0:000|1 Foo 2030 00:00:00|94 6 NOV 08:49:37`;

Deno.test("parseCookieDate() is undefined for other texts", () => {
  const found = NO_DATES.split(/\|\s*/).filter((it) =>
    parseCookieDate(it) !== undefined
  );
  assertEquals(found, []);
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

// The cookie that each header leaves in the jar: RFC 6265 sections 5.2 and 5.3.
Deno.test.each<[header: string, kept: string]>([
  ["a=1", "a=1"],
  [" a \t=\t 1 ", "a=1"],
  ["a=", "a="],
  ["a=b=c", "a=b=c"],
  ['a="1; x"', 'a="1'],
  ["a=\xc3\xa0", "a=\xc3\xa0"],
  [`a=1; ${PAST}; ${FUTURE}`, "a=1"],
  [`a=1; Max-Age=100; ${PAST}`, "a=1"],
  ["a=1; Max-Age=0; Max-Age=9", "a=1"],
  ["a=1; Unknown; =; SameSite=None; HttpOnly;;", "a=1"],
  ["__Secure-a=1; Secure", "__Secure-a=1"],
  ["__Host-a=1; Secure; Path=/", "__Host-a=1"],
  ["__Other-a=1", "__Other-a=1"],
  ...["Expires=0", "Expires", "Expires=whenever", "Max-Age=100", "Max-Age=x"]
    .map((attribute): [string, string] => [`a=1; ${attribute}`, "a=1"]),
  ..."99999999999999999999||+0|0x|0.5|-".split("|")
    .map((age): [string, string] => [`a=1; Max-Age=${age}`, "a=1"]),
])("CookieJar with the header %j keeps the cookie %s", (header, kept) => {
  const jar = new CookieJar();
  jar.receive(header, "/");
  assertEquals(jar.headerFor("/", true), kept);
});

Deno.test.each([
  ...["a", "", "=1", "; Path=/", `a=1; ${PAST}`, `a=1; ${PAST}; Expires=0`],
  `a=1; eXPIRES = ${PAST.slice(8)}`,
  ...["a=1; Max-Age=0", "a=1; max-age=-1", "a=1; Max-Age= 0 "],
  ...["a=1; Max-Age=0; Max-Age=x", `a=1; Max-Age=0; ${FUTURE}`],
  ...["__Secure-a=1", "__host-a=1", "__Host-a=1; Path=/", "__Host-a=1; Secure"],
  "__Host-a=1; Secure; Path=/x",
  "__Host-a=1; Secure; Path=/; Domain=example.com",
])("CookieJar keeps no cookie from the header %j", (header) => {
  const jar = new CookieJar();
  jar.receive(header, "/");
  assertEquals(jar.headerFor("/", true), undefined);
});

/** Attributes, where the cookie is set, and where it is sent and not sent. */
const PATHS = `-           | /x/set | /x /x/ /x/y | / /xy /y
  -                  | /set   | / /y /x/y   |
  -                  |        | / /y        |
  -                  | *      | / /y        |
  Path=/             | /x/set | / /y /x/y   |
  Path=/b            | /set   | /b /b/ /b/c | / /bc
  Path=/b/           | /set   | /b/ /b/c    | /b /
  Path=/B            | /set   | /B          | /b
  Path=relative      | /x/set | /x/y        | /
  Path=              | /x/set | /x/y        | /
  Path=/b; Path=     | /x/set | /x/y        | /b
  Path=/b; Path=/c   | /x/set | /c          | /b /x`;
const DOMAINS =
  `-          | a.test    | a.test A.TEST           | b.a.test test xa.test
  Domain=a.test     | a.test    | a.test b.a.test c.b.a.test  | xa.test test
  Domain=.A.Test    | a.test    | a.test b.a.test             | xa.test
  Domain=a.test     | b.a.test  | a.test b.a.test c.a.test    | xa.test
  Domain=           | a.test    | a.test                      | b.a.test
  Domain=localhost  | localhost | localhost                   | a.test
  Domain=192.0.2.1  | 192.0.2.1 | 192.0.2.1                   | 192.0.2.2
  Domain=b.a.test   | a.test    |                             | a.test b.a.test
  Domain=other.test | a.test    |                             | a.test other.test
  Domain=test       | a.test    |                             | a.test test
  Domain=2.1        | 192.0.2.1 |                             | 192.0.2.1 2.1`;

for (const [name, rows] of [["path", PATHS], ["host", DOMAINS]] as const) {
  Deno.test.each(
    rows.split("\n").map((line) => line.split("|").map((cell) => cell.trim())),
  )(
    `CookieJar sends a cookie with %s that was set at the ${name} %j to %j, not to %j`,
    (attributes, from, yes, no) => {
      const jar = new CookieJar();
      const header = attributes === "-" ? "a=1" : `a=1; ${attributes}`;
      const isPath = name === "path";
      if (isPath) jar.receive(header, from!);
      else jar.receive(header, "/", { host: from! });
      const sent = (to: string) =>
        isPath ? jar.headerFor(to, false) : jar.headerFor("/", false, to);
      const all = `${yes} ${no}`.match(/\S+/g) ?? [];
      const found = all.filter((to) => sent(to) === "a=1");
      assertEquals(found.join(" "), yes!.replace(/ +/g, " "));
    },
  );
}

Deno.test("CookieJar sends longer paths first, then older cookies", () => {
  const jar = new CookieJar();
  for (const header of "a=1|b=2; Path=/x|c=3|d=4; Path=/x/y|a=5".split("|")) {
    jar.receive(header, "/");
  }
  assertEquals(jar.headerFor("/x/y", false), "d=4; b=2; a=5; c=3");
  // Once it has ended, a cookie of the same name is a new one.
  jar.receive("a=; Max-Age=0", "/");
  jar.receive("a=6", "/");
  assertEquals(jar.headerFor("/", false), "c=3; a=6");
  assertEquals([jar.get("b"), jar.get("none")], ["2", undefined]);
});

Deno.test("CookieJar keeps secure cookies for TLS", () => {
  const jar = new CookieJar();
  jar.receive("a=1; SECURE=no", "/");
  assertEquals(jar.headerFor("/", false), undefined);
  assertEquals(jar.headerFor("/", true), "a=1");
  // Cookies with a prefix also require TLS.
  jar.receive("__Secure-b=1; Secure", "/", { isSecure: false });
  assertEquals(jar.headerFor("/", true), "a=1");
});

/** Sets cookies at `/set`, and responds with those that were sent. */
function app(...cookies: string[]): Application {
  const set = cookies.map((cookie) => ["Set-Cookie", cookie] as const);
  return (environ, startResponse) => {
    const isSetting = environ.PATH_INFO.endsWith("/set");
    startResponse("200 OK", [...PLAIN, ...isSetting ? set : []]);
    return [toBytes(environ.HTTP_COOKIE ?? "none")];
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

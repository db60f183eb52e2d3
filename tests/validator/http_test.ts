import { assertEquals } from "@std/assert";
import { answer } from "./programs.ts";
import { runScenario } from "./scenario.ts";

type Pairs = readonly (readonly [name: string, value: string])[];

/** What applications send every day, in the words of common frameworks. */
const ORDINARY: Readonly<Record<string, [string, Pairs]>> = {
  "a page": ["200 OK", [
    ["Content-Type", "text/html; charset=utf-8"],
    ["Cache-Control", "private, no-cache, no-store, max-age=0"],
    ["Pragma", "no-cache"],
    ["Expires", "0"],
    ["Vary", "Accept-Encoding"],
    ["Vary", "Cookie"],
    ["Content-Security-Policy", "default-src 'self'; img-src * data:"],
    ["Content-Security-Policy", "frame-ancestors 'none'"],
    ["Link", '</a.css>; rel=preload; as=style, </b.js>; rel="preload"'],
    ["Link", "</c.css>; rel=preload"],
    ["Strict-Transport-Security", "max-age=31536000; includeSubDomains"],
    ["Server-Timing", 'db;dur=53, app;desc="All of it";dur=47.2'],
    ["X-Powered-By", "PHP/8.3"],
    ["Report-To", '{"group":"a","max_age":1,"endpoints":[{"url":"/r"}]}'],
  ]],
  "cookies": ["200 OK", [
    ["Set-Cookie", "session=a.b-c_d; Path=/; HttpOnly; SameSite=Lax"],
    ["Set-Cookie", "old=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"],
    ["Set-Cookie", 'cart={"items":[1,2],"total":3}; Path=/'],
    ["Set-Cookie", "track=a|b,c:d; Secure"],
  ]],
  "a redirect without Content-Type": ["302 Found", [["Location", "../next"]]],
  "a redirect to a query": ["303 See Other", [
    ["Location", "/search?q=a+b&tags[]=x|y&t={1}#top"],
  ]],
  "a created thing": ["201 Created", [["Location", "/things/1"]]],
  "a created thing without an address": ["201 Created", []],
  "a cross-origin answer": ["204 No Content", [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Allow-Methods", "GET, POST"],
    ["Allow", "GET, POST, OPTIONS"],
  ]],
  "a download": ["200 OK", [
    ["Content-Type", "application/octet-stream"],
    [
      "Content-Disposition",
      "attachment; filename=\"na\xefve.txt\"; filename*=UTF-8''na%C3%AFve.txt",
    ],
    ["Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"],
    ["ETag", 'W/"5-2e8a"'],
    ["Accept-Ranges", "bytes"],
  ]],
  "a challenge with two schemes": ["401 Unauthorized", [
    ["WWW-Authenticate", 'Basic realm="a, b"'],
    ["WWW-Authenticate", "Negotiate"],
  ]],
  "an error without Content-Type": ["500 Internal Server Error", []],
  "a busy server that does not say for how long": [
    "503 Service Unavailable",
    [],
  ],
  "a form": ["200 OK", [
    ["Content-Type", "multipart/form-data; boundary=----WebKitFormBoundary7"],
  ]],
  "events": ["200 OK", [
    ["Content-Type", "text/event-stream"],
    ["X-Accel-Buffering", "no"],
  ]],
  "an unknown code": ["299 Miscellaneous", [["X.Custom|Pipe", "~"]]],
  "an empty value": ["200 OK", [["X-Empty", ""]]],
};

for (const [name, [status, headers]] of Object.entries(ORDINARY)) {
  Deno.test(`validator() has nothing to say of ${name}`, async () => {
    assertEquals(await runScenario(answer(status, headers)), []);
  });
}

import { assertEquals, assertThrows } from "@std/assert";
import { formatDateTime, hasBareComma } from "../../wsgi/http_syntax.ts";
import { isDigits, isHopByHop, isToken } from "../../wsgi/http_syntax.ts";
import { parseContentLength, splitAuthority } from "../../wsgi/http_syntax.ts";
import { askPython, testWithPython } from "./python.ts";

Deno.test("isToken() accepts each character of RFC 9110, and no other", () => {
  const others = "!#$%&'*+-.^_`|~";
  for (let code = 0; code < 0x200; code++) {
    const char = String.fromCharCode(code);
    const isAlphanumeric = /^[0-9A-Za-z]$/.test(char);
    assertEquals(isToken(char), isAlphanumeric || others.includes(char), char);
    assertEquals(isToken(`a${char}b`), isToken(char), char);
    assertEquals(isToken(`a${char}`), isToken(char), char);
  }
  assertEquals(isToken(""), false);
});

Deno.test("parseContentLength() knows safe integers of digits alone", () => {
  const others = "9007199254740992 -1 +1 1.0 1e3 0x1 1\n \u0661".split(" ")
    .concat("", " 1", "1 ", "5, 5");
  const lengths = ["0", "5", "005", "9007199254740991"];
  for (const value of [...lengths, ...others]) {
    const length = lengths.includes(value) ? Number(value) : undefined;
    assertEquals(parseContentLength(value), length, value);
    assertEquals(isDigits(value), /^[0-9]+$/.test(value), value);
  }
});

Deno.test.each<[string, string, string?, string?]>([
  ["h", "http", "h", "80"],
  ["h", "https", "h", "443"],
  ["h:8000", "http", "h", "8000"],
  ["h:", "https", "h", "443"],
  ["h:00080", "https", "h", "80"],
  ["[::1]", "http", "[::1]", "80"],
  ["[::1]:8000", "http", "[::1]", "8000"],
  ["", "http", "localhost", "80"],
  [":8000", "http", "localhost", "8000"],
  ["h:0", "http"],
  ["h:65536", "http"],
])("splitAuthority() of %j under %s is %s, %s", (text, scheme, host, port) => {
  const parts = typeof host === "string" ? [host, port] : undefined;
  assertEquals(splitAuthority(text, scheme), parts as [string, string]);
});

Deno.test("hasBareComma() agrees with a pattern for quoted strings", () => {
  const chars = ["a", ",", '"', "\\"];
  for (let number = 0; number < 4 ** 7; number++) {
    let value = "";
    for (let left = number; left > 0; left = Math.floor(left / 4)) {
      value += chars[left % 4];
    }
    const rest = value.replace(/"(?:[^"\\]|\\.)*"/g, "");
    assertEquals(hasBareComma(value), rest.includes(","), value);
  }
});

const HOP_BY_HOP =
  "Connection Keep-Alive Proxy-Authenticate Proxy-Authorization Proxy-Connection TE Trailer Trailers Transfer-Encoding Upgrade";
const END_TO_END =
  "Accept Connections Content-Length Content-Type Date Host Proxy Set-Cookie T Transfer_Encoding Via constructor";

Deno.test("isHopByHop() is true for hop-by-hop headers in any case, and no others", () => {
  const hopByHop = HOP_BY_HOP.split(" ");
  const other = [...END_TO_END.split(" "), "TE ", " TE", ""];
  for (const to of ["toString", "toLowerCase", "toUpperCase"] as const) {
    const found = [...hopByHop, ...other].filter((it) => isHopByHop(it[to]()));
    assertEquals(found, hopByHop);
  }
});

Deno.test.each<[Date | number, string]>([
  [new Date("2006-06-05T18:49:54Z"), "Mon, 05 Jun 2006 18:49:54 GMT"],
  [new Date("2006-06-05T18:49:54.999Z"), "Mon, 05 Jun 2006 18:49:54 GMT"],
  [new Date("2006-06-05T18:49:54+02:00"), "Mon, 05 Jun 2006 16:49:54 GMT"],
  [0, "Thu, 01 Jan 1970 00:00:00 GMT"],
  [-1, "Wed, 31 Dec 1969 23:59:59 GMT"],
  [951_782_400_000, "Tue, 29 Feb 2000 00:00:00 GMT"],
  [new Date("0001-01-01T00:00:00Z"), "Mon, 01 Jan 0001 00:00:00 GMT"],
  [new Date("9999-12-31T23:59:59Z"), "Fri, 31 Dec 9999 23:59:59 GMT"],
])("formatDateTime() writes %s as %s", (time, text) => {
  assertEquals(formatDateTime(time), text);
});

Deno.test("formatDateTime() refuses other values, and other years", () => {
  const years = ["+010000-01-01T00:00:00Z", "-000001-12-31T23:59:59Z"];
  const dates = [NaN, ...years].map((time) => new Date(time));
  for (const time of [...dates, NaN, Infinity, "soon", undefined]) {
    const format = () => formatDateTime(time as number);
    const message = "it must be in the years 0 to 9999, got ";
    assertThrows(format, RangeError, `Cannot format the date: ${message}`);
  }
});

testWithPython("formatDateTime() does what Python's does", async () => {
  // Every weekday and month, leap days, and seconds up to 59.
  const seconds = Array.from({ length: 1500 }, (_, i) => i * 1_234_577);
  const expected = await askPython(
    "from wsgiref.handlers import format_date_time as run",
    seconds,
  );
  assertEquals(seconds.map((time) => formatDateTime(time * 1000)), expected);
});

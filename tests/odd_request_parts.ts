/** Pieces of requests for tests with mutants, good ones and odd ones. */

function split(text: string): string[] {
  return text.trim().split(/[ \n]+/);
}

/** Header lines of one name. */
function lines(name: string, ...values: string[]): string[] {
  return values.map((value) => `${name}: ${value}`);
}

/** Methods of good requests. */
export const METHODS: readonly string[] = split(
  "GET HEAD POST PUT DELETE OPTIONS PURGE",
);

/** Words where a method is due. */
export const ODD_METHODS: readonly string[] = [
  ...["", "get", "G T", "CONNECT", "TRACE", "PRI", "-BL!#$", "GET\0", "\xff"],
  "A".repeat(70_000),
];

/** Targets that lead somewhere. */
export const TARGETS: readonly string[] = split(`
  / /array?a=1&b=%2F /read /lines?x /generator /written /unread
  /caf%C3%A9/%2e%2E//x /reflect?X-A=b&x-b=%E9 http://h/absolute?q`);

/** Targets that are none, or that are meant badly. */
export const ODD_TARGETS: readonly string[] = [
  "",
  ...split("* ?q // ///../..//%2e%2e/\\ /% /%00%zz%FF"),
  ...["/\xc3\xa9?\xc3\xa9", "/\xff", "/#f", "/a b", '/"<>{}|^`'],
  ...split("foo/bar h:80 :0 http:// http:///p http://h#f"),
  ...["https://user:pass@h:1/x?y#z", "http://[::1", "http://a b/"],
  ...["ftp://h:99999/", "http://\xff/"],
  ...split(`X=%0d%0aSet-Cookie:a X=%01%0b%1f%7f X%20Y=1&%00=2 Connection=close
    Content-Length=5 Content-Length=99999999999999999999
    Transfer-Encoding=chunked status=204%20 status=101%20Up status=999%20No
    status=200%20%07`).map((query) => `/reflect?${query}`),
  `/${"a".repeat(70_000)}`,
  `/?${"%".repeat(30_000)}`,
];

/** Versions that are not HTTP/1.1. */
export const VERSIONS: readonly string[] = [
  ...["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "", "http/1.1"],
  ...["HTTP/1.1 ", "HTTP/11"],
];

/** Headers that may be in any request. */
export const HEADERS: readonly string[] = [
  "Accept: */*",
  ...lines("Cookie", "a=1", "b=2"),
  ...lines("Content-Type", "text/plain", 'a/b; c="d, e"'),
  ...["X-A: \xe9\x80\xff", "x-a:\t1 "],
  ...lines("Connection", "close", "keep-alive"),
  ...["Expect: 100-continue", "User-Agent: fuzz"],
];

/** Headers that are none, contradict others, or are meant badly. */
export const ODD_HEADERS: readonly string[] = [
  ...lines("Host", "other", "", "a/evil?x#y", "a:99999", "[::1", "\xff"),
  ...lines("Content-Length", "5", "0", "", "-1", "+5", "5, 5", "005", "0x5"),
  ...lines("Content-Length", "9007199254740993", "99999999999999999999999"),
  ...lines("Transfer-Encoding", "chunked", "gzip, chunked", "identity"),
  ...["Transfer-Encoding : chunked", "Transfer-Encoding:\x0bchunked"],
  ...lines("Content-Type", "c/d", "", "a/b, c/d"),
  ...["X_Forwarded_For: forged", "Content_Length: forged"],
  ...["Script-Name: forged", "Remote-User: forged", "Proxy: forged"],
  ...["X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https"],
  ...lines("Set-Cookie", "a", "b"),
  ...lines("Upgrade", "websocket", "h2c"),
  ...["Connection: Upgrade, Host", "TE: trailers", "Trailer: Content-Length"],
  ...["Expect: everything", "Range: bytes=0-", "no colon", ": no name"],
  ...[" folded: header", "\tfolded", "Spaced : 1", "X\xe9: 1", "X\0: 1"],
  ...lines("X", "a\0b", "a\rb", "a\x01\x7f"),
  ...["__proto__: 1", "constructor: 1", "X.C|P~!: 1"],
  `X-Long: ${"a".repeat(70_000)}`,
  `${"X".repeat(2_000)}: 1`,
  Array.from({ length: 150 }, (_, index) => `X-${index}: 1`).join("\r\n"),
];

/** Chunked bodies that are none. */
export const BAD_CHUNKS: readonly string[] = [
  ...["G\r\nabc\r\n", "-1\r\na\r\n", "+1\r\na\r\n", "0x1\r\na\r\n"],
  ...["1_0\r\na\r\n", "\r\n", "5\r\nabc\r\n0\r\n\r\n"],
  ...["1\r\nabc\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\na"],
  ...["7fffffffffffffff\r\na", '3;x="y\r\n"\r\nabc\r\n'],
  ...[`3;${"x".repeat(20_000)}\r\nabc\r\n`, "3\nabc\n0\n\n"],
  "0\r\nContent-Length: 9\r\nHost: evil\r\n\r\n",
  "0\r\nGET / HTTP/1.1\r\n\r\n",
];

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** What may come where a request is due. */
export const GARBAGE: readonly string[] = [
  ...["\0\0\0\0", "\r\n\r\n\r\n"],
  "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
  PREFACE,
  `${PREFACE}\0\0\0\x04\0\0\0\0\0\0\0\x04\x01\x05\0\0\0\x01garbage`,
  ...["GET /\r\n", "HTTP/1.1 200 OK\r\n\r\n"],
];

import { answer, bytes } from "./programs.ts";
import { assertFinds } from "./scenario.ts";
import { transparent } from "./validated.ts";

/** Requests that name their headers, each with a response and its content. */
const EXCHANGES = String.raw`
POST => 201 Created | Location: /7
PUT => 201 Created | ETag: "7"
GET => 201 Created
GET => 202 Accepted | Content-Type: text/plain | Location: /jobs/7 => queued
GET => 203 Non-Authoritative Information | Content-Type: text/plain => hello
DELETE => 204 No Content | ETag: W/"7"
POST => 205 Reset Content | Content-Length: 0
GET | Range: bytes=1-3 => 206 Partial Content | Content-Type: text/plain | Content-Range: bytes 1-3/5 | Content-Length: 3 => ell
GET | Range: bytes=0-0,2-2 => 206 Partial Content | Content-Type: multipart/byteranges; boundary=b => --b\r\nContent-Range: bytes 0-0/3\r\n\r\na\r\n--b--\r\n
PROPFIND => 207 Multi-Status | Content-Type: application/xml => <multistatus/>
GET | A-IM: feed => 226 IM Used | Content-Type: text/plain | IM: feed => new
GET => 299 Miscellaneous | X.Custom|Pipe: ~
GET => 300 Multiple Choices | Content-Type: text/html => <a>
GET => 301 Moved Permanently | Location: https://example.com/
GET => 302 Found | Location: ../up?q=1#top | Content-Type: text/plain => moved
GET => 303 See Other | Location: /search?q=a+b&tags[]=x|y&t={1}#top
POST => 303 See Other | Location: /done
PUT => 307 Temporary Redirect | Location: /
GET => 308 Permanent Redirect | Location: /a/
GET | If-None-Match: "a" => 304 Not Modified | ETag: "a" | Vary: Accept | Cache-Control: max-age=60
GET | If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT => 304 Not Modified | Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT
GET => 401 Unauthorized | WWW-Authenticate: Basic realm="a, b" | WWW-Authenticate: Bearer
GET | Accept: image/webp => 406 Not Acceptable
PUT | If-Match: "a" => 412 Precondition Failed
POST => 413 Content Too Large | Retry-After: 5
POST => 415 Unsupported Media Type | Accept-Encoding: gzip
GET | Range: bytes=9- => 416 Range Not Satisfiable | Content-Range: bytes */5
POST => 422 Unprocessable Content | Content-Type: application/json => {}
PUT => 428 Precondition Required
GET => 451 Unavailable For Legal Reasons | Link: <https://example.com/>; rel="blocked-by"
GET => 503 Service Unavailable
GET => 503 Service Unavailable | Retry-After: Sun, 06 Nov 1994 08:49:37 GMT
OPTIONS | Origin: https://a.example => 204 No Content | Access-Control-Allow-Origin: https://a.example | Access-Control-Allow-Methods: PUT, DELETE | Access-Control-Allow-Headers: X-A, Content-Type | Access-Control-Max-Age: 600 | Vary: Origin
GET => 204 No Content | Access-Control-Allow-Origin: * | Access-Control-Allow-Methods: GET, POST | Allow: GET, POST, OPTIONS
GET => 200 OK | Content-Type: application/json; charset=utf-8 | Access-Control-Allow-Origin: https://a.example | Access-Control-Allow-Credentials: true => {}
GET => 200 OK | Set-Cookie: sid=1; Path=/; HttpOnly; Secure; SameSite=None | Set-Cookie: theme=dark; Max-Age=3600
GET => 200 OK | Set-Cookie: session=a.b-c_d; Path=/; HttpOnly; SameSite=Lax | Set-Cookie: old=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0 | Set-Cookie: cart={"items":[1,2],"total":3}; Path=/ | Set-Cookie: track=a|b,c:d; Secure
GET => 200 OK | X-Frame-Options: DENY | X-Content-Type-Options: nosniff | Content-Security-Policy: default-src 'self' | Content-Security-Policy: img-src *
GET => 200 OK | Link: </a>; rel=preload | Link: </b>; rel=preload | Cache-Control: no-store | Cache-Control: private
GET => 200 OK | Content-Type: text/html; charset=utf-8 | Cache-Control: private, no-cache, no-store, max-age=0 | Pragma: no-cache | Expires: 0 | Vary: Accept-Encoding | Vary: Cookie
GET => 200 OK | Content-Security-Policy: default-src 'self'; img-src * data: | Content-Security-Policy: frame-ancestors 'none' | Link: </a.css>; rel=preload; as=style, </b.js>; rel="preload" | Strict-Transport-Security: max-age=31536000; includeSubDomains
GET => 200 OK | Server-Timing: db;dur=53, app;desc="All of it";dur=47.2 | X-Powered-By: PHP/8.3 | Report-To: {"group":"a","max_age":1,"endpoints":[{"url":"/r"}]}
GET => 200 OK | Content-Type: application/octet-stream | Content-Disposition: attachment; filename="na\xefve.txt"; filename*=UTF-8''na%C3%AFve.txt | Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT | ETag: W/"5-2e8a" | Accept-Ranges: bytes
HEAD => 200 OK | Content-Type: application/pdf | Content-Disposition: attachment; filename="a b.pdf" | Accept-Ranges: bytes | Content-Length: 5
OPTIONS => 200 OK | Allow: GET, POST
GET => 200 OK | Content-Type: multipart/form-data; boundary=----WebKitFormBoundary7
GET => 200 OK | Content-Type: text/event-stream | X-Accel-Buffering: no
GET => 200 OK | X-Empty: `.trim().split("\n");

function toPair(line: string): [string, string] {
  const end = line.indexOf(":");
  return [line.slice(0, end), line.slice(end + 1).trim()];
}

function toVariable(line: string): [string, string] {
  const [name, value] = toPair(line);
  return [`HTTP_${name.toUpperCase().replaceAll("-", "_")}`, value];
}

Deno.test.each(EXCHANGES.map((exchange) => [exchange]))(
  "validator() finds nothing in a sound exchange, behind middleware too: %s",
  async (exchange) => {
    const text = exchange.replace(/\\r/g, "\r").replace(/\\n/g, "\n")
      .replace(/\\xef/g, "\xef");
    const [request = "", response = "", content] = text.split(" => ");
    const [REQUEST_METHOD, ...lines] = request.split(" | ");
    const [status, ...fields] = response.split(" | ");
    const variables = Object.fromEntries(lines.map(toVariable));
    const scenario = answer(
      status,
      fields.map(toPair),
      { REQUEST_METHOD, ...variables },
      content === undefined ? [] : [bytes(content)],
    );
    await assertFinds(scenario, [], { profile: "http" });
    const stacked = { ...scenario, middleware: transparent };
    await assertFinds(stacked, [], { profile: "http" });
  },
);

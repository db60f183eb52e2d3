import { assertEquals, assertMatch } from "@std/assert";
import { checkApplication } from "../../conformance/check_application.ts";
import type { Application } from "../../mod.ts";
import { MISREADING } from "./broken_requests.ts";
import { MISANSWERING } from "./broken_responses.ts";
import type { Loose } from "./sound_application.ts";

const OPTIONAL = "without-optional post-without-optional";
const BEGUN = `disconnect-after-first-chunk disconnect-in-first-next
  disconnect-in-second-next`;
const LEFT = `disconnect-before-return disconnect-before-first-chunk ${BEGUN}
  disconnect-in-upload`;

/** The cases that each application fails; it passes all others. */
const CAUGHT: Record<string, string> = {
  "keeps the request in a module variable": "interleaved-same",
  "returns the same body for all requests": "same-body",
  "appends to a header list shared by requests": "same-headers",
  "fails every other request": "same-status interleaved-same",
  "sends Content-Length 0 with HEAD": "head-length",
  "does not know HEAD": "head-status head-headers",
  "sends another Content-Type with HEAD": "head-type",
  "omits headers with HEAD": "head-headers",
  "needs QUERY_STRING": `without-query-string ${OPTIONAL}`,
  "needs REMOTE_ADDR": `without-remote ${OPTIONAL}`,
  "needs HTTP_HOST": `without-host ${OPTIONAL} http-1.0`,
  "needs REQUEST_URI": `without-request-uri ${OPTIONAL}`,
  "needs SERVER_SOFTWARE": `without-server-software ${OPTIONAL}`,
  "needs wsgiref.signal": `without-signal ${OPTIONAL}`,
  "requires wsgi.file_wrapper": `without-file-wrapper ${OPTIONAL}`,
  "needs a prototype of environ": "without-prototype",
  "treats every address as IPv4": "ipv6",
  "treats every path as UTF-8": "path-not-utf8",
  "treats PATH_INFO as a part of a URL": "path-double-slash",
  "assumes that a path begins with a slash": "path-empty options-asterisk",
  "decodes paths a second time": "path-escape",
  "sends the path in a header": "path-control",
  "counts characters for Content-Length": "path-not-utf8 path-utf8",
  "decodes queries by hand": "query-odd query-not-utf8",
  "decodes cookies by hand": "cookie-malformed",
  "decodes credentials without a check": "authorization-odd",
  "assumes that If-Modified-Since is a date": "if-modified-since",
  "assumes that it is not mounted": "mounted path-empty mount-not-ascii",
  "cannot accept a large body": "body-large",
  "fails on a GET with a body": "body-with-get",
  "assumes that it is not behind TLS": "https",
  "copies the environ as strings": "more-variables",
  "answers a range with the whole file": "range-length",
  "does not know its own ETag": "own-etag",
  "forgets Content-Range": "range",
  "sends a body with 304": "if-none-match",
  "forgets Allow": `put patch delete options method-unknown method-lower-case
    options-asterisk`,
  "returns a string for an unknown path":
    `unknown-path path-empty path-not-utf8 path-utf8 path-control path-escape
    path-encoded-slash path-double-slash path-dots path-special path-long
    path-deep options-asterisk`,
  "begins the response to POST twice":
    `post post-without-optional body-empty body-absent body-large
    body-chunked body-bytewise body-form body-multipart body-json
    content-type-absent content-type-odd body-cut-short body-over-limit
    disconnect-in-upload disconnect-in-read slow-post`,
  "answers 500 to PUT": "put",
  "changes wsgi.version for OPTIONS": "options options-asterisk",
  "requires CONTENT_LENGTH": "body-absent body-chunked body-over-limit",
  "trusts a Content-Type of JSON": "body-empty body-chunked body-json",
  "trusts every charset": "content-type-odd",
  "treats every form as UTF-8": "body-form",
  "waits for a body that the client does not send":
    "body-cut-short body-over-limit disconnect-in-upload disconnect-in-read",
  "throws from close() when the body was not read to its end": LEFT,
  "never finishes its close() when the body was not read to its end": LEFT,
  "yields from finally": BEGUN,
  "leaves a rejection behind after DELETE": "nothing-left",
  "throws from a timer after PATCH": "nothing-left",
  "begins another response from a timer after PUT": "nothing-left",
  "reads the request body after the end": "put",
  "is middleware that forgets to close the inner body": "put",
  "changes a chunk that it has yielded": "patch",
  "calls write() after it has returned": "patch",
  "returns nothing": "options options-asterisk",
};

const APPLICATIONS = Object.entries({ ...MISREADING, ...MISANSWERING });

/** Applications that hang, so they get less time. */
const HANGING: readonly string[] = [
  "waits for a body that the client does not send",
  "never finishes its close() when the body was not read to its end",
];

/** Checks an application, and returns the cases that fail. */
async function failuresOf(
  name: string,
  app: Loose,
  timeout = HANGING.includes(name) ? 1_500 : 20_000,
): Promise<string[]> {
  const { cases } = await checkApplication(app as Application, { timeout });
  const failed = cases.filter(({ outcome }) => outcome === "failed");
  for (const { message } of failed) assertMatch(message ?? "", /, got /);
  const ids = failed.map(({ id }) => id.replace("application/", ""));
  // On a busy machine, 1.5 seconds may also be too little for other cases.
  const isLate = timeout < 10_000 &&
    ids.length > CAUGHT[name]!.split(/\s+/).length;
  return isLate ? await failuresOf(name, app, 10_000) : ids;
}

/** The number of checks that run at once: a part of a check is waiting. */
const AT_ONCE = 6;

Deno.test("checkApplication() catches each broken application, only with the cases about its fault", async () => {
  const failed: Record<string, string[]> = {};
  const check = async (waiting: [string, Loose][]): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      failed[next[0]] = await failuresOf(...next);
    }
  };
  // Only one application may leave errors behind at a time.
  const { alone = [], others = [] } = Object.groupBy(
    APPLICATIONS,
    ([name]) => CAUGHT[name] === "nothing-left" ? "alone" : "others",
  );
  // Those that hang are started first.
  others.sort(([name]) => HANGING.includes(name) ? 1 : -1);
  await Promise.all(Array.from({ length: AT_ONCE }, () => check(others)));
  await check(alone);
  const expected = Object.entries(CAUGHT).map(([name, ids]) =>
    [name, ids.split(/\s+/)] as const
  );
  assertEquals(failed, Object.fromEntries(expected));
});

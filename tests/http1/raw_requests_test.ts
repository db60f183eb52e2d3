/** Request files of other projects, if they are next to the repository. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeUtf8, fromBytes } from "../../wsgi/byte_string.ts";
import { testsWith } from "../tool.ts";
import { type Parsed, type ParsedRequest, parseText } from "./parse_all.ts";

const FOLDER = new URL(
  "../../../shared/reference/raw_requests/",
  import.meta.url,
);

interface ExpectedRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Whether the file has all of it. */
  readonly complete?: boolean;
}

interface RawRequest {
  readonly file: string;
  readonly expect: string;
  readonly reason?: string | null;
  readonly missing_host?: boolean;
  readonly parsed?: readonly ExpectedRequest[];
  readonly options?: { readonly limit_request_field_size?: number };
}

const FRAGMENT = 'a "#" in a target is refused';
const CODINGS = "other codings than chunked are answered with 501";
const CONNECT = "the body of CONNECT is framed as that of other methods";
const GATEWAY = "the gateway does that, when it makes the environ";

const LAST =
  "llhttp/transfer-encoding/17_POST_with_chunked_as_last_transfer_encoding";

/** Files that this server handles differently, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "gunicorn/valid/025.raw": CODINGS,
  "gunicorn/valid/025_line.raw": CODINGS,
  "gunicorn/valid/rfc9112_smuggle_gzip_chunked_01.raw": CODINGS,
  "gunicorn/valid/027.raw": "a target must be ASCII: RFC 3986",
  "gunicorn/valid/040.raw": `names with "_" are dropped: ${GATEWAY}`,
  "gunicorn/invalid/041.raw": `a second Content-Type is refused: ${GATEWAY}`,
  "llhttp/method/02_CONNECT_request.raw": CONNECT,
  "llhttp/method/04_CONNECT_with_body.raw": CONNECT,
  "llhttp/method/05_M_SEARCH_request.raw": "only OPTIONS may have the target *",
  "llhttp/transfer-encoding/06_Trailing_headers.raw": "trailers are dropped",
  [`${LAST}.raw`]: FRAGMENT,
  [`${LAST.replace("17", "18")}_multiple_headers.raw`]: FRAGMENT,
  "llhttp/uri/08_Fragment_in_URI.raw": FRAGMENT,
  "probes/074_leading_CRLF_x5.raw": "two empty lines at most",
};

/** A head of HTTP/1.1: its request line and its other lines. */
const HEAD = /^([!-~]+ [^ \r\n]+ HTTP\/1\.[1-9]\r\n)((?:[^\r\n]+\r\n)*)/gm;
const ADDED_HOST = "added";

function addHost(text: string): string {
  return text.replace(HEAD, (head, line, fields) => {
    const host = `Host: ${ADDED_HOST}\r\n`;
    return /^host:/im.test(fields) ? head : line + host + fields;
  });
}

/** The requests that a connection would serve before it closes. */
function servedOf({ requests }: Parsed): readonly ParsedRequest[] {
  const last = requests.findIndex(({ head }) => !head.fields.keepsAlive);
  return last === -1 ? requests : requests.slice(0, last + 1);
}

function found({ head, body }: ParsedRequest): ExpectedRequest {
  const { method, target, version, fields: { headers: list } } = head;
  const headers = list.flatMap((name, i): [string, string][] =>
    i % 2 === 1 || list[i + 1] === ADDED_HOST
      ? []
      : [[name.toLowerCase(), list[i + 1]!]]
  );
  return { method, target, version, headers, body };
}

/** The values in bytes, and without blanks at the end, which llhttp keeps. */
function expected(
  { method, target, version, headers, body }: ExpectedRequest,
  bytes: string,
): ExpectedRequest {
  const list = headers.map(([name, text]) => {
    const value = text.replace(/(?: |\\t)+$/, "");
    const encoded = encodeUtf8(value);
    const seen = bytes.includes(encoded) ? encoded : value;
    return [name.toLowerCase(), seen] as const;
  });
  return { method, target, version, headers: list, body };
}

function checkParsed(raw: RawRequest, text: string, parsed: Parsed): void {
  const { open } = parsed;
  const messages = [...servedOf(parsed), ...open ? [open] : []];
  // A head without its end is not shown by this parser.
  const complete = raw.parsed?.filter((_, index) =>
    raw.parsed?.[index]?.complete !== false || index < messages.length
  );
  assertEquals(
    messages.map(found),
    complete?.map((each) => expected(each, text)) ?? messages.map(found),
  );
}

function check(raw: RawRequest, text: string): void {
  const isProbe = raw.file.startsWith("probes/");
  if (raw.missing_host) assertEquals(parseText(text).status ?? 400, 400);
  const lacksHost = /^Host must be sent with/.test(
    parseText(text).message ?? "",
  );
  const limit = raw.options?.limit_request_field_size && 32_768;
  const parsed = parseText(lacksHost && !isProbe ? addHost(text) : text, limit);
  const { status, requests, open, isIdle } = parsed;
  const isRefused = status !== undefined || open !== undefined || !isIdle ||
    servedOf(parsed).length < requests.length;
  switch (raw.expect) {
    case "accept":
      assertEquals(status, isProbe && raw.missing_host ? 400 : undefined);
      if (!isProbe) checkParsed(raw, text, parsed);
      break;
    case "reject":
    case "reject-or-close":
    case "accept-then-reject":
      assert(isRefused);
      assert(servedOf(parsed).length <= (raw.parsed?.length ?? Infinity));
      break;
    case "417-or-ignore":
    case "501":
    case "505":
      assertEquals(status, parseInt(raw.expect));
      break;
    case "no-smuggling":
      assert(!requests.some(({ head }) => head.target.includes("smuggle")));
      assert(requests.length <= 1);
      break;
    default:
      assertEquals(raw.expect, "either");
  }
}

const index: RawRequest[] | undefined = await Deno.readTextFile(
  new URL("index.json", FOLDER),
).then(JSON.parse, () => undefined);

for (const raw of index ?? []) {
  const exception = EXCEPTIONS[raw.file];
  const name = `RequestParser reads ${raw.file}: ${raw.expect}`;
  Deno.test(exception ? `${name}, but ${exception}` : name, async () => {
    const bytes = await Deno.readFile(new URL(raw.file, FOLDER));
    const run = () => check(raw, fromBytes(bytes));
    // An exception that is no longer needed must be removed from the list.
    if (exception === undefined) run();
    else assertThrows(run);
  });
}

const missing = index ? "" : " (they are not next to the repository)";

testsWith(missing)(
  "RequestParser reads the request files of other projects",
  () => {
    const files = new Set(index?.map(({ file }) => file));
    assert(files.size > 0);
    const unknown = Object.keys(EXCEPTIONS).filter((file) => !files.has(file));
    assertEquals(unknown, []);
  },
);

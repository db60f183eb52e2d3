/**
 * The request files of gunicorn and llhttp, and probes that were written for
 * this server. They lie beside the repository and are not part of it.
 */

import { assert, assertEquals } from "@std/assert";
import { encodeUtf8, fromBytes } from "../../wsgi/byte_string.ts";
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
  /** Whether all of it is in the file. */
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

/** Files about which this server thinks otherwise, and why. */
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
  "llhttp/transfer-encoding/17_POST_with_chunked_as_last_transfer_encoding.raw":
    FRAGMENT,
  "llhttp/transfer-encoding/18_POST_with_chunked_as_last_transfer_encoding_multiple_headers.raw":
    FRAGMENT,
  "llhttp/uri/08_Fragment_in_URI.raw": FRAGMENT,
  "probes/074_leading_CRLF_x5.raw": "two empty lines at most",
};

/** A head of HTTP/1.1: its request line and its other lines. */
const HEAD = /^([!-~]+ [^ \r\n]+ HTTP\/1\.[1-9]\r\n)((?:[^\r\n]+\r\n)*)/gm;
const ADDED_HOST = "added";

function addHost(text: string): string {
  return text.replace(
    HEAD,
    (head, line, fields) =>
      /^host:/im.test(fields)
        ? head
        : `${line}Host: ${ADDED_HOST}\r\n${fields}`,
  );
}

/** The requests that a connection would serve: none after the last one. */
function servedOf({ requests }: Parsed): readonly ParsedRequest[] {
  const last = requests.findIndex(({ head }) => !head.fields.keepsAlive);
  return last === -1 ? requests : requests.slice(0, last + 1);
}

function found({ head, body }: ParsedRequest): ExpectedRequest {
  const { method, target, version, fields } = head;
  const headers: [string, string][] = [];
  for (let i = 0; i < fields.headers.length; i += 2) {
    const [name = "", value = ""] = fields.headers.slice(i, i + 2);
    if (value !== ADDED_HOST) headers.push([name.toLowerCase(), value]);
  }
  return { method, target, version, headers, body };
}

/** Says what llhttp says in text, and with blanks at the end of a value. */
function expected(
  { method, target, version, headers, body }: ExpectedRequest,
  bytes: string,
): ExpectedRequest {
  return {
    method,
    target,
    version,
    headers: headers.map(([name, text]) => {
      const value = text.replace(/(?: |\\t)+$/, "");
      const encoded = encodeUtf8(value);
      return [name.toLowerCase(), bytes.includes(encoded) ? encoded : value];
    }),
    body,
  };
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
  const lacksHost = parseText(text).message?.startsWith(
    "Host must be sent with",
  );
  const parsed = parseText(
    lacksHost && !isProbe ? addHost(text) : text,
    raw.options?.limit_request_field_size === undefined ? undefined : 32_768,
  );
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
      assert(
        raw.parsed === undefined ||
          servedOf(parsed).length <= raw.parsed.length,
      );
      break;
    case "417-or-ignore":
      assertEquals(status, 417);
      break;
    case "501":
    case "505":
      assertEquals(status, Number(raw.expect));
      break;
    case "no-smuggling":
      assert(!requests.some(({ head }) => head.target.includes("smuggle")));
      assert(requests.length <= 1);
      break;
    default:
      assertEquals(raw.expect, "either");
  }
}

async function readIndex(): Promise<RawRequest[] | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL("index.json", FOLDER)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const index = await readIndex();

for (const raw of index ?? []) {
  const exception = EXCEPTIONS[raw.file];
  const name = `RequestParser reads ${raw.file}: ${raw.expect}`;
  Deno.test(exception ? `${name}, but ${exception}` : name, async () => {
    const bytes = await Deno.readFile(new URL(raw.file, FOLDER));
    let isAsExpected = true;
    try {
      check(raw, fromBytes(bytes));
    } catch (error) {
      if (exception === undefined) throw error;
      isAsExpected = false;
    }
    // An exception that is none any more must go from the list.
    assertEquals(isAsExpected, exception === undefined);
  });
}

Deno.test({
  name: `RequestParser reads the request files of others${
    index === undefined ? " (they are not beside the repository)" : ""
  }`,
  ignore: index === undefined,
  fn(): void {
    const files = new Set(index?.map(({ file }) => file));
    assert(files.size > 0);
    const unknown = Object.keys(EXCEPTIONS).filter((file) => !files.has(file));
    assertEquals(unknown, []);
  },
});

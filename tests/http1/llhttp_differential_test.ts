import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toBytes } from "../../wsgi/byte_string.ts";
import { anyCuts, anyRequests, anySpoiled, cut } from "./any_http_request.ts";
import {
  type LlhttpRequest,
  parseWithLlhttp,
  WITHOUT_LLHTTP,
} from "./llhttp.ts";
import { testsWith } from "../tool.ts";
import { parseAll, type Parsed } from "./parse_all.ts";

/** Faults that only this parser finds, by the start of the message. */
const STRICTER: Readonly<Record<string, string>> = {
  "Host must be": "llhttp leaves Host to the server",
  "target must": "a fragment, bytes that are not ASCII, hosts",
  "request line must be": "llhttp takes HTTP/0.9: a line without a version",
  "request line must come after": "llhttp skips any number of empty lines",
  "lines must end with CRLF": "llhttp takes CR and LF before a request line",
  "version must be": "llhttp takes the head of HTTP/2.0 and 0.9",
  "Expect must be": "llhttp leaves Expect to the server",
  "Transfer-Encoding must not be sent with": "HTTP/1.0 has no chunks",
  "Transfer-Encoding must contain": "llhttp looks at the last coding only",
  "transfer coding must be": "llhttp removes chunked only",
  "chunk size must be": "llhttp counts to 2^64",
  "chunk extension is malformed": "llhttp looks at quoted values only",
};

/** Faults that only llhttp finds, by the code. */
const MORE_LENIENT: Readonly<Record<string, string>> = {
  HPE_INVALID_VERSION: "a higher minor version is understood as 1.1",
  HPE_INVALID_METHOD: "any token is a method: RFC 9110, section 9.1",
  HPE_STRICT: "blanks in a chunk extension: RFC 9112, section 7.1.1",
  HPE_INVALID_TRANSFER_ENCODING: "a trailer of that name is dropped as others",
  HPE_CLOSED_CONNECTION: "llhttp misses keep-alive with a tab after it",
  HPE_INVALID_CONTENT_LENGTH: "a tab may follow a value: RFC 9110, section 5.5",
};

type Message = Omit<LlhttpRequest, "keepsAlive" | "isComplete">;

function ours({ requests }: Parsed): Message[] {
  return requests.map(({ head: { method, target, version, fields }, body }) => {
    return { method, target, version, headers: [...fields.headers], body };
  });
}

function theirs(requests: readonly LlhttpRequest[]): Message[] {
  return requests.filter(({ isComplete }) => isComplete).map((request) => {
    const { method, target, version, body } = request;
    // llhttp keeps blanks at the end of a value.
    const headers = request.headers.map((text) => text.replace(/[ \t]+$/, ""));
    return { method, target, version, headers, body };
  });
}

function compare(pieces: readonly Uint8Array[]): void {
  const parsed = parseAll(pieces);
  const { message, isIdle } = parsed;
  const { requests, error } = parseWithLlhttp(pieces);
  const mine = ours(parsed);
  const other = theirs(requests);
  const common = Math.min(mine.length, other.length);
  assertEquals(mine.slice(0, common), other.slice(0, common));
  // The connection serves nothing after the last request, nor does Node.
  const last = parsed.requests.findIndex(({ head }) => !head.fields.keepsAlive);
  if (last !== -1 && last < common) return;
  if (mine.length > common || (isIdle && error !== undefined)) {
    assert(error !== undefined && error in MORE_LENIENT, `they say ${error}`);
  }
  if (other.length > common || (message !== undefined && error === undefined)) {
    assert(
      Object.keys(STRICTER).some((start) => message?.startsWith(start)),
      `we say ${message}`,
    );
  }
}

const anyValid = anyRequests.map((sent) => sent.map((it) => it.text).join(""));

for (
  const [name, texts, numRuns] of [
    ["valid", anyValid, 1000],
    ["spoiled", anySpoiled, 5000],
  ] as const
) {
  testsWith(WITHOUT_LLHTTP)(
    `RequestParser agrees with llhttp on ${name} requests, apart from documented differences`,
    () => {
      const property = fc.property(texts, anyCuts, (text, cuts) => {
        compare(cut(toBytes(text), cuts));
      });
      fc.assert(property, { numRuns, seed: 20261128 });
    },
  );
}

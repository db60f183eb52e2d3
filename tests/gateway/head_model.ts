/**
 * Statuses and header lists, good and bad, and a model of SPEC.md that decides
 * which of them are valid, with no code of the gateway.
 *
 * @module
 */

import fc from "npm:fast-check@^4";
import { oneOf, weighted } from "./environ/any_request.ts";

/** The arguments of startResponse. */
export interface AnyHead {
  readonly status: unknown;
  readonly headers: unknown;
}

// header-hop-by-hop
const HOP_BY_HOP =
  "CONNECTION KEEP-ALIVE PROXY-CONNECTION TE TRAILER TRAILERS TRANSFER-ENCODING UPGRADE"
    .split(" ");

/** Decides whether startResponse must accept a status and headers. */
export function isAcceptable({ status, headers }: AnyHead): boolean {
  // status-string, -digits, -range, -no-control and -bytestring
  if (typeof status !== "string") return false;
  if (!/^[2-5][0-9]{2} [ -~\x80-\xff]*$/.test(status)) return false;
  // header-array
  if (!Array.isArray(headers)) return false;
  let lengths = 0;
  // Array.from() makes holes visible.
  return Array.from<unknown>(headers).every((pair) => {
    // header-pair, header-string
    if (!Array.isArray(pair) || pair.length !== 2) return false;
    const [name, value] = pair as unknown[];
    if (typeof name !== "string" || typeof value !== "string") return false;
    // header-token
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return false;
    // header-bytestring, header-no-control
    if (!/^[\t -~\x80-\xff]*$/.test(value)) return false;
    const upper = name.toUpperCase();
    if (upper !== "CONTENT-LENGTH") return !HOP_BY_HOP.includes(upper);
    // length-digits
    return /^[0-9]+$/.test(value) && BigInt(value) <= 9007199254740991n &&
      ++lengths === 1;
  });
}

/** A text that occasionally has an invalid unit. */
function mostly(
  good: string,
  bad: string,
  maxLength: number,
): fc.Arbitrary<string> {
  const unit = weighted(
    [60, fc.constantFrom(...good)],
    [1, fc.constantFrom(...bad)],
  );
  return fc.string({ unit, maxLength });
}

const TOKEN = "azAZ059!#$%&'*+-.^_`|~";
const CONTROLS = "\0\x01\x08\n\v\f\r\x0e\x1b\x1f\x7f";
const WIDE = "\u0100\u010a\u0d0a€\u2028\ud83d";

const reason = mostly("OK not  found.\x80\xff\xe9", `${CONTROLS}\t${WIDE}`, 12);
const value = mostly(' aB1;,="/\\\t\x80\x85\xa0\xff', `${CONTROLS}${WIDE}`, 14);

function coded(min: number, max: number): fc.Arbitrary<string> {
  return fc.tuple(fc.integer({ min, max }), reason)
    .map((parts) => parts.join(" "));
}

const status = weighted<unknown>(
  [30, coded(200, 599)],
  [2, coded(0, 1200)],
  [1, fc.constantFrom("", "200", "200OK", " 200 OK", "200\tOK", "٢٠٠ OK")],
  [1, fc.anything()],
);

const name = weighted(
  [8, mostly(TOKEN, `:()<>@,;\\"/[]?={} \t\xe9\u212a${CONTROLS}`, 9)],
  [
    3,
    oneOf(
      "Content-Type Set-Cookie set-cookie __proto__ Content-Lengths Accept-Charset",
    ),
  ],
);

const length = weighted(
  [1, fc.nat().map(String)],
  [1, oneOf("+1 1,1 0x1 007 1e3 ٣ 9007199254740991 9007199254740992")],
  [1, fc.constantFrom("", "1 ", "9".repeat(400))],
);

const pair = weighted<unknown>(
  [60, fc.tuple(name.filter((name) => name !== ""), value)],
  [3, fc.tuple(oneOf("Content-Length content-length CONTENT-LENGTH"), length)],
  [1, fc.tuple(fc.constantFrom(...HOP_BY_HOP, "", "Te", "tRAILER"), value)],
  [1, fc.array(fc.oneof(name, fc.anything()), { maxLength: 3 })],
  [1, fc.anything()],
);

/** A status and headers: valid, or with a small fault. */
export const anyHead: fc.Arbitrary<AnyHead> = fc.record({
  status,
  headers: weighted<unknown>(
    [30, fc.array(pair, { maxLength: 6 })],
    [1, fc.sparseArray(pair, { maxLength: 3 })],
    [1, fc.anything()],
  ),
});

/** A status and headers that startResponse must accept. */
export const goodHead: fc.Arbitrary<
  { status: string; headers: [name: string, value: string][] }
> = anyHead.filter(isAcceptable) as fc.Arbitrary<
  { status: string; headers: [string, string][] }
>;

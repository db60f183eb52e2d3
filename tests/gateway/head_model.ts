/**
 * Statuses and header lists, good and bad, and what SPEC.md says about them,
 * worked out with no code of the gateway.
 *
 * @module
 */

import fc from "npm:fast-check@^4";
import { oneOf } from "./any_request.ts";

/** What an application may give to startResponse. */
export interface AnyHead {
  readonly status: unknown;
  readonly headers: unknown;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const TOKEN = `${LETTERS}0123456789!#$%&'*+-.^_\`|~`;
const MAX_LENGTH = 9007199254740991n;

// header-hop-by-hop
const HOP_BY_HOP =
  "CONNECTION KEEP-ALIVE PROXY-CONNECTION TE TRAILER TRAILERS TRANSFER-ENCODING UPGRADE"
    .split(" ");

/** Whether every code unit is a byte, and none but `allowed` a control. */
function isPlain(text: string, allowed: string): boolean {
  return text.split("").every((unit) => {
    const code = unit.charCodeAt(0);
    return allowed.includes(unit) ||
      (code >= 0x20 && code <= 0xff && code !== 0x7f);
  });
}

function isDigits(text: string): boolean {
  return text !== "" &&
    text.split("").every((one) => "0123456789".includes(one));
}

/** status-string, -digits, -range, -no-control and -bytestring. */
function isStatus(status: unknown): boolean {
  return typeof status === "string" && isDigits(status.slice(0, 3)) &&
    status.length >= 4 && status[3] === " " &&
    "2345".includes(status.charAt(0)) && isPlain(status, "");
}

/** Tells whether SPEC.md lets startResponse take a status and headers. */
export function isAcceptable({ status, headers }: AnyHead): boolean {
  // header-array
  if (!isStatus(status) || !Array.isArray(headers)) return false;
  let lengths = 0;
  // Not every(), which passes over the holes of an array.
  for (const pair of headers as unknown[]) {
    // header-pair, header-string
    if (!Array.isArray(pair) || pair.length !== 2) return false;
    const [name, value] = pair as unknown[];
    if (typeof name !== "string" || typeof value !== "string") return false;
    // header-token
    if (name === "") return false;
    if (!name.split("").every((one) => TOKEN.includes(one))) return false;
    // header-bytestring, header-no-control
    if (!isPlain(value, "\t")) return false;
    const upper = name.toUpperCase();
    if (HOP_BY_HOP.includes(upper)) return false;
    // length-digits
    if (upper !== "CONTENT-LENGTH") continue;
    if (!isDigits(value) || BigInt(value) > MAX_LENGTH) return false;
    if (++lengths > 1) return false;
  }
  return true;
}

/** Gives a text where now and then a unit is out of place. */
function mostly(
  good: string,
  bad: string,
  maxLength: number,
): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom(...good) },
      { weight: 1, arbitrary: fc.constantFrom(...bad) },
    ),
    maxLength,
  });
}

const CONTROLS = "\0\x01\x08\n\v\f\r\x0e\x1b\x1f\x7f";
const WIDE = "\u0100\u010a\u0d0a€\u2028\ud83d";

const reason = mostly("OK not  found.\x80\xff\xe9", `${CONTROLS}\t${WIDE}`, 12);

const status: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.tuple(fc.integer({ min: 200, max: 599 }), reason)
      .map(([code, reason]) => `${code} ${reason}`),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.integer({ min: 0, max: 1200 }), reason)
      .map(([code, reason]) => `${code} ${reason}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["", "200", "200OK", " 200 OK", "200\tOK", "٢٠٠ OK", "2e2 OK"],
    ),
  },
  { weight: 1, arbitrary: fc.anything() },
);

const name = fc.oneof(
  {
    weight: 8,
    arbitrary: mostly(TOKEN, `:()<>@,;\\"/[]?={} \t\xe9\u212a${CONTROLS}`, 9)
      .filter((name) => name !== ""),
  },
  {
    weight: 3,
    arbitrary: oneOf(
      "Content-Type Set-Cookie set-cookie Location Date Server __proto__",
      "Proxy-Authenticate Connections Content-Lengths",
    ),
  },
);

const value = mostly(' aB1;,="/\\\t\x80\x85\xa0\xff', `${CONTROLS}${WIDE}`, 14);

const pair: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 60, arbitrary: fc.tuple(name, value) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom("Content-Length", "content-length", "CONTENT-LENGTH"),
      fc.oneof(
        fc.nat().map(String),
        fc.constantFrom("", "1 ", "9".repeat(400)),
        oneOf("+1 1,1 0x1 007 1e3 ٣ 9007199254740991 9007199254740992"),
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(...HOP_BY_HOP, "", "Te", "keep-alive", "tRAILER"),
      value,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.anything(),
      fc.array(fc.oneof(name, fc.anything()), { maxLength: 3 }),
    ),
  },
);

/** A status and headers: mostly good, or one step from it. */
export const anyHead: fc.Arbitrary<AnyHead> = fc.record({
  status,
  headers: fc.oneof(
    { weight: 30, arbitrary: fc.array(pair, { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.sparseArray(pair, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.anything() },
  ),
});

/** A status and headers that startResponse has to take. */
export const goodHead: fc.Arbitrary<
  { status: string; headers: [name: string, value: string][] }
> = anyHead.filter(isAcceptable) as fc.Arbitrary<
  { status: string; headers: [string, string][] }
>;

/**
 * The header block of an SCGI request.
 *
 * @module
 */

import { type ByteSource, MalformedBlock, type Variable } from "./block.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { quote } from "../../wsgi/describe.ts";
import { isDigits } from "../../wsgi/http_syntax.ts";

/** The longest block, in bytes: as much as uwsgi can have. */
const MAX_LENGTH = 65_535;

const COLON = 0x3a;
const COMMA = 0x2c;

/** Reads the digits before the colon of a netstring. */
async function readLength(source: ByteSource): Promise<number | undefined> {
  let digits = "";
  for (;;) {
    const byte = await source.take(1);
    if (byte === undefined) {
      if (digits === "") return undefined;
      throw new MalformedBlock("it ends within its length");
    }
    if (byte[0] === COLON && digits !== "") break;
    digits += fromBytes(byte);
    if (!isDigits(digits) || /^0./.test(digits)) {
      throw new MalformedBlock(
        `it must begin with its length in digits, got ${quote(digits)}`,
      );
    }
    if (Number(digits) > MAX_LENGTH) {
      throw new MalformedBlock(
        `it must have at most ${MAX_LENGTH} bytes, got ${digits} or more`,
      );
    }
  }
  return Number(digits);
}

/**
 * Reads a netstring of names and values, each with a NUL at its end. The first
 * name must be CONTENT_LENGTH. `SCGI` may be missing: nginx sends no more than
 * it is told to.
 *
 * The SCGI protocol, 2008-06-23.
 *
 * @param source The bytes of the connection; nothing after the block is taken.
 * @returns The variables as ByteStrings in their order, or nothing if the
 * connection ended without a byte.
 * @throws {MalformedBlock} If it is no such block, or ends too early.
 */
export async function readScgiBlock(
  source: ByteSource,
): Promise<Variable[] | undefined> {
  const length = await readLength(source);
  if (length === undefined) return undefined;
  const block = await source.take(length + 1);
  if (block === undefined) throw new MalformedBlock("it ends too early");
  if (block[length] !== COMMA) {
    throw new MalformedBlock("it must have a comma at its end");
  }
  const fields = fromBytes(block.subarray(0, length)).split("\0");
  // What follows the last NUL is nothing, and belongs to no pair.
  if (fields.pop() !== "" || fields.length % 2 !== 0) {
    throw new MalformedBlock(
      "it must be pairs of strings with a NUL at each end",
    );
  }
  const variables: Variable[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    variables.push([fields[i] ?? "", fields[i + 1] ?? ""]);
  }
  const [first] = variables;
  if (first?.[0] !== "CONTENT_LENGTH" || !isDigits(first[1])) {
    throw new MalformedBlock(
      "its first variable must be CONTENT_LENGTH with digits",
    );
  }
  return variables;
}

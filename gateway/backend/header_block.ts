/**
 * The header blocks of SCGI and uwsgi: the variables of one request, which the
 * web server sends before the request body.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import { quote } from "../../wsgi/describe.ts";
import { isDigits } from "../../wsgi/http_syntax.ts";

/** One variable, its name and value as ByteStrings. */
export type Variable = readonly [name: string, value: string];

/** Bytes that arrive. */
export interface ByteSource {
  /**
   * Takes a number of bytes, and waits for them.
   *
   * @param count How many.
   * @returns The bytes; nothing if there will never be as many.
   */
  take(count: number): Promise<Uint8Array | undefined>;
}

/**
 * Reads the header block of one request.
 *
 * @param source The bytes of the connection; nothing after the block is taken.
 * @returns The variables in their order, or nothing if the connection ended
 * without a byte.
 * @throws {MalformedBlock} If it is no such block, or ends too early.
 */
export type ReadBlock = (
  source: ByteSource,
) => Promise<Variable[] | undefined>;

/** A connection began with what is no header block. It cannot be answered. */
export class MalformedBlock extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "MalformedBlock";

  /**
   * @param problem What is wrong with the block.
   */
  constructor(problem: string) {
    super(`Cannot read the header block: ${problem}`);
  }
}

/** The longest block, in bytes: as much as uwsgi can have. */
const MAX_SCGI_LENGTH = 65_535;

const COLON = 0x3a;
const COMMA = 0x2c;

/** Reads the digits before the colon of a netstring. */
async function readNetstringLength(
  source: ByteSource,
): Promise<number | undefined> {
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
    if (Number(digits) > MAX_SCGI_LENGTH) {
      throw new MalformedBlock(
        `it must have at most ${MAX_SCGI_LENGTH} bytes, got ${digits} or more`,
      );
    }
  }
  return Number(digits);
}

/**
 * Reads a netstring of names and values, each with a NUL at its end. The first
 * name must be CONTENT_LENGTH. `SCGI` may be missing: nginx sends no more than
 * its configuration says.
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
  const length = await readNetstringLength(source);
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

/** Takes strings with a 16-bit length before each from a block. */
class Strings {
  readonly #view: DataView;
  readonly #block: Uint8Array;
  #offset = 0;

  constructor(block: Uint8Array) {
    this.#block = block;
    this.#view = new DataView(block.buffer, block.byteOffset, block.length);
  }

  get isEmpty(): boolean {
    return this.#offset === this.#block.length;
  }

  next(): string {
    const start = this.#offset + 2;
    const end = start <= this.#block.length
      ? start + this.#view.getUint16(this.#offset, true)
      : Infinity;
    if (end > this.#block.length) {
      throw new MalformedBlock("a string must not be longer than the block");
    }
    this.#offset = end;
    return fromBytes(this.#block.subarray(start, end));
  }
}

/**
 * Reads four bytes, a modifier, the size and another modifier, then names and
 * values, each with its size before it. The first modifier must be 0: a WSGI
 * request. The second one means nothing here.
 *
 * The uwsgi protocol, 0.1.
 *
 * @param source The bytes of the connection; nothing after the block is taken.
 * @returns The variables as ByteStrings in their order, or nothing if the
 * connection ended without a byte.
 * @throws {MalformedBlock} If it is no such block, or ends too early.
 */
export async function readUwsgiBlock(
  source: ByteSource,
): Promise<Variable[] | undefined> {
  const first = await source.take(1);
  if (first === undefined) return undefined;
  const [modifier] = first;
  if (modifier !== 0) {
    throw new MalformedBlock(`its modifier1 must be 0, got ${modifier}`);
  }
  const rest = await source.take(3);
  const [low = 0, high = 0] = rest ?? [];
  const block = rest && await source.take(low + high * 256);
  if (block === undefined) throw new MalformedBlock("it ends too early");
  const strings = new Strings(block);
  const variables: Variable[] = [];
  while (!strings.isEmpty) variables.push([strings.next(), strings.next()]);
  if (variables.some((variable) => variable.join("").includes("\0"))) {
    throw new MalformedBlock("a string must not have a NUL");
  }
  return variables;
}

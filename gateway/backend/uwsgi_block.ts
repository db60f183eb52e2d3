/**
 * The header block of a uwsgi request.
 *
 * @module
 */

import { type ByteSource, MalformedBlock, type Variable } from "./block.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";

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

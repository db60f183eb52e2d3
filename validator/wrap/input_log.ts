/**
 * {@linkcode InputLog}: the results of one wsgi.input so far.
 *
 * @module
 */

import { isUint8Array } from "../../wsgi/describe.ts";
import type { EarlierRead, InputResultView } from "../views/stream_views.ts";

const LINE_FEED = 0x0a;

/** One call to a method of wsgi.input. */
export interface InputCall {
  /** The method that was called. */
  readonly method: string;
  /** Its arguments. */
  readonly args: readonly unknown[];
  /** Whether the result may be shorter than the size. */
  readonly isPartial?: boolean;
}

/** The result of a call. */
export interface InputResult {
  /** Whether it was a promise. */
  readonly isPromised: boolean;
  /** The result, awaited. */
  readonly result: unknown;
}

/**
 * Reads the size of a call.
 *
 * @param args The arguments of the call.
 * @returns The size; `undefined` for no limit, NaN if it is not valid.
 */
function sizeOf(args: readonly unknown[]): number | undefined {
  const size = args[0];
  if (size === undefined) return undefined;
  if (args.length > 1 || !Number.isSafeInteger(size)) return NaN;
  return size as number < 0 ? undefined : size as number;
}

/** Returns the arrays in a result; `undefined` if it has a wrong type. */
function piecesOf(
  method: string,
  result: unknown,
): readonly Uint8Array[] | undefined {
  if (method !== "readlines") {
    return isUint8Array(result) ? [result] : undefined;
  }
  if (!Array.isArray(result)) return undefined;
  const pieces = Array.from<unknown>(result);
  return pieces.every(isUint8Array) ? pieces : undefined;
}

/** A part of a buffer; its end is exclusive. */
interface Range {
  start: number;
  end: number;
}

/** The number of parts of one buffer that are remembered. */
const MAX_RANGES = 64;

/** The parts of buffers that the application got. */
class GivenMemory {
  readonly #ranges = new WeakMap<ArrayBufferLike, Range[]>();

  /**
   * Notes an array.
   *
   * @param array The array.
   * @returns Whether the application got a byte of its memory before.
   */
  take(array: Uint8Array): boolean {
    const { buffer, byteOffset: start, length } = array;
    if (length === 0) return false;
    const end = start + length;
    const ranges = this.#ranges.get(buffer);
    if (ranges === undefined) {
      this.#ranges.set(buffer, [{ start, end }]);
      return false;
    }
    if (ranges.some((range) => start < range.end && range.start < end)) {
      return true;
    }
    // Lines of one buffer are adjacent.
    const before = ranges.find((range) => range.end === start);
    if (before !== undefined) before.end = end;
    else if (ranges.length < MAX_RANGES) ranges.push({ start, end });
    return false;
  }
}

function endsLine(piece: Uint8Array): boolean {
  return piece.at(-1) === LINE_FEED;
}

/** Counts the bytes that were read, as far as that is visible from outside. */
export class InputLog {
  /** The number in CONTENT_LENGTH, if there is one. */
  readonly limit: number | undefined;
  /** Bytes that all calls have returned. */
  total = 0;
  /** The array that was returned last. */
  last: Uint8Array | undefined;
  readonly #given = new GivenMemory();
  #earlier: EarlierRead | undefined;
  #pending = 0;
  /** Whether calls overlapped, so that the order of their results is unknown. */
  #isTangled = false;

  /** @param limit The number in CONTENT_LENGTH, if there is one. */
  constructor(limit: number | undefined) {
    this.limit = limit;
  }

  /** Bytes that are left, if that is known. */
  get left(): number | undefined {
    return this.limit === undefined || this.#pending > 0
      ? undefined
      : this.limit - this.total;
  }

  /** A call begins. */
  begin(): void {
    if (this.#pending++ > 0) this.#isTangled = true;
  }

  /** A call has failed. */
  fail(): void {
    if (--this.#pending === 0) this.#isTangled = false;
  }

  /**
   * A call has returned a result.
   *
   * @param call The call.
   * @param given The result.
   * @returns The view for the rules.
   */
  take(call: InputCall, given: InputResult): InputResultView {
    const { method, args } = call;
    const size = sizeOf(args);
    const pieces = piecesOf(method, given.result);
    let length = 0;
    let isReused = false;
    for (const piece of pieces ?? []) {
      length += piece.length;
      if (this.#given.take(piece)) isReused = true;
      if (piece.length > 0) this.last = piece;
    }
    this.total += length;
    const earlier = length > 0 ? this.#earlier : undefined;
    if (earlier !== undefined) this.#earlier = undefined;
    let end: EarlierRead | undefined;
    if (pieces !== undefined && !this.#isTangled) {
      end = endShownBy(call, size, pieces, length);
      if (this.#earlier !== undefined) end = undefined;
      else this.#earlier = end;
    }
    this.fail();
    return {
      method,
      args,
      size,
      isPromised: given.isPromised,
      result: given.result,
      pieces,
      length,
      total: this.total,
      limit: this.limit,
      earlier,
      end,
      isReused,
    };
  }

  /**
   * An iteration has ended.
   *
   * @returns The view for the rules.
   */
  end(): InputResultView {
    const nothing = { isPromised: true, result: new Uint8Array() };
    return this.take({ method: "next", args: [] }, nothing);
  }
}

/** Returns the result in a form that is kept, if it shows the end of the input. */
function endShownBy(
  { method, isPartial = false }: InputCall,
  size: number | undefined,
  pieces: readonly Uint8Array[],
  length: number,
): EarlierRead | undefined {
  if (size === 0 && method !== "readlines" || Number.isNaN(size)) {
    return undefined;
  }
  if (isPartial && length > 0) return undefined;
  const isFull = size !== undefined && size > 0 && length >= size;
  const isLine = method === "readline" || method === "next";
  if (isFull || isLine && endsLine(pieces[0]!)) return undefined;
  const call = method === "next" ? "the iteration" : `${method}(${size ?? ""})`;
  if (length === 0) return { call, kind: "empty", length };
  if (method === "read") return { call, kind: "bytes", length };
  const kind = endsLine(pieces.at(-1)!) ? "lines" : "line";
  return { call, kind, length };
}

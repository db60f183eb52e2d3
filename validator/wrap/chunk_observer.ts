/**
 * {@linkcode ChunkObserver}: checks and counts chunks.
 *
 * @module
 */

import { ignoreRejection, isUint8Array } from "../../wsgi/describe.ts";
import type { Entry } from "../captures.ts";
import type {
  BodyKind,
  ChangeView,
  ChunkView,
  LengthView,
} from "../views/body_views.ts";
import {
  beginTogether,
  isGone,
  lengthOf,
  markOf,
  type Memory,
  memoryOf,
} from "../views/memory.ts";
import { isGenerator } from "../views/value_shape.ts";
import type { ViolationChunk } from "../violation.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { ChunkSnapshot } from "./chunk_snapshot.ts";
import { hasPlainContent, isPlainChunk, isPlainEnd } from "./plain_moments.ts";

/**
 * Checks one chunk after the other.
 *
 * It is also the view for the checks, and is reused for each chunk, because a
 * body can have very many.
 */
export class ChunkObserver implements ChunkView, LengthView {
  readonly state: CheckedRequest;
  readonly isInArray: boolean;
  chunk: unknown;
  isHole = false;
  length = 0;
  memory: Memory | undefined;
  total = 0;
  #index = 0;
  #isWritten = false;
  /** The last non-empty chunk, until it is checked again. */
  #kept: Uint8Array | undefined;
  /** The last non-empty chunk, its length, and its mark at that time. */
  #last: Uint8Array | undefined;
  #lastLength = 0;
  #lastMark = 0;
  readonly #snapshot: ChunkSnapshot | undefined;

  /**
   * @param request The request.
   * @param isInArray Whether the chunks are those of an array.
   */
  constructor(request: CheckedRequest, isInArray = false) {
    this.state = request;
    this.isInArray = isInArray;
    const { change, buffer } = request.rules;
    if (change.length + buffer.length > 0) {
      this.#snapshot = new ChunkSnapshot(isInArray);
    }
  }

  /**
   * Checks a chunk that the body yielded, and counts it.
   *
   * @param chunk The chunk.
   * @param isHole Whether it is a hole in an array.
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  takeYielded(chunk: unknown, isHole = false): void {
    const { state } = this;
    this.isHole = isHole;
    this.#look(chunk);
    if (this.memory === undefined) ignoreRejection(chunk);
    state.observe?.({ type: "chunk", via: "body", index: state.chunks, chunk });
    if (state.inner !== undefined) state.compareWithInner("chunk", [chunk]);
    const { rules } = state;
    const isPlain = isPlainChunk(this);
    state.checkOften(isPlain ? rules.plain.chunk : rules.chunk, this);
    if (this.memory !== undefined) {
      this.#checkBytes(isPlain && hasPlainContent(state));
    }
    state.chunks++;
    state.bytes += this.length;
    this.#count();
    state.lastChunk = chunk;
    const { outer } = state;
    // An array has no chunks to wait for: all are there when it is returned.
    if (outer?.iterating === true && !this.isInArray) {
      outer.taken++;
      outer.compareWithInner("inner chunk", [chunk], undefined, state);
    }
  }

  /**
   * Checks a chunk that was passed to write(), and counts it.
   *
   * @param chunk The chunk.
   * @param entry The function that the program called.
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  takeWritten(chunk: unknown, entry: Entry): void {
    const { state } = this;
    this.#isWritten = true;
    this.checkHeld("application", entry);
    this.#look(chunk);
    if (this.memory !== undefined) this.#checkBytes(false, entry);
    state.written += this.length;
    this.#count();
  }

  /** The chunk that is being checked, for the finding about it. */
  get place(): ViolationChunk | undefined {
    const { chunk, state } = this;
    if (state.ended) return undefined;
    return {
      via: this.#isWritten ? "write" : "body",
      index: this.#index - 1,
      size: typeof chunk === "string"
        ? chunk.length
        : this.memory === undefined
        ? undefined
        : this.length,
    };
  }

  #look(chunk: unknown): void {
    this.#index++;
    this.chunk = chunk;
    if (isUint8Array(chunk)) {
      this.length = lengthOf(chunk);
      this.memory = memoryOf(chunk, this.length);
    } else {
      this.length = 0;
      this.memory = undefined;
    }
  }

  /** Whether the bytes of the last chunk have changed since. */
  get #hasLastChanged(): boolean {
    return this.#last !== undefined &&
      markOf(this.#last, this.#lastLength) !== this.#lastMark;
  }

  /** Checks whether the last chunk was overwritten with this one. */
  #checkReuse(entry?: Entry): void {
    const { state, length } = this;
    const chunk = this.chunk as Uint8Array;
    const last = this.#last;
    if (
      last !== undefined && beginTogether(last, chunk) && this.#hasLastChanged
    ) state.checkOften(state.rules.reuse, this, entry);
    this.#last = chunk;
    this.#lastLength = length;
    this.#lastMark = markOf(chunk, length);
  }

  /**
   * Forgets the last chunk if it has changed before the next one is requested:
   * the server may have written to it.
   */
  forgetChanged(): void {
    if (this.#hasLastChanged) this.#last = undefined;
  }

  #checkBytes(isPlain: boolean, entry?: Entry): void {
    const { state, length } = this;
    this.total = state.bytes + state.written + length;
    const { rules } = state;
    state.checkOften(isPlain ? rules.plain.bytes : rules.bytes, this, entry);
    // An array is complete, and a file wrapper belongs to the server.
    if (length > 0 && !this.isInArray && !state.isFile) this.#checkReuse(entry);
    state.check(state.rules.length, this, entry);
  }

  #count(): void {
    const { state, length } = this;
    if (this.memory === undefined) {
      state.uncounted = true;
      return;
    }
    if (length === 0) {
      state.emptyRun++;
      return;
    }
    state.emptyRun = 0;
    state.headSent = true;
    this.#kept = this.chunk as Uint8Array;
    this.#snapshot?.remember(this.#kept, length);
  }

  /**
   * Checks whether chunks have changed since they were passed on.
   *
   * @param holder Who had it in the meantime.
   * @param entry The function that the program called.
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  checkHeld(holder: ChangeView["holder"], entry?: Entry): void {
    const change = this.#snapshot?.find();
    if (change === undefined) return;
    const { state } = this;
    state.check(state.rules.change, { change, holder }, entry);
  }

  /**
   * Checks whether the server has transferred the buffer of the last chunk.
   *
   * @param kind The kind of the body.
   * @param body The body.
   * @throws {ConformanceError} If it has, and this layer throws.
   */
  checkKept(kind: BodyKind, body: unknown): void {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept === undefined || lengthOf(kept) > 0 || !isGone(kept)) return;
    this.#snapshot?.forget();
    const { state } = this;
    // Code behind a stream can run at any time, unlike that of a generator.
    const isCertain = kind !== "async" || isGenerator(body);
    state.checkServer(state.rules.detach, { isCertain });
  }

  /**
   * Checks the length of a body that has ended by itself.
   *
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  end(): void {
    const { state } = this;
    state.ended = true;
    state.observe?.({ type: "body-end" });
    state.compareWithInner("end");
    const isPlain = isPlainEnd(state);
    state.check(isPlain ? state.rules.plain.end : state.rules.end, this);
    const total = state.bytes + state.written;
    state.check(state.rules.length, { total, length: undefined, state });
    if (this.#snapshot === undefined) return;
    const largest = this.#snapshot.largestBuffer;
    state.check(state.rules.buffer, { largest, total });
  }
}

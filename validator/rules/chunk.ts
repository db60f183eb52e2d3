/**
 * Rules about each chunk and its memory.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { BufferView, ChunkView } from "../views/body_views.ts";
import { describeNoChunk } from "./chunk_hints.ts";
import type { Rule } from "./rule.ts";

/** Applied to each chunk that the body yields. */
export const CHUNK_RULES: readonly Rule<ChunkView>[] = [
  {
    id: "body/chunk",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "chunk-uint8array",
    title: "Each chunk must be a Uint8Array",
    why: "The body is bytes, and servers do not convert other values.",
    hint: "Encode text: new TextEncoder().encode(text)",
    check: ({ chunk, isHole, isInArray, memory }) =>
      memory !== undefined || isHole
        ? undefined
        : describeNoChunk(chunk, isInArray ? "array" : "yield"),
  },
  {
    id: "body/array-hole",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-array-fixed",
    title: "An array as the body must have a chunk at every index",
    why:
      "A hole is undefined when the array is iterated over, and cannot be sent.",
    hint: "Fill it with push(), not by setting its length or a later index",
    check: ({ isHole, state }) =>
      isHole ? `nothing at index ${state.chunks}` : undefined,
  },
  {
    id: "start-response/late",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-before-chunk",
    title: "startResponse must be called before the first non-empty chunk",
    why: "Status and headers are sent before the body.",
    hint:
      "Call startResponse before the first yield, or before an array is returned; if a callback calls it, an await may be missing",
    check: ({ chunk, length, state }) =>
      length === 0 || state.starts > 0
        ? undefined
        : `${describe(chunk)} before it`,
  },
];

/** The number of empty chunks in a row that counts as endless. */
const MAX_EMPTY_RUN = 10_000;

/** Applied to each chunk that is yielded or written, if it is one. */
export const MEMORY_RULES: readonly Rule<ChunkView>[] = [
  {
    id: "chunk/detached",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "chunk-not-detached",
    title: "A chunk must not be a view of a transferred buffer",
    why: "The chunk has lost its bytes and looks empty.",
    hint:
      "Copy it before its buffer is transferred: bytes.slice(). A byte stream transfers the buffers that are put into it",
    check: ({ memory }) =>
      memory === "detached"
        ? "a chunk whose buffer was transferred (detached)"
        : undefined,
  },
  {
    id: "chunk/out-of-bounds",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "chunk-not-detached",
    title: "A chunk must lie within its buffer",
    why: "The chunk has lost its bytes and looks empty.",
    hint: "Copy it before its buffer is resized: bytes.slice()",
    check: ({ memory }) =>
      memory === "outOfBounds"
        ? "a chunk that is out of bounds because its buffer has shrunk"
        : undefined,
  },
  {
    id: "chunk/shared",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "chunk-not-shared",
    title: "A chunk must not be a view of shared memory",
    why:
      "Another thread can change it while it is sent, and Response does not accept it.",
    hint: "Copy it: bytes.slice()",
    check: ({ length, memory }) =>
      memory === "shared"
        ? `a Uint8Array of ${length} bytes over a SharedArrayBuffer`
        : undefined,
  },
  {
    id: "chunk/resizable",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "chunk-own-buffer",
    title: "A chunk should not be a view of a resizable buffer",
    why: "Resizing the buffer removes bytes that have not been sent yet.",
    hint: "Copy it: bytes.slice()",
    check: ({ length, memory }) =>
      memory === "resizable"
        ? `a Uint8Array of ${length} bytes over a resizable ArrayBuffer`
        : undefined,
  },
  {
    id: "body/empty-chunks",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "body-buffered",
    title: "A body should not yield empty chunks endlessly",
    why: "They send nothing and keep the server busy.",
    hint:
      "Use an async generator, and await the next data instead of yielding empty chunks",
    check: ({ length, state }) =>
      length === 0 && state.emptyRun === MAX_EMPTY_RUN - 1
        ? `${MAX_EMPTY_RUN} empty chunks in a row`
        : undefined,
  },
];

/** The size in bytes from which a buffer is large. */
const LARGE_BUFFER = 1_048_576;
/** How many times larger than the body a buffer may be. */
const LARGE_FACTOR = 64;

/** Applied at the end of a body that ended by itself. */
export const BUFFER_RULES: readonly Rule<BufferView>[] = [
  {
    id: "chunk/large-buffer",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "chunk-own-buffer",
    title: "A chunk should not be a small view of a much larger buffer",
    why: "It keeps the whole buffer in memory until it is sent.",
    hint: "Copy it: bytes.slice()",
    check: ({ largest, total }) =>
      largest >= LARGE_BUFFER && largest > LARGE_FACTOR * total
        ? `${total} bytes in a buffer of ${largest} bytes`
        : undefined,
  },
];

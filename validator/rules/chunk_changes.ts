/**
 * Rules about chunks that change after they were passed on: their bytes are
 * overwritten, or their buffer is transferred.
 *
 * @module
 */

import type { ChangeView, DetachView, ReuseView } from "../views/body_views.ts";
import type { Rule } from "./rule.ts";

/** Applied to a chunk that has changed since it was passed on. */
export const CHANGE_RULES: readonly Rule<ChangeView>[] = [
  {
    id: "chunk/changed",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "chunk-not-changed",
    title: "A chunk must not be changed after it was yielded or written",
    covers: ["chunk/reused"],
    why: "Bytes that have not been sent yet change too.",
    hint:
      "Use a new buffer for each chunk, or yield a copy: buffer.slice(0, length)",
    check: ({ change, holder }) => {
      if (holder !== "application") return undefined;
      return change === "changed"
        ? "a chunk whose bytes have changed"
        : "a chunk whose buffer was transferred afterwards";
    },
  },
  {
    id: "iteration/chunk-changed",
    severity: "warning",
    blame: "server",
    profile: "paranoid",
    spec: "server-chunk-untouched",
    title: "The chunks of a body must not be changed by the server",
    why: "The application may send the same array again.",
    hint:
      "Write into a copy of the chunk; if the server does not write to it, the application does",
    check: ({ change, holder }) =>
      holder === "server" && change === "changed"
        ? "a chunk whose bytes have changed"
        : undefined,
  },
];

/** Applied to a chunk in the memory of the one before, with other bytes. */
export const REUSE_RULES: readonly Rule<ReuseView>[] = [
  {
    id: "chunk/reused",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "chunk-not-changed",
    title: "A chunk must not use the memory of an earlier one for other bytes",
    why:
      "The earlier chunk changes too, and may not have been sent completely.",
    hint:
      "Use a new buffer for each chunk, or yield a copy: buffer.slice(0, length)",
    check: ({ length }) =>
      `a Uint8Array of ${length} bytes in the same place as the one before`,
  },
];

/**
 * Applied to a chunk whose buffer is detached when the server asks for the next
 * one.
 */
export const DETACH_RULES: readonly Rule<DetachView>[] = [
  {
    id: "iteration/chunk-detached",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-chunk-untouched",
    title: "The buffer of a chunk must not be transferred by the server",
    why:
      "The application may send the same array again, and it would be empty.",
    hint:
      "Put the chunks into a ReadableStream without a type, or copies into one of type bytes",
    check: ({ isCertain }) =>
      isCertain ? "a chunk whose buffer is detached" : undefined,
  },
  {
    id: "iteration/chunk-lost",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "server-chunk-untouched",
    title: "The buffer of a chunk should not be transferred before it is sent",
    why:
      "Bytes that have not been sent yet are lost, and the application cannot send the chunk again.",
    hint:
      "This is a guess: if the application transfers the buffer itself, yield a copy; otherwise copy the chunk in the server before its buffer is transferred",
    check: ({ isCertain }) =>
      isCertain ? undefined : "a chunk whose buffer is detached",
  },
];

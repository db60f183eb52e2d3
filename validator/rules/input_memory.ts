/**
 * Rules about the memory of the arrays that the server's wsgi.input returns.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import { lengthOf, memoryOf } from "../views/memory.ts";
import type {
  InputMemoryView,
  InputResultView,
} from "../views/stream_views.ts";
import type { Finding, Rule } from "./rule.ts";

/**
 * Formats a call as it was written: `read(5)`.
 *
 * @param view The call and its result.
 */
export function callOf(
  { method, args, size }: InputResultView,
): string {
  if (method === "next") return "the iteration";
  return `${method}(${args.length === 0 ? "" : size ?? describe(args[0])})`;
}

function wrongMemory(view: InputResultView): Finding {
  for (const piece of view.pieces ?? []) {
    const memory = memoryOf(piece, lengthOf(piece));
    if (memory === "shared") {
      return `a Uint8Array over a SharedArrayBuffer from ${callOf(view)}`;
    }
    if (memory === "detached" || memory === "outOfBounds") {
      return {
        got: `an array with a detached buffer from ${callOf(view)}`,
        hint: "Copy it before its buffer is transferred: bytes.slice()",
      };
    }
  }
  return undefined;
}

/** Applied to the result of a method of wsgi.input. */
export const INPUT_ARRAY_RULES: readonly Rule<InputResultView>[] = [
  {
    id: "input/memory",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-own-memory",
    covers: ["input/too-little"],
    title:
      "Arrays from wsgi.input must not be views of shared memory or of a transferred buffer",
    why:
      "Another thread can change shared memory, and the bytes of a transferred buffer are lost.",
    hint: "Copy it: bytes.slice()",
    check: wrongMemory,
  },
  {
    id: "input/reused",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-fresh",
    title: "An array that wsgi.input has returned must not be used again",
    why: "Data that the application has kept would change.",
    hint: "Return a copy: buffer.slice(0, length), not subarray()",
    check: (view) =>
      view.isReused
        ? `an array over the same memory as an earlier one from ${callOf(view)}`
        : undefined,
  },
];

/** Applied to an array from wsgi.input when the next call has ended. */
export const INPUT_MEMORY_RULES: readonly Rule<InputMemoryView>[] = [
  {
    id: "input/overwritten",
    severity: "warning",
    blame: "server",
    profile: "paranoid",
    spec: "input-fresh",
    title: "An array that wsgi.input has returned must not be written to",
    why: "Data that the application has kept would change.",
    hint: "Return a copy: buffer.slice(0, length)",
    check: ({ before, after }) =>
      before === after
        ? undefined
        : "different bytes in it after the next call",
  },
];

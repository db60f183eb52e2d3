/**
 * Rules about write().
 *
 * @module
 */

import { describe, isUint8Array } from "../gateway/describe.ts";
import type { Rule } from "./rule.ts";
import type { WriteView } from "./views.ts";

/** Applied when the application calls write(). */
export const WRITE_RULES: readonly Rule<WriteView>[] = [
  {
    id: "write/chunk",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "chunk-uint8array",
    title: "What is written must be a Uint8Array",
    why: "The body is bytes; which bytes other values mean, only you know.",
    hint: "Encode text: write(new TextEncoder().encode(text))",
    check: ({ args }) => isUint8Array(args[0]) ? undefined : describe(args[0]),
  },
];

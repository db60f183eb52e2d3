/**
 * Converts what the validator observes to events for the inspector: plain data,
 * with values cut to a limit.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import { describe, isUint8Array } from "../../wsgi/describe.ts";
import { isSecret } from "../../wsgi/redact.ts";
import type { ObservedEvent } from "../../validator/observer.ts";
import type { Violation } from "../../validator/violation.ts";
import type {
  ConversationAction,
  DescribedFinding,
  EnvironEntry,
} from "../conversation.ts";
import { describeError } from "../describe_error.ts";

/** The maximum length of a preview, in bytes. */
const MAX_PREVIEW = 128;

/** The maximum length of a log entry, in characters. */
const MAX_TEXT = 4_096;

/** The maximum number of descriptions that are kept. */
const MAX_KNOWN = 100;

function sizeOf(value: unknown): number {
  return isUint8Array(value) ? value.byteLength : 0;
}

function previewOf(value: unknown): string {
  return isUint8Array(value)
    ? fromBytes(value.subarray(0, MAX_PREVIEW))
    : describe(value);
}

/** Describes the result of a read: bytes, an array of lines, or another value. */
function describeRead(result: unknown): { bytes: number; preview: string } {
  if (result === undefined) return { bytes: 0, preview: "" };
  if (!Array.isArray(result)) {
    return { bytes: sizeOf(result), preview: previewOf(result) };
  }
  const bytes = result.reduce((sum: number, line) => sum + sizeOf(line), 0);
  return { bytes, preview: result.length === 0 ? "" : previewOf(result[0]) };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : describe(value);
}

function describeHeaders(value: unknown): [string, string][] {
  if (!Array.isArray(value)) return [];
  return value.filter(Array.isArray)
    .map(([name, content]) => [textOf(name), textOf(content)]);
}

function describeFinding(violation: Violation): DescribedFinding {
  const { rule, severity, blame, message, hint, place } = violation;
  return {
    rule,
    severity,
    blame,
    message,
    ...(hint !== undefined && { hint }),
    ...(place !== undefined && {
      place: { file: place.file, line: place.line, column: place.column },
    }),
  };
}

/** Creates an event for text that was written to a log. */
export function describeLog(
  source: "wsgi.errors" | "console",
  text: string,
): ConversationAction {
  return { type: "log", source, text: text.slice(0, MAX_TEXT) };
}

/**
 * Converts an observed event.
 *
 * @param event The event; not an error, which needs more than its description.
 * @param closedBy The reason for `close()`.
 * @returns The event for the inspector; `undefined` if there is nothing to show.
 */
export function describeEvent(
  event: Exclude<ObservedEvent, { type: "error" }>,
  closedBy: string,
): ConversationAction | undefined {
  switch (event.type) {
    case "read": {
      const { type, method, args: [size], result } = event;
      const requested = typeof size === "number" && { size };
      return { type, method, ...requested, ...describeRead(result) };
    }
    case "start-response": {
      const { type, args: [status, headers, excInfo], place } = event;
      return {
        type,
        status: textOf(status),
        headers: describeHeaders(headers),
        ...(excInfo !== undefined && excInfo !== null && {
          excInfo: describeError(excInfo),
        }),
        ...(place !== undefined && { place }),
      };
    }
    case "chunk": {
      const { type, via, index, chunk } = event;
      const preview = previewOf(chunk);
      return { type, via, index, bytes: sizeOf(chunk), preview };
    }
    case "log": {
      const { method, args: [text] } = event;
      const whole = method === "writelines" && Array.isArray(text)
        ? text.join("")
        : text;
      if (method === "flush" || typeof whole !== "string") return undefined;
      return describeLog("wsgi.errors", whole);
    }
    case "finding":
      return { type: "finding", finding: describeFinding(event.violation) };
    case "close":
      return { type: "close", by: closedBy };
    case "body-end":
      return event;
  }
}

/** Returns a value on which the description of another one depends. */
function kindOf(value: unknown): unknown {
  if (typeof value === "function") return value.name;
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.getPrototypeOf(value)
    : value;
}

/** The last description of each variable. */
const known = new Map<string, { kind: unknown; json: string }>();

/**
 * Describes the variables that are not strings. They are the same in most
 * requests, so their descriptions are kept.
 *
 * @param environ The environ.
 * @returns An array of `EnvironEntry`, as JSON.
 */
export function describeOthers(
  environ: Readonly<Record<string, unknown>>,
): string {
  let json = "";
  for (const name in environ) {
    const value = environ[name];
    if (typeof value === "string") continue;
    const kind = kindOf(value);
    let entry = known.get(name);
    if (entry === undefined || entry.kind !== kind) {
      const described: EnvironEntry = {
        name,
        value: typeof value === "boolean" ? String(value) : describe(value),
        isString: false,
        isSecret: isSecret(name),
      };
      entry = { kind, json: JSON.stringify(described) };
      if (known.size < MAX_KNOWN) known.set(name, entry);
    }
    json += json === "" ? entry.json : `,${entry.json}`;
  }
  return `[${json}]`;
}

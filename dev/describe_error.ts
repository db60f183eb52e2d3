/**
 * Describes errors as plain data, with the frames of the user's program.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import {
  isUserFile,
  readFrames,
  type StackFrame,
} from "../wsgi/source_place.ts";
import type { DescribedError } from "./conversation.ts";

const MAX_DEPTH = 5;
const MAX_ERRORS = 20;
const MAX_FRAMES = 50;

// deno-lint-ignore no-control-regex -- Deno colors parts of messages
const COLORS = /\x1b\[[0-9;]*m/g;

/** A place on a line of its own, or at the end of V8's syntax errors. */
const PLACE = /(?:^\s*|\s)at ([a-z]+:\/\/\S+):(\d+):(\d+)\s*$/;

function placeOf(line: string): StackFrame[] {
  const [, file, row, column] = PLACE.exec(line) ?? [];
  return file === undefined
    ? []
    : [{ name: "", file, line: Number(row), column: Number(column) }];
}

/**
 * Describes an error of an import. Deno puts places into the message: the error,
 * and the import of the module that has it.
 */
function describeImport(
  message: string,
  name: string,
): DescribedError | undefined {
  const lines = message.split("\n");
  const frames = lines.flatMap(placeOf);
  if (placeOf(lines.at(-1)!).length === 0) return undefined;
  const first = lines[0]!.replace(PLACE, "");
  const [, prefix = name, text = first] =
    /^(?:Uncaught )?(\w*Error): (.*)$/.exec(first) ?? [];
  return { name: prefix, message: text, frames };
}

function describeNested(
  error: Error,
  depth: number,
): Pick<DescribedError, "cause" | "errors"> {
  if (depth >= MAX_DEPTH) return {};
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  return {
    ...(cause !== undefined && { cause: describeAt(cause, depth + 1) }),
    ...(error instanceof AggregateError && Array.isArray(errors) && {
      errors: errors.slice(0, MAX_ERRORS)
        .map((one) => describeAt(one, depth + 1)),
    }),
  };
}

function describeAt(error: unknown, depth: number): DescribedError {
  if (!(error instanceof Error)) {
    const message = `${describe(error)}, which is not an Error`;
    return { name: "Thrown value", message, frames: [] };
  }
  const { name } = error;
  const message = error.message.replace(COLORS, "");
  const nested = describeNested(error, depth);
  const isImport = error instanceof TypeError || error instanceof SyntaxError;
  const described = isImport ? describeImport(message, name) : undefined;
  if (described !== undefined) return { ...described, ...nested };
  const frames = readFrames(error.stack ?? "")
    .filter(({ file }) => isUserFile(file)).slice(0, MAX_FRAMES);
  return { name, message, frames, ...nested };
}

/**
 * Describes an error, its causes, and the errors of an `AggregateError`.
 *
 * @param error The thrown value.
 * @returns The description.
 */
export function describeError(error: unknown): DescribedError {
  try {
    return describeAt(error, 0);
  } catch {
    // Its properties may be getters that throw.
    const message = "The thrown value cannot be described";
    return { name: "Error", message, frames: [] };
  }
}

/**
 * Returns the hint that Deno adds to the message of an error.
 *
 * @param error The thrown value.
 * @returns The hint; `undefined` without one.
 */
export function hintIn(error: unknown): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  const message = String(error.message).replace(COLORS, "");
  return /^\s*hint: (.*)$/m.exec(message)?.[1];
}

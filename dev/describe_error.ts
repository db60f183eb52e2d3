/**
 * Errors as plain data, with the frames of the user's program.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { isUserFile, readFrames } from "../wsgi/source_place.ts";
import type { DescribedError } from "./conversation.ts";

const MAX_DEPTH = 5;
const MAX_ERRORS = 20;
const MAX_FRAMES = 50;

// deno-lint-ignore no-control-regex -- it is what is looked for
const COLORS = /\x1b\[[0-9;]*m/g;

/** The place at the end of a message about a module that cannot be loaded. */
const MESSAGE_PLACE = /\n\s*at (\S+):(\d+):(\d+)\s*$/;

/** The lines with which Deno shows the source in a message. */
const SHOWN_SOURCE = /\n\s*\|?\s*\n?(?:\s*\d+\s*\|.*\n?|\s*\|.*\n?)+/;

/**
 * Describes what could not be imported. Deno puts source and place into the
 * message.
 */
function describeLoading(error: Error): DescribedError | undefined {
  const message = error.message.replace(COLORS, "");
  const [, file, line, column] = MESSAGE_PLACE.exec(message) ?? [];
  if (file === undefined) return undefined;
  const [first = ""] = message.replace(MESSAGE_PLACE, "")
    .replace(SHOWN_SOURCE, "\n").split("\n");
  const [, name = error.name, text = first] =
    /^(?:Uncaught )?(\w*Error): (.*)$/s.exec(first) ?? [];
  const place = { file, line: Number(line), column: Number(column) };
  return { name, message: text, frames: [{ name: "", ...place }] };
}

function nestedOf(
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
    const message = `${describe(error)} was thrown, which is not an Error`;
    return { name: "Thrown value", message, frames: [] };
  }
  const nested = nestedOf(error, depth);
  const loading = describeLoading(error);
  if (loading !== undefined) return { ...loading, ...nested };
  const frames = readFrames(error.stack ?? "")
    .filter(({ file }) => isUserFile(file)).slice(0, MAX_FRAMES);
  const { name, message } = error;
  return { name, message: message.replace(COLORS, ""), frames, ...nested };
}

/**
 * Describes an error, its causes, and the errors of an `AggregateError`.
 *
 * @param error What was thrown. It never runs code of the user's twice.
 * @returns The description.
 */
export function describeError(error: unknown): DescribedError {
  try {
    return describeAt(error, 0);
  } catch {
    const message = "What was thrown cannot be described";
    return { name: "Error", message, frames: [] };
  }
}

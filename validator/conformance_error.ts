/**
 * {@linkcode ConformanceError}: the error that the validator throws.
 *
 * @module
 */

import { cutOwnFrames, isOwnFrame, readFrames } from "../wsgi/source_place.ts";
import type { Entry } from "./captures.ts";
import { detailsOf, showPlace, type Violation } from "./violation.ts";

/** Counts the frames up to the first one of this package. */
function countUserFrames(stack: string): number {
  const frames = readFrames(stack);
  const first = frames.findIndex(isOwnFrame);
  return first === -1 ? frames.length : first;
}

/**
 * Makes the runtime remember some frames. If nobody catches the error, Deno
 * shows these, with a line of source, and ignores the text of the stack.
 */
function rememberFrames(error: Error, entry: Entry, count: number): void {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = count;
    Error.captureStackTrace?.(error, entry);
    // Reading the stack records the frames.
    void error.stack;
    Error.stackTraceLimit = stackTraceLimit;
  } catch {
    // Error may be frozen.
  }
}

function setStack(error: Error, stack: string): void {
  Object.defineProperty(error, "stack", {
    value: stack,
    configurable: true,
    writable: true,
  });
}

function linesOfFrames(stack: string): string[] {
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}

/**
 * Formats a stack that starts at the user's line, without frames of this
 * package.
 *
 * Its head is one line. If there are no frames to remember, Deno shows the
 * message and all lines of the stack but the first.
 */
function formatStack(error: ConformanceError, stack: string): string {
  const frames = linesOfFrames(cutOwnFrames(stack));
  const { message, place, application } = error.violation;
  const first = place === undefined ? "" : showPlace(place);
  if (first !== "" && !frames.some((frame) => frame.includes(first))) {
    const isInside = place?.role === "definition" ||
      place?.role === "start-response";
    // The name of a module is not the name of a function.
    const isNamed = application !== undefined &&
      place?.file.endsWith(application) === false;
    frames.unshift(
      isInside && isNamed
        ? `    at ${application} (${first})`
        : `    at ${first}`,
    );
  }
  return [`${error.name}: ${message}`, ...frames].join("\n");
}

type Inspect = (value: unknown, options: unknown) => string;

/**
 * Returns the text that `console.error()` shows: the whole message, and the
 * frames.
 */
function show(
  this: ConformanceError,
  _depth: number,
  options: unknown,
  inspect: Inspect,
): string {
  const { name, message, stack = "", cause } = this;
  const lines = [`${name}: ${message}`, ...linesOfFrames(stack)];
  if (cause !== undefined) lines.push(`  [cause]: ${inspect(cause, options)}`);
  return lines.join("\n");
}

/**
 * Reports that a rule of the interface was broken.
 *
 * The validator throws it into the code that broke the rule, so that the stack
 * starts at the line that did. `message` contains everything that is known:
 * what was expected and found, the application, the request, the line, and a
 * hint. `stack` begins with its first line.
 *
 * @example Usage
 * ```ts
 * import { ConformanceError, setupTestingDefaults, validator } from "@wsgi/ref";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * // deno-lint-ignore no-explicit-any -- a deliberate beginner's mistake
 * const app = validator((_environ: any, startResponse: any) => {
 *   startResponse(200, []);
 *   return [];
 * });
 * const error = assertThrows(
 *   () => app(setupTestingDefaults({}), () => async () => {}),
 *   ConformanceError,
 *   "status must be a string",
 * );
 * assertEquals(error.violation.rule, "status/string");
 * ```
 */
export class ConformanceError extends Error {
  static {
    Object.defineProperty(
      this.prototype,
      Symbol.for("nodejs.util.inspect.custom"),
      { value: show, configurable: true, writable: true },
    );
  }

  /** The name of the class: `"ConformanceError"`. */
  override readonly name = "ConformanceError";
  /** The broken rule. */
  readonly violation: Violation;

  /**
   * Creates an error.
   *
   * @param violation The broken rule.
   * @param stack The stack at the call that broke it. The default is the stack
   * of this constructor. Frames of this package are removed.
   * @param entry The function whose caller is the first frame of this stack.
   */
  constructor(violation: Violation, stack?: string, entry?: Entry) {
    super([violation.message, ...detailsOf(violation)].join("\n"));
    this.violation = violation;
    const captured = stack ?? this.stack ?? "";
    const isHere = stack === undefined || entry !== undefined;
    rememberFrames(
      this,
      entry ?? ConformanceError,
      isHere ? countUserFrames(captured) : 0,
    );
    setStack(this, formatStack(this, captured));
  }
}

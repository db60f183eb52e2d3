/**
 * What the validator tells: {@linkcode Violation} and
 * {@linkcode ConformanceError}.
 *
 * @module
 */

import { escapeControls } from "../wsgi/describe.ts";
import {
  actionOf,
  type ActiveRule,
  type Blame,
  type Finding,
  type Severity,
} from "./rules/rule.ts";

/** One broken rule, in one request. */
export interface Violation {
  /** The id of the rule: `"start-response/called-twice"`. */
  readonly rule: string;
  /** Whether it is an error or a warning. */
  readonly severity: Severity;
  /** Who broke it. */
  readonly blame: Blame;
  /** What was expected, what was found, and where. */
  readonly message: string;
  /** How to fix it. */
  readonly hint?: string | undefined;
  /** The requirement: `"SPEC.md#start-once"`. */
  readonly spec: string;
}

/** The most that is shown of what was found. */
const MAX_GOT = 500;

/**
 * Puts a finding into words.
 *
 * @param active The broken rule.
 * @param finding What its check has found.
 * @param blame Who broke it.
 * @param where Which layer has seen it, or between which it happened.
 * @returns The violation.
 */
export function toViolation(
  { rule, severity }: Pick<ActiveRule<never>, "rule" | "severity">,
  finding: Exclude<Finding, undefined>,
  blame: Blame,
  where: string,
): Violation {
  const { id } = rule;
  const { got, hint = rule.hint, spec = rule.spec } =
    typeof finding === "string" ? { got: finding } : finding;
  const found = got.length > MAX_GOT ? `${got.slice(0, MAX_GOT)}…` : got;
  return {
    rule: id,
    severity,
    blame,
    message: toLine(
      `${actionOf(id)}: ${
        lowerFirst(rule.title)
      }, got ${found} (rule ${id}, broken by the ${blame}${where})`,
    ),
    hint,
    spec: `SPEC.md#${spec}`,
  };
}

/** A message is one line, whatever was quoted in it. */
function toLine(message: string): string {
  return escapeControls(message).replace(/[\n\t\u2028\u2029]/g, " ");
}

function lowerFirst(title: string): string {
  // "Content-Length must …" and "SERVER_PORT must …" are names.
  return /^[A-Z][a-zA-Z]* /.test(title)
    ? title.charAt(0).toLowerCase() + title.slice(1)
    : title;
}

/**
 * Gives the address of a requirement: in a checkout the file, on JSR the page.
 *
 * @param spec The `spec` of a violation.
 * @returns The address.
 */
export function toSpecUrl(spec: string): string {
  try {
    return new URL(`../${spec}`, import.meta.url).href;
  } catch {
    // A bundle may have no address of its own.
    return spec;
  }
}

/**
 * Says that a rule of the interface was broken.
 *
 * The validator throws it into the code that broke the rule, so that the stack starts
 * at the line that did.
 *
 * @example Usage
 * ```ts
 * import { ConformanceError, setupTestingDefaults, validator } from "@wsgi/ref";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * // deno-lint-ignore no-explicit-any -- a beginner's mistake, on purpose
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
  /** The name of the class: `"ConformanceError"`. */
  override readonly name = "ConformanceError";
  /** The broken rule. */
  readonly violation: Violation;

  /**
   * Makes an error.
   *
   * @param violation The broken rule.
   */
  constructor(violation: Violation) {
    const { message, hint, spec } = violation;
    const lines = [message];
    if (hint !== undefined) lines.push(`  hint: ${hint}`);
    lines.push(`  see:  ${toSpecUrl(spec)}`);
    super(lines.join("\n"));
    this.violation = violation;
  }
}

/**
 * {@linkcode Violation}: one broken rule, and the text about it.
 *
 * @module
 */

import { escapeControls } from "../wsgi/describe.ts";
import type { SourcePlace } from "../wsgi/source_place.ts";
import {
  actionOf,
  type ActiveRule,
  type Blame,
  type Finding,
  type Severity,
} from "./rules/rule.ts";

/** The meaning of the line of a violation. */
export type PlaceRole =
  /** The call that broke the rule. */
  | "call"
  /** The call to startResponse in the same request. */
  | "start-response"
  /** The definition of the application. */
  | "definition"
  /** The call to the application, such as that in a test. */
  | "caller"
  /** The call to `validator()`. */
  | "validator";

/** The line of the user's program that leads to the mistake. */
export interface ViolationPlace extends SourcePlace {
  /** The meaning of the line. */
  readonly role: PlaceRole;
}

/** Which chunk broke a rule. */
export interface ViolationChunk {
  /** Whether the body yielded it or write() was called with it. */
  readonly via: "body" | "write";
  /** The number of earlier chunks from the same source. */
  readonly index: number;
  /** Its length in bytes, or in characters of a string; absent for other values. */
  readonly size: number | undefined;
}

/** Where a rule was broken. */
export interface ViolationOrigin {
  /** The name of the application's function, else of its module. */
  readonly application?: string | undefined;
  /** The request: `"GET /path"`. */
  readonly request?: string | undefined;
  /** The line of the user's program that leads to the mistake. */
  readonly place?: ViolationPlace | undefined;
  /** The line that called the application, if it is one of the user's. */
  readonly caller?: SourcePlace | undefined;
  /** The chunk, if the rule is about one. */
  readonly chunk?: ViolationChunk | undefined;
}

/** One broken rule, in one request. */
export interface Violation extends ViolationOrigin {
  /** The id of the rule: `"start-response/called-twice"`. */
  readonly rule: string;
  /** Whether it is an error or a warning. */
  readonly severity: Severity;
  /** Who broke it. */
  readonly blame: Blame;
  /** The expectation, the finding, and where it was. */
  readonly message: string;
  /** How to fix it. */
  readonly hint?: string | undefined;
  /** The requirement: `"SPEC.md#start-once"`. */
  readonly spec: string;
}

/** The number of characters that are shown of a finding. */
const MAX_GOT = 500;

/**
 * Formats a finding.
 *
 * @param active The broken rule.
 * @param finding The result of its check.
 * @param blame Who broke it.
 * @param where The words about the layer that has seen it.
 * @param origin The application, the request and the line, if known.
 * @returns The violation.
 */
export function toViolation(
  { rule, severity }: Pick<ActiveRule<never>, "rule" | "severity">,
  finding: Exclude<Finding, undefined>,
  blame: Blame,
  where: string,
  origin?: ViolationOrigin,
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
    ...origin,
  };
}

const ROLES: Readonly<Record<PlaceRole, string>> = {
  "call": "",
  "start-response": ", where startResponse was called",
  "definition": ", where the application is defined",
  "caller": ", where the application was called",
  "validator": ", where validator() was called",
};

/**
 * Formats a place as stacks do.
 *
 * @param place The place.
 * @returns `"file:///app.ts:4:3"`.
 */
export function showPlace({ file, line, column }: SourcePlace): string {
  return `${file}:${line}:${column}`;
}

function showChunk({ via, index, size }: ViolationChunk): string {
  const name = via === "body"
    ? `the chunk with index ${index}`
    : `call ${index + 1} of write()`;
  return size === undefined ? name : `${name}, of length ${size}`;
}

/**
 * Formats the lines that follow the message of a violation: where it happened,
 * how to fix it, and where to read more.
 *
 * @param violation The violation.
 * @returns The lines.
 */
export function detailsOf(violation: Violation): string[] {
  const { application, request, place, caller, chunk, hint } = violation;
  const lines: string[] = [];
  const subject = [request, application].filter((part) => part !== undefined);
  if (subject.length > 0) {
    const part = chunk === undefined ? "" : `, ${showChunk(chunk)}`;
    lines.push(`  in:   ${subject.join(" of ")}${part}`);
  }
  if (place !== undefined) {
    lines.push(`  at:   ${showPlace(place)}${ROLES[place.role]}`);
  }
  if (caller !== undefined) {
    lines.push(
      `  from: ${showPlace(caller)}, where the application was called`,
    );
  }
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  lines.push(`  see:  ${howToExplain(violation)}`);
  return lines;
}

/** Makes one line of a message, whatever it quotes. */
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
 * Returns how to read more about a broken rule: a command if the package can run
 * as a program, and otherwise the requirement in SPEC.md.
 *
 * @param violation The violation.
 * @returns `"deno run jsr:@wsgi/ref@0.1.0/server --explain body/string"`.
 */
export function howToExplain(
  { rule, spec }: Pick<Violation, "rule" | "spec">,
): string {
  const [, root] = /^(.*\/)validator\/violation\.ts$/.exec(import.meta.url) ??
    [];
  // A bundle and the npm package have no program.
  if (root === undefined) return spec;
  const [, name, version] =
    /^https:\/\/jsr\.io\/(@[^/]+\/[^/]+)\/([^/]+)\/$/.exec(root) ?? [];
  // A path is shorter than its URL, where both mean the same.
  const server = name === undefined
    ? `${root}server.ts`.replace(/^file:\/\/(\/[\w./-]+)$/, "$1")
    : `jsr:${name}@${version}/server`;
  return `deno run ${server} --explain ${rule}`;
}

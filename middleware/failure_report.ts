/**
 * Collects the information about a failure that the page and the text show.
 *
 * @module
 */

import { decodeUtf8 } from "../wsgi/byte_string.ts";
import { describe, escapeControls } from "../wsgi/describe.ts";
import { describeValue, isSecret } from "../wsgi/redact.ts";
import {
  findUserFrame,
  isUserFile,
  readFrame,
  readFrames,
} from "../wsgi/source_place.ts";
import type { Environ } from "../wsgi/types.ts";
import { targetOf } from "../wsgi/uri.ts";
import { ConformanceError } from "../validator/conformance_error.ts";
import { howToExplain } from "../validator/violation.ts";
import { clauseOf } from "./spec_clause.ts";
import { readExcerpt, type SourceExcerpt } from "./source_excerpt.ts";

/** A broken rule. */
export interface BrokenRule {
  readonly id: string;
  readonly blame: string;
  /** The reference of the requirement: `"SPEC.md#status-string"`. */
  readonly spec: string;
  /** The address of a page about the rule, if there is one. */
  readonly url: string | undefined;
  /** The command that explains the rule if there is no page. */
  readonly explanation: string;
  /** The text of the requirement, if SPEC.md can be read. */
  readonly clause: string | undefined;
}

/** One frame of a stack. */
export interface ReportedFrame {
  /** The line of the stack: `"at app (file:///app.ts:1:2)"`. */
  readonly text: string;
  /** Whether the frame belongs to the user's program. */
  readonly isUser: boolean;
}

/** An error with its cause and its inner errors. */
export interface ReportedError {
  /** The class of the error. */
  readonly name: string;
  readonly message: string;
  readonly frames: readonly ReportedFrame[];
  readonly cause?: ReportedError | undefined;
  /** The errors of an `AggregateError`. */
  readonly errors?: readonly ReportedError[] | undefined;
}

/** The request that failed. */
export interface ReportedRequest {
  readonly method: string;
  readonly target: string;
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/** The information about a failure. It is not escaped for HTML. */
export interface FailureReport {
  readonly error: ReportedError;
  /** The name of the application, if it is known. */
  readonly application: string | undefined;
  readonly rule: BrokenRule | undefined;
  readonly hint: string | undefined;
  readonly excerpt: SourceExcerpt | undefined;
  readonly request: ReportedRequest | undefined;
}

const MAX_DEPTH = 5;
const MAX_ERRORS = 10;

/** Decodes a ByteString, and escapes control characters. */
function toVisibleText(value: string): string {
  return escapeControls(decodeUtf8(value));
}

function stackOf(error: unknown): string {
  return error instanceof Error && typeof error.stack === "string"
    ? error.stack
    : "";
}

/** Files inside Deno and Node.js, which explain nothing to a user. */
const INTERNAL = /^(?:ext|deno|node):/;

function framesOf(error: unknown, hide: Hide): ReportedFrame[] {
  return stackOf(error).split("\n").filter((line) => /^\s+at /.test(line))
    .flatMap((line) => {
      const frame = readFrame(line);
      if (frame !== undefined && INTERNAL.test(frame.file)) return [];
      const isUser = frame !== undefined && isUserFile(frame.file);
      return [{ text: hide(escapeControls(line.trim())), isUser }];
    });
}

function messageOf(error: unknown): string {
  // The report shows the rule separately.
  if (error instanceof ConformanceError) {
    return error.violation.message.replace(/ \(rule [^()]*\)$/, "");
  }
  return error instanceof Error
    ? escapeControls(error.message)
    : `The thrown value is ${
      describe(error)
    }, not an Error, so there is no stack`;
}

function reportError(error: unknown, hide: Hide, depth = 0): ReportedError {
  const reported = {
    name: error instanceof Error ? escapeControls(error.name) : "Thrown value",
    message: hide(messageOf(error)),
    frames: framesOf(error, hide),
  };
  if (!(error instanceof Error) || depth >= MAX_DEPTH) return reported;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  return {
    ...reported,
    cause: cause === undefined
      ? undefined
      : reportError(cause, hide, depth + 1),
    errors: error instanceof AggregateError && Array.isArray(errors)
      ? errors.slice(0, MAX_ERRORS)
        .map((one) => reportError(one, hide, depth + 1))
      : undefined,
  };
}

/** Replaces the secrets of a request in a text. */
type Hide = (text: string) => string;

/** Shorter values could be part of any word. */
const MIN_SECRET = 6;

/**
 * Returns a function that hides the secrets of a request wherever a message
 * quotes them.
 */
function hiderOf(environ: Environ): Hide {
  const secrets = Object.entries(environ).flatMap(([name, value]) =>
    isSecret(name) && typeof value === "string" && value.length >= MIN_SECRET
      ? [escapeControls(value)]
      : []
  );
  return (text) =>
    secrets.reduce((text, secret) => text.replaceAll(secret, "(hidden)"), text);
}

/**
 * The path of the pages about rules, if there are any: `"/__wsgi__/rules/"`.
 */
export type RulePages = string | undefined;

function ruleOf(
  { violation }: ConformanceError,
  pages: RulePages,
): BrokenRule {
  const { rule: id, blame, spec } = violation;
  const url = pages === undefined ? undefined : `${pages}${id}`;
  const explanation = howToExplain(violation);
  return { id, blame, spec, url, explanation, clause: clauseOf(spec) };
}

function variablesOf(environ: Environ): (readonly [string, string])[] {
  return Object.entries(environ).toSorted(([a], [b]) => a < b ? -1 : 1)
    .flatMap(([name, value]) => {
      if (typeof value !== "string") return [];
      const shown = isSecret(name)
        ? describeValue(name, value)
        : toVisibleText(value);
      return [[toVisibleText(name), shown] as const];
    });
}

/**
 * Describes a request that failed.
 *
 * @param environ The environ of the request.
 * @returns The request. Its secrets are hidden.
 */
export function reportRequest(environ: Environ): ReportedRequest {
  return {
    method: toVisibleText(String(environ.REQUEST_METHOD)),
    target: toVisibleText(String(targetOf(environ))),
    variables: variablesOf(environ),
  };
}

/**
 * Returns the lines around the first frame of the user's program, in the stack
 * of an error, its causes or the errors of an `AggregateError`.
 */
function findExcerpt(error: unknown, depth = 0): SourceExcerpt | undefined {
  const frame = findUserFrame(readFrames(stackOf(error)));
  const excerpt = frame && readExcerpt(frame);
  if (excerpt !== undefined || depth >= MAX_DEPTH) return excerpt;
  if (!(error instanceof Error)) return undefined;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const behind = Array.isArray(errors) ? [cause, ...errors] : [cause];
  for (const one of behind) {
    const found = findExcerpt(one, depth + 1);
    if (found !== undefined) return found;
  }
}

/** Options of {@linkcode reportFailure}. */
export interface ReportOptions {
  /** Whether to read the lines of the user's program. */
  readonly source: boolean;
  readonly rulePages?: RulePages;
}

/**
 * Collects the information about a failure.
 *
 * @param error The thrown value.
 * @param environ The environ of the request.
 */
export function reportFailure(
  error: unknown,
  environ: Environ,
  { source, rulePages }: ReportOptions,
): FailureReport {
  const isFinding = error instanceof ConformanceError;
  return {
    error: reportError(error, hiderOf(environ)),
    application: isFinding ? error.violation.application : undefined,
    rule: isFinding ? ruleOf(error, rulePages) : undefined,
    hint: isFinding ? error.violation.hint : undefined,
    excerpt: source ? findExcerpt(error) : undefined,
    request: reportRequest(environ),
  };
}

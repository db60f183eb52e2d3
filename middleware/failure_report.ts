/**
 * What there is to tell of a failure, before it becomes text or a page.
 *
 * @module
 */

import { decodeUtf8 } from "../wsgi/byte_string.ts";
import { describe, escapeControls } from "../wsgi/describe.ts";
import { describeValue, isSecret } from "../wsgi/redact.ts";
import type { Environ } from "../wsgi/types.ts";
import { targetOf } from "../wsgi/uri.ts";
import { ConformanceError, toSpecUrl } from "../validator/violation.ts";
import { readExcerpt, type SourceExcerpt } from "./source_excerpt.ts";

/** A broken rule. */
export interface BrokenRule {
  readonly id: string;
  readonly blame: string;
  readonly hint: string | undefined;
  /** `"SPEC.md#status-string"`. */
  readonly spec: string;
  /** Where that is. */
  readonly url: string;
  /** Its words, where they can be read. */
  readonly clause: string | undefined;
}

/** All that is shown. Nothing of it is escaped for HTML yet. */
export interface FailureReport {
  /** The class of the error. */
  readonly name: string;
  readonly message: string;
  readonly rule: BrokenRule | undefined;
  readonly excerpt: SourceExcerpt | undefined;
  /** The frames of the error, then those of its causes. */
  readonly stack: readonly string[];
  readonly method: string;
  readonly target: string;
  readonly variables: readonly (readonly [name: string, value: string])[];
}

const MAX_CAUSES = 5;

/** Makes text from bytes as strings, without what would write to a terminal. */
function toVisibleText(value: string): string {
  return escapeControls(decodeUtf8(value));
}

function stackOf(error: unknown): string {
  return error instanceof Error && typeof error.stack === "string"
    ? error.stack
    : "";
}

function framesOf(error: unknown): string[] {
  return stackOf(error).split("\n").filter((line) => /^\s+at /.test(line))
    .map((line) => escapeControls(line.trim()));
}

function allFrames(error: unknown): string[] {
  const frames = framesOf(error);
  let cause = error instanceof Error ? error.cause : undefined;
  for (let i = 0; cause !== undefined && i < MAX_CAUSES; i++) {
    const words = cause instanceof Error
      ? `${cause.name}: ${cause.message}`
      : describe(cause);
    frames.push(`Caused by: ${escapeControls(words)}`, ...framesOf(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return frames;
}

/** Finds the words of a requirement in a checkout. */
function clauseOf(url: string): string | undefined {
  const { Deno } = globalThis as { Deno?: typeof globalThis.Deno };
  try {
    const { pathname, hash, protocol } = new URL(url);
    if (Deno === undefined || protocol !== "file:") return undefined;
    const path = decodeURIComponent(pathname);
    const { state } = Deno.permissions.querySync({ name: "read", path });
    if (state !== "granted") return undefined;
    const page = Deno.readTextFileSync(path);
    const start = page.indexOf(`<a id="${hash.slice(1)}"></a>`);
    if (start === -1) return undefined;
    const text = page.slice(start).split(/\n\n|\n- /)[0] ?? "";
    return text.replace(/^<a[^>]*><\/a>(?:\[\*\*[^\]]*\]\([^)]*\)\s*)?/, "")
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replaceAll("`", "").replace(/\s+/g, " ").trim();
  } catch {
    return undefined;
  }
}

/** Below this a value may be found in any word. */
const MIN_SECRET = 6;

/** Makes what hides the secrets of a request, wherever a message quotes them. */
function hiderOf(environ: Environ): (text: string) => string {
  const secrets = Object.entries(environ).flatMap(([name, value]) =>
    isSecret(name) && typeof value === "string" && value.length >= MIN_SECRET
      ? [escapeControls(value)]
      : []
  );
  return (text) =>
    secrets.reduce((text, secret) => text.replaceAll(secret, "(hidden)"), text);
}

function ruleOf(error: ConformanceError): BrokenRule {
  const { rule: id, blame, hint, spec } = error.violation;
  const url = toSpecUrl(spec);
  return { id, blame, hint, spec, url, clause: clauseOf(url) };
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

function messageOf(error: unknown): string {
  // The rule is told beside it.
  if (error instanceof ConformanceError) {
    return error.violation.message.replace(/ \(rule [^()]*\)$/, "");
  }
  return error instanceof Error
    ? escapeControls(error.message)
    : `${describe(error)} was thrown, which is no Error and has no stack`;
}

/**
 * Gathers what there is to tell of a failure.
 *
 * @param error What was thrown.
 * @param environ The variables of the request.
 * @param source Whether the program's own lines are read.
 * @returns The report.
 */
export function reportFailure(
  error: unknown,
  environ: Environ,
  source: boolean,
): FailureReport {
  const hide = hiderOf(environ);
  return {
    name: error instanceof Error ? escapeControls(error.name) : "Thrown value",
    message: hide(messageOf(error)),
    rule: error instanceof ConformanceError ? ruleOf(error) : undefined,
    excerpt: source ? readExcerpt(stackOf(error)) : undefined,
    stack: allFrames(error).map(hide),
    method: toVisibleText(String(environ.REQUEST_METHOD)),
    target: toVisibleText(String(targetOf(environ))),
    variables: variablesOf(environ),
  };
}

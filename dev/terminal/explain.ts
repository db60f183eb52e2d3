/**
 * Explains a rule of the validator in the terminal.
 *
 * @module
 */

import { findClosest } from "../../cli/closest.ts";
import { UsageError } from "../../cli/parsed_arguments.ts";
import { RULES } from "../../validator/rules/table.ts";
import { explainRule } from "../explain_rule.ts";

/** The maximum width of a line, in characters. */
const WIDTH = 80;

/** Breaks text into lines. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && indent.length + line.length + word.length >= WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text) => `${indent}${text}`).join("\n");
}

function indent(program: string): string {
  return program.trimEnd().split("\n").map((line) => `  ${line}`.trimEnd())
    .join("\n");
}

/** Returns a hint about a rule that does not exist. */
function hintFor(rule: string): string {
  const ids = RULES.map(({ id }) => id);
  const close = findClosest(rule, ids);
  const meant = close === undefined
    ? ids.filter((id) => id.split("/")[1] === rule)
    : [close];
  return meant.length === 0
    ? "--rules lists all rules"
    : `Did you mean ${meant.join(" or ")}?`;
}

/**
 * Explains a rule: its requirement, a program that breaks it, one that follows it,
 * and the clauses of the specification.
 *
 * @param rule The id of the rule.
 * @returns The text.
 * @throws {UsageError} If the rule does not exist.
 */
export function explain(rule: string): string {
  const explained = explainRule(rule);
  if (explained === undefined) {
    throw new UsageError(`unknown rule ${rule}`, hintFor(rule));
  }
  const { id, severity, blame, profile, title, why, hint } = explained;
  const clauses = explained.clauses.map(({ anchor, text }) =>
    `${wrap(text, "  ")}\n  (SPEC.md#${anchor})`
  );
  return [
    `${id}: ${severity}, broken by the ${blame}, in the profile ${profile}`,
    wrap(`${title}.`, ""),
    wrap(why, ""),
    wrap(`Hint: ${hint}.`, ""),
    `A program that breaks it:\n\n${indent(explained.breaks)}`,
    `A program that follows it:\n\n${indent(explained.follows)}`,
    `The specification:\n\n${clauses.join("\n\n")}`,
  ].join("\n\n");
}

/**
 * Rules about the header list.
 *
 * @module
 */

import { describe, quote } from "../gateway/describe.ts";
import type { Finding, Rule } from "./rule.ts";
import type { HeadView } from "./views.ts";

/** Hints for what people take for a header list. */
function notArray(headers: unknown): Finding {
  const got = describe(headers);
  if (got === "a Headers") {
    return {
      got: "a Headers object",
      hint: "Spread it: [...headers], which gives an array of pairs",
    };
  }
  if (got === "a Map") return { got, hint: "Spread it: [...map]" };
  if (got === "an object") {
    return { got, hint: "Convert it: Object.entries(headers)" };
  }
  return got;
}

/** Applied to the second argument of startResponse. */
export const HEADER_RULES: readonly Rule<HeadView>[] = [
  {
    id: "headers/array",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-array",
    title: "Headers must be an array of [name, value] tuples",
    why:
      "The order and the repetition of headers matter; only a list keeps both.",
    hint: 'Write [["Content-Type", "text/plain"]], or [] for none',
    check: ({ response: { headers } }) =>
      Array.isArray(headers) ? undefined : notArray(headers),
  },
  {
    id: "headers/tuple",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-pair",
    title: "Each header must be a tuple of name and value",
    why: "A server takes the two by their position.",
    hint: 'Write ["Content-Type", "text/plain"], an array of exactly two',
    check: ({ response: { entries, pairs } }) => {
      if (entries.length === pairs.length) return undefined;
      const index = entries.findIndex((entry) =>
        !Array.isArray(entry) || entry.length !== 2
      );
      const entry = entries[index];
      const got = Array.isArray(entry)
        ? `an array of ${entry.length}`
        : describe(entry);
      return `${got} at headers[${index}]`;
    },
  },
  {
    id: "headers/string",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-string",
    title: "Name and value of a header must be strings",
    why: "They are sent as they are; a number or undefined has no one form.",
    hint: "Convert it where you know its meaning: String(length)",
    check: ({ response: { pairs, fields } }) => {
      if (pairs.length === fields.length) return undefined;
      for (const [name, value] of pairs) {
        if (typeof name !== "string") return `${describe(name)} as a name`;
        if (typeof value !== "string") {
          return `${describe(value)} as the value of ${quote(name)}`;
        }
      }
      return undefined;
    },
  },
];

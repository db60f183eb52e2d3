/**
 * Rules about the use of wsgi.errors.
 *
 * @module
 */

import { describe, isUint8Array } from "../../wsgi/describe.ts";
import type { ErrorsThrownView, ErrorsView } from "../views/stream_views.ts";
import type { Finding, Rule } from "./rule.ts";

/** Methods that close streams of other kinds. */
export const ERRORS_CLOSING_MEMBERS: readonly string[] = [
  "close",
  "destroy",
  "end",
];

/** Methods that write to a console or to streams of other kinds. */
export const ERRORS_OTHER_MEMBERS: readonly string[] = [
  "error",
  "getWriter",
  "info",
  "log",
  "print",
  "println",
  "warn",
  "writeLine",
  "writeSync",
];

function textNotString(value: unknown): Finding {
  const got = describe(value);
  if (isUint8Array(value)) {
    return { got, hint: "Decode it: new TextDecoder().decode(bytes)" };
  }
  if (got.endsWith("Error")) {
    return { got, hint: "Write its stack: `${error.stack}\\n`" };
  }
  if (got === "a String") {
    return { got: "a String object", hint: "Remove new String()" };
  }
  if (Array.isArray(value)) {
    return { got, hint: "Write several strings with writelines()" };
  }
  return got;
}

function wrongText({ method, args }: ErrorsView): Finding {
  if (method !== "write") return undefined;
  if (args.length !== 1) {
    return {
      got: args.length === 0 ? "no argument" : `${args.length} arguments`,
      hint: "Combine them into one string: `${one} ${other}\\n`",
    };
  }
  return typeof args[0] === "string" ? undefined : textNotString(args[0]);
}

function wrongTexts({ method, args, texts }: ErrorsView): Finding {
  if (method !== "writelines") return undefined;
  if (args.length !== 1) {
    return args.length === 0 ? "no argument" : `${args.length} arguments`;
  }
  if (typeof args[0] === "string") {
    return {
      got: "a string",
      hint:
        "Use write() for one string; writelines() would write each character on its own",
    };
  }
  if (texts === undefined) return describe(args[0]);
  for (let i = 0; i < texts.length; i++) {
    if (typeof texts[i] !== "string") {
      return `${describe(texts[i])} at index ${i}`;
    }
  }
  return undefined;
}

function hasOddLineEnd(text: unknown): boolean {
  return typeof text === "string" && text.includes("\r");
}

/** Applied when the application uses wsgi.errors. */
export const ERRORS_RULES: readonly Rule<ErrorsView>[] = [
  {
    id: "errors/write",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "errors-string",
    title: "The write() of wsgi.errors must be called with one string",
    why: "A log is text, and servers do not convert other values.",
    hint: "Convert it to a string: `${value}\\n`",
    check: wrongText,
  },
  {
    id: "errors/writelines",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "errors-string",
    title:
      "The writelines() of wsgi.errors must be called with an iterable of strings",
    why: "A log is text, and servers do not convert other values.",
    hint: 'Pass an array such as ["one\\n", "two\\n"]',
    check: wrongTexts,
  },
  {
    id: "errors/closed",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "errors-members-only",
    title: "The application must not close wsgi.errors",
    why: "Other requests and the server itself write to the same log.",
    hint: "Call flush() to make sure that everything is written",
    check: ({ method }) =>
      ERRORS_CLOSING_MEMBERS.includes(method)
        ? `a call to ${method}()`
        : undefined,
  },
  {
    id: "errors/member",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "errors-members-only",
    title:
      "The application must use only write(), writelines() and flush() of wsgi.errors",
    why: "Other servers may not have any more methods.",
    hint: "Use write(`${text}\\n`)",
    check: ({ method }) =>
      ERRORS_OTHER_MEMBERS.includes(method)
        ? `a call to ${method}()`
        : undefined,
  },
  {
    id: "errors/torn-off",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "input-as-method",
    title: "The methods of wsgi.errors should be called on the stream",
    why: "On most servers a method fails without its stream.",
    hint: "Pass (text) => errors.write(text), not errors.write",
    check: ({ method, isTorn }) =>
      isTorn ? `a call to ${method}() without the stream` : undefined,
  },
  {
    id: "errors/after-close",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "async-no-work-left",
    title:
      "The application should not use wsgi.errors when the request is over",
    why: "Nobody waits for work that goes on after its request.",
    hint:
      'Is an await missing? Stop work when environ["wsgiref.signal"]() aborts, or in close()',
    check: ({ method, isOver }) =>
      isOver ? `a call to ${method}() after the body was closed` : undefined,
  },
  {
    id: "errors/line-end",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "errors-line-end",
    title: 'Lines on wsgi.errors should end with "\\n" alone',
    why: "The server converts it for its platform.",
    hint: 'Remove "\\r"',
    check: ({ args: [text], texts }) =>
      hasOddLineEnd(text) || texts?.some(hasOddLineEnd) === true
        ? 'text with "\\r"'
        : undefined,
  },
];

/** Applied when wsgi.errors has thrown although it was given strings. */
export const ERRORS_THROWN_RULES: readonly Rule<ErrorsThrownView>[] = [
  {
    id: "errors/any-text",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "errors-any-text",
    title: "The stream wsgi.errors should take any string without throwing",
    why: "A log that throws turns a small problem into a failed request.",
    hint:
      "Catch errors of the log, and write U+FFFD for characters that cannot be encoded",
    check: ({ method, error }) => `${describe(error)} from ${method}()`,
  },
];

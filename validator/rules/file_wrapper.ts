/**
 * Rules about the use of `wsgi.file_wrapper`.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { WrappedView } from "../views/body_views.ts";
import type { WrapView } from "../views/call_views.ts";
import { isIterable } from "./body.ts";
import { describeNoBody } from "./body_hints.ts";
import type { Finding, Rule } from "./rule.ts";

function notReadable(file: unknown): Finding {
  const got = describe(file);
  if (typeof file === "string") {
    return { got, hint: "Open the file first: await Deno.open(path)" };
  }
  switch (got) {
    case "a Promise":
      return { got, hint: "Await it: wrap(await Deno.open(path))" };
    case "a ReadableStream":
      return { got, hint: "Return the stream itself; it is a body" };
    default:
      return got;
  }
}

function wrongArguments(args: readonly unknown[]): Finding {
  if (args.length === 0) return "no arguments";
  if (args.length > 2) return `${args.length} arguments`;
  const [file, size] = args;
  if (size === undefined) return undefined;
  if (Number.isSafeInteger(size) && size as number > 0) return undefined;
  const got = `${describe(size)} as the block size`;
  return typeof file === "number"
    ? { got, hint: "Swap them: the file comes first" }
    : got;
}

/** Applied when the application calls `wsgi.file_wrapper`. */
export const WRAP_RULES: readonly Rule<WrapView>[] = [
  {
    id: "file-wrapper/readable",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "file-wrapper-readable",
    title:
      "The first argument of wsgi.file_wrapper must be a file with a method read(size)",
    why: "The server reads it block by block.",
    hint: "Pass an open file, or { read: (size) => bytes, close: () => {} }",
    check: ({ args, read }) =>
      typeof read === "function" || args.length === 0
        ? undefined
        : notReadable(args[0]),
  },
  {
    id: "file-wrapper/arguments",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "file-wrapper-arguments",
    title:
      "wsgi.file_wrapper must be called with a file and optionally a positive block size",
    why:
      "A server reads both by position, and reads the file in blocks of that size.",
    hint: "Call wrap(file, 65536), or wrap(file)",
    check: ({ args }) => wrongArguments(args),
  },
];

/** Applied to the result of `wsgi.file_wrapper`. */
export const WRAPPED_RULES: readonly Rule<WrappedView>[] = [
  {
    id: "file-wrapper/body",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "file-wrapper-body",
    title: "wsgi.file_wrapper must return a body",
    covers: ["body/iterable", "body/string", "body/bytes"],
    why: "The application returns it as its own body.",
    hint: "Return new FileWrapper(file, blockSize), whatever the file is",
    check: (view) => isIterable(view) ? undefined : describeNoBody(view),
  },
  {
    id: "file-wrapper/close",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "file-wrapper-close",
    title:
      "The body that wsgi.file_wrapper returns must have a close() if the file has one",
    why: "The application relies on the wrapper to close the file.",
    hint: "Give the body a method close() that calls that of the file",
    check: (view) =>
      typeof view.fileClose !== "function" ||
        typeof view.close === "function" || !isIterable(view)
        ? undefined
        : "a body without it",
  },
];

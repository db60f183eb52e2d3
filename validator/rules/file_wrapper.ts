/**
 * Rules about the use of `wsgi.file_wrapper`.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { WrapView } from "../views/call_views.ts";
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

/** Applied when the application calls `wsgi.file_wrapper`. */
export const WRAP_RULES: readonly Rule<WrapView>[] = [
  {
    id: "file-wrapper/readable",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "file-wrapper-readable",
    title: "What is wrapped must be a file with a method read(size)",
    why: "The server reads it block by block.",
    hint: "Give an open file, or { read: (size) => bytes, close: () => {} }",
    check: ({ args, read }) =>
      typeof read === "function" ? undefined : notReadable(args[0]),
  },
];

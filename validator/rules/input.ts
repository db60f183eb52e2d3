/**
 * Rules about how the application uses wsgi.input.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { InputView } from "../views/stream_views.ts";
import type { Finding, Rule } from "./rule.ts";

/** Methods that close streams of other kinds. */
export const CLOSING_MEMBERS: readonly string[] = [
  "cancel",
  "close",
  "destroy",
  "end",
];

/** Methods that read streams of other kinds. */
export const OTHER_MEMBERS: readonly string[] = [
  "arrayBuffer",
  "blob",
  "bytes",
  "formData",
  "getReader",
  "json",
  "on",
  "pipe",
  "pipeThrough",
  "pipeTo",
  "seek",
  "tee",
  "text",
];

/** Whether a method takes a size. */
function isReading(method: string): boolean {
  return method === "read" || method === "readline" || method === "readlines";
}

function wrongSize(method: string, size: unknown): Finding {
  const got = `${describe(size)} in ${method}()`;
  if (typeof size === "string") {
    return {
      got,
      hint: "Convert it: Number(environ.CONTENT_LENGTH || 0)",
    };
  }
  if (typeof size === "bigint") {
    return { got, hint: "Convert it: Number(size)" };
  }
  if (typeof size === "object" && size !== null) {
    return {
      got,
      hint:
        "Pass a number of bytes; read() does not fill an array, it returns one",
    };
  }
  if (size === Infinity || size === null) {
    return { got, hint: "Leave the size out to read everything that is left" };
  }
  return got;
}

function otherMember(method: string): Finding {
  const got = `a call to ${method}()`;
  switch (method) {
    case "arrayBuffer":
    case "blob":
    case "bytes":
    case "formData":
    case "json":
    case "text":
      return { got, hint: `Use await toRequest(environ).${method}()` };
    case "getReader":
    case "pipe":
    case "pipeThrough":
    case "pipeTo":
    case "tee":
      return {
        got,
        hint:
          'Create a stream from it: ReadableStream.from(environ["wsgi.input"])',
      };
    case "seek":
      return { got, hint: "Keep the bytes if you need them again" };
    default:
      return { got, hint: "Use for await (const line of input)" };
  }
}

/** Applied when the application uses wsgi.input. */
export const INPUT_RULES: readonly Rule<InputView>[] = [
  {
    id: "input/closed",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "input-members-only",
    title: "The application must not close wsgi.input",
    why:
      "The server ends the request body itself; closing it may break the connection.",
    hint: "Stop reading; the server handles the rest",
    check: ({ method, state }) =>
      // The server closes the body, and the body may be the input itself.
      CLOSING_MEMBERS.includes(method) && state.closes === 0
        ? `a call to ${method}()`
        : undefined,
  },
  {
    id: "input/member",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "input-members-only",
    title:
      "The application must use only read(), readline(), readlines() and for await on wsgi.input",
    why: "Other servers may not have any more methods.",
    hint: "Read the bytes and convert them yourself",
    check: ({ method }) =>
      OTHER_MEMBERS.includes(method) ? otherMember(method) : undefined,
  },
  {
    id: "input/arguments",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "input-arguments",
    title:
      "The methods of wsgi.input must be called with an integer or without arguments",
    why: "Servers treat other values in different ways.",
    hint: "Pass the maximum number of bytes, such as 65536",
    check: ({ method, args }) => {
      if (!isReading(method)) return undefined;
      if (args.length > 1) return `${args.length} arguments in ${method}()`;
      return args[0] === undefined || Number.isSafeInteger(args[0])
        ? undefined
        : wrongSize(method, args[0]);
    },
  },
  {
    id: "input/after-close",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "input-not-after-end",
    title: "The application must not use wsgi.input when the request is over",
    why: "The request body is gone, and the connection serves another request.",
    hint: "Is an await missing? Finish reading before the body ends",
    check: ({ method, isOver }) =>
      isOver && (isReading(method) || method === "next")
        ? `a call to ${method}() after the body was closed`
        : undefined,
  },
  {
    id: "input/torn-off",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "input-as-method",
    title: "The methods of wsgi.input should be called on the stream",
    why: "On most servers a method fails without its stream.",
    hint: 'Write environ["wsgi.input"].read(size), not const { read } = …',
    check: ({ method, isTorn }) =>
      isTorn ? `a call to ${method}() without the stream` : undefined,
  },
  {
    id: "input/unsized",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "input-sized-read",
    title: "The request body should be read with a size",
    why: "Otherwise the client decides how much memory is used.",
    hint: "Read in pieces, such as read(65536), and stop at a limit",
    check: ({ method, args: [size] }) =>
      (method === "read" || method === "readlines") &&
        (size === undefined || typeof size === "number" && size < 0)
        ? `${method}() without one`
        : undefined,
  },
  {
    id: "input/past-length",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "input-sized-read",
    title: "The application should not read beyond CONTENT_LENGTH",
    why: "On a server whose input does not end by itself, the call would hang.",
    hint: "Ask for Math.min(size, left)",
    check: ({ method, args: [size], left, state }) =>
      method === "read" && left !== undefined && Number.isSafeInteger(size) &&
        size as number > left &&
        state.environ.values["wsgi.input_terminated"] !== true
        ? `read(${size}) where ${
          left === 1 ? "1 byte is" : `${Math.max(left, 0)} bytes are`
        } left`
        : undefined,
  },
];

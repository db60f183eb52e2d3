/**
 * Rules about the results of the server's wsgi.input.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { EarlierRead, InputResultView } from "../views/stream_views.ts";
import { callOf, INPUT_ARRAY_RULES } from "./input_memory.ts";
import type { Finding, Rule } from "./rule.ts";

const LINE_FEED = 0x0a;

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function andMore({ call, length }: EarlierRead): string {
  return `${counted(length, "byte")} from ${call}, and then more`;
}

/** Whether the method returns lines. */
function givesLines(method: string): boolean {
  return method !== "read";
}

function notBytes(view: InputResultView): Finding {
  const { method, result } = view;
  const from = ` from ${callOf(view)}`;
  if (result === null || result === undefined) {
    return {
      got: `${result}${from}`,
      hint: "Return new Uint8Array(0) at the end of the input",
    };
  }
  if (typeof result === "string") {
    return {
      got: describe(result) + from,
      hint: "Do not decode the body; the application does that",
    };
  }
  if (method === "readlines" && Array.isArray(result)) {
    return `an array with other values${from}`;
  }
  return describe(result) + from;
}

function wrongLine(view: InputResultView): Finding {
  const { method, size, pieces, earlier } = view;
  if (earlier?.kind === "line") {
    return `${
      counted(earlier.length, "byte")
    } without "\\n" at the end from ${earlier.call}, and then more`;
  }
  if (pieces === undefined || !givesLines(method)) return undefined;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    const index = piece.indexOf(LINE_FEED);
    if (index !== -1 && index < piece.length - 1) {
      return `${
        counted(piece.length - index - 1, "byte")
      } after the first "\\n" from ${callOf(view)}`;
    }
    if (index === -1 && i < pieces.length - 1) {
      return `a line without "\\n" before the last from ${callOf(view)}`;
    }
    if (piece.length === 0 && method !== "readline") {
      return `an empty line from ${callOf(view)}`;
    }
  }
  return method === "readline" && size !== undefined && view.length > size
    ? `${counted(view.length, "byte")} from ${callOf(view)}`
    : undefined;
}

function wrongHint(view: InputResultView): Finding {
  const { method, size, pieces, length, earlier } = view;
  if (earlier?.kind === "lines") return andMore(earlier);
  if (method !== "readlines" || pieces === undefined) return undefined;
  if (size === undefined || !(size > 0)) return undefined;
  const withoutLast = length - (pieces.at(-1)?.length ?? 0);
  return withoutLast >= size
    ? `${counted(length, "byte")} in ${counted(pieces.length, "line")} from ${
      callOf(view)
    }`
    : undefined;
}

/** Applied to the result of a method, and at the end of an iteration. */
export const INPUT_END_RULES: readonly Rule<InputResultView>[] = [
  {
    id: "input/too-little",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-content-length-true",
    alsoSpec: ["input-cut-short"],
    title: "wsgi.input must return as many bytes as CONTENT_LENGTH says",
    why:
      "An application would take half a body for a whole one, or get none at all.",
    hint:
      "If the client has cut the body short, reject with a RequestBodyError; middleware that has read the body must put a stream with the same bytes into the environ",
    check: ({ end, limit, total }) =>
      end !== undefined && limit !== undefined && total < limit
        ? `${counted(total, "byte")} where CONTENT_LENGTH is ${limit}`
        : undefined,
  },
];

/** Applied to the result of a method of wsgi.input. */
export const INPUT_RESULT_RULES: readonly Rule<InputResultView>[] = [
  {
    id: "input/promise",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-uint8array",
    title: "The methods of wsgi.input must return promises",
    why: "Applications may call then() on the result.",
    hint: "Make them async functions, even if the bytes are already there",
    check: (view) =>
      view.isPromised
        ? undefined
        : `${describe(view.result)} from ${callOf(view)}`,
  },
  {
    id: "input/bytes",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-uint8array",
    title:
      "The methods of wsgi.input must return a Uint8Array, and readlines() an array of them",
    why: "The request body is bytes; applications rely on their methods.",
    hint: "Return a Uint8Array, an empty one at the end of the input",
    check: (view) => view.pieces === undefined ? notBytes(view) : undefined,
  },
  ...INPUT_ARRAY_RULES,
  {
    id: "input/read-size",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-read-exact",
    title: "read(size) must return exactly size bytes unless the input ends",
    why: "Applications that read records would lose their place.",
    hint: "Read from the client until there are size bytes",
    check: (view) => {
      const { method, size, length, earlier } = view;
      if (earlier?.kind === "bytes") return andMore(earlier);
      return method === "read" && size !== undefined && length > size
        ? `${counted(length, "byte")} from ${callOf(view)}`
        : undefined;
    },
  },
  {
    id: "input/line",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-readline",
    title:
      'A line of wsgi.input must end with the first "\\n", with its size or with the input',
    why: "Applications that parse lines would get two at once, or half of one.",
    hint:
      'Look for the byte 10 in the data, and keep the rest for the next call; "\\r" does not end a line',
    check: wrongLine,
  },
  {
    id: "input/lines",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-readlines",
    title:
      "readlines(hint) must return lines until hint bytes are reached, or all of them",
    why: "Applications use the hint to limit memory.",
    hint: "Stop after the line with which the total reaches the hint",
    check: wrongHint,
  },
  {
    id: "input/end",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-end",
    title: "wsgi.input must return nothing after its end",
    why: "Applications stop at an empty result, and would miss the rest.",
    hint: "Wait for the next bytes instead of returning an empty result",
    check: (view) =>
      view.earlier?.kind === "empty"
        ? `${counted(view.length, "byte")} from ${
          callOf(view)
        } after nothing from ${view.earlier.call}`
        : undefined,
  },
  {
    id: "input/too-much",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-limited",
    title: "wsgi.input must not return more bytes than CONTENT_LENGTH says",
    why: "The bytes after it belong to the next request on the connection.",
    hint: "Count the bytes, and end the input when CONTENT_LENGTH is reached",
    check: ({ limit, total, length }) =>
      limit !== undefined && total > limit && total - length <= limit
        ? `${total} bytes where CONTENT_LENGTH is ${limit}`
        : undefined,
  },
  ...INPUT_END_RULES,
];

/**
 * Rules about write().
 *
 * @module
 */

import { describe, isThenable, isUint8Array } from "../../wsgi/describe.ts";
import type {
  AwaitedView,
  WriteView,
  WrittenView,
} from "../views/call_views.ts";
import { describeNoChunk } from "./chunk_hints.ts";
import type { Finding, Rule } from "./rule.ts";
import { isOver } from "./start_response.ts";

function tooMany(count: number): Finding {
  const got = count === 0 ? "no arguments" : `${count} arguments`;
  return count < 3 ? got : {
    got,
    hint:
      "Is it a callback? Array.forEach adds arguments: for (const chunk of chunks) await write(chunk)",
  };
}

/** Applied when the application calls write(). */
export const WRITE_RULES: readonly Rule<WriteView>[] = [
  {
    id: "write/arguments",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-arguments",
    title: "write() must be called with one argument, a chunk",
    why: "Servers may use further arguments in their own way.",
    hint: "Write one chunk at a time: await write(chunk)",
    check: ({ args }) => args.length === 1 ? undefined : tooMany(args.length),
  },
  {
    id: "write/chunk",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "chunk-uint8array",
    title: "Each argument of write() must be a Uint8Array",
    why: "The body is bytes, and servers do not convert other values.",
    hint: "Encode text: write(new TextEncoder().encode(text))",
    check: ({ args }) =>
      args.length === 0 || isUint8Array(args[0])
        ? undefined
        : describeNoChunk(args[0], "write"),
  },
  {
    id: "write/in-body",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "write-not-in-body",
    title: "write() must be called before the application returns",
    why:
      "Afterwards the server sends the body, and the order of the chunks would be undefined.",
    hint:
      "Yield the chunk instead, or make the application async and await all writes",
    check: ({ state }) => {
      if (!state.returned || isOver(state)) return undefined;
      return state.iterating
        ? "a call from inside the body"
        : "a call after it had returned";
    },
  },
  {
    id: "write/after-end",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "write-not-in-body",
    title: "write() must not be called when the response is over",
    why: "The response is complete, so the chunk is lost.",
    hint:
      "Is an await missing? Await everything that writes before the application returns",
    check: ({ state }) => {
      if (!isOver(state)) return undefined;
      if (state.closes > 0) return "a call after the body was closed";
      return state.ended
        ? "a call after the end of the body"
        : "a call after the application had failed";
    },
  },
];

/** Applied when the application calls write() again. */
export const AWAITED_RULES: readonly Rule<AwaitedView>[] = [
  {
    id: "write/not-awaited",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "write-discouraged",
    title: "The promise of write() should be awaited before the next call",
    why: "Otherwise a slow client makes the whole body pile up in memory.",
    hint: "Use await write(chunk), or yield the chunks from a generator",
    check: ({ pending }) =>
      pending ? "a call while the previous one was pending" : undefined,
  },
];

/** Applied to the result of the server's write(). */
export const WRITTEN_RULES: readonly Rule<WrittenView>[] = [
  {
    id: "write/returns-promise",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-start-returns-write",
    title: "write() must return a promise",
    why: "Applications await it, and call its then() and catch().",
    hint: "Make it async, or return Promise.resolve()",
    check: ({ result }) => isThenable(result) ? undefined : describe(result),
  },
];

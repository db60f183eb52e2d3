/**
 * Rules about startResponse: when and how often it is called, its arguments, and
 * what the server does with them.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { StartedView, StartView } from "../views/call_views.ts";
import type { RequestState, StateView } from "../views/request_state.ts";
import type { Finding, Rule } from "./rule.ts";

/**
 * Checks whether a call to startResponse has the third argument.
 *
 * @param args The arguments of the call.
 * @returns Whether there is an excInfo; `undefined` and `null` do not count.
 */
export function hasExcInfo(args: readonly unknown[]): boolean {
  return args[2] !== undefined && args[2] !== null;
}

/** Whether a value is an Error, of this realm or another. */
function isError(value: unknown): boolean {
  try {
    // Deno and Node know Error.isError; others look at the prototype.
    return value instanceof Error || Error.isError?.(value) === true;
  } catch {
    // Only a proxy with a throwing trap gets here.
    return false;
  }
}

/**
 * Checks whether a response is over, so that nothing of it can be sent any more.
 *
 * @param state How far the request has come.
 * @returns Whether the body has ended, was closed or has failed.
 */
export function isOver({ ended, closes, failed }: RequestState): boolean {
  return ended || closes > 0 || failed;
}

function wrongArguments(args: readonly unknown[]): Finding {
  const [only] = args;
  if (args.length > 1) return `${args.length} arguments`;
  if (typeof only === "object" && only !== null) {
    return {
      got: `only ${describe(only)}`,
      hint: "Pass two arguments: startResponse(status, headers)",
    };
  }
  return args.length === 1
    ? { got: "one argument", hint: "Pass the headers too, [] for none" }
    : "no arguments";
}

function noError(excInfo: unknown): Finding {
  const got = describe(excInfo);
  if (excInfo === false) {
    return { got, hint: "Leave excInfo out where there was no error" };
  }
  if (got === "an array") {
    return { got, hint: "Pass the caught error itself, not in an array" };
  }
  return got;
}

/** Applied when the application calls startResponse. */
export const START_RULES: readonly Rule<StartView>[] = [
  {
    id: "start-response/arguments",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-arguments",
    title:
      "startResponse must be called with a status, headers and optionally excInfo",
    why: "Servers read them by position.",
    hint: 'Call startResponse("200 OK", [["Content-Type", "text/plain"]])',
    check: ({ args }) =>
      args.length === 2 || args.length === 3 ? undefined : wrongArguments(args),
  },
  {
    id: "start-response/after-end",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-not-after-end",
    title: "startResponse must be called before the response is over",
    why: "The response is complete, and the call has no effect.",
    hint:
      "Is an await missing? Await everything that the response depends on before the application returns",
    check: ({ state }) => {
      if (!isOver(state)) return undefined;
      if (state.closes > 0) return "a call after the body was closed";
      return state.ended
        ? "a call after the end of the body"
        : "a call after the application has thrown";
    },
  },
  {
    id: "start-response/called-twice",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-once",
    title: "startResponse must be called once, and again only with excInfo",
    why:
      "A request has one response, and a server cannot know which of the two to send.",
    hint:
      "In an error handler, pass the error as the third argument; otherwise call it in one place",
    check: ({ args, state }) =>
      state.starts === 0 || hasExcInfo(args) || isOver(state)
        ? undefined
        : "a second call without excInfo",
  },
  {
    id: "start-response/exc-info",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "exc-info-error",
    title: "excInfo should be the Error that was caught",
    why:
      "The server throws or logs it, and other values have no stack to show.",
    hint: "Throw new Error(…), and pass the caught error",
    check: ({ args }) =>
      !hasExcInfo(args) || isError(args[2]) ? undefined : noError(args[2]),
  },
];

/** Applied when the server's startResponse has returned or thrown. */
export const STARTED_RULES: readonly Rule<StartedView>[] = [
  {
    id: "start-response/returns-write",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-start-returns-write",
    title: "startResponse must return the function write",
    why: "Some applications send their body with it.",
    hint:
      "Return a function (chunk) => Promise<void>, even if it is rarely used",
    check: ({ result, thrown }) =>
      thrown !== undefined || typeof result === "function"
        ? undefined
        : notWrite(result),
  },
  {
    id: "start-response/rethrows",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "server-start-rethrows",
    title:
      "startResponse should throw the excInfo that it is given when the headers have been sent",
    why:
      "An error page after half a response looks like a part of that response. Middleware that has not sent the headers yet may replace them: without a validator around it, it looks like a server that has sent them, so this is a guess.",
    hint:
      "In a server, throw excInfo itself: if (headersSent) throw excInfo. If middleware holds the response back, wrap it in a validator too",
    check: ({ args, state, thrown }) => {
      if (!state.headSent || !hasExcInfo(args)) return undefined;
      // Middleware with a validator around it is known to hold it back.
      if (state.isHeldBack) return undefined;
      // The end was reported, and a server may reject such a call with an error of its own.
      if (isOver(state)) return undefined;
      if (thrown === undefined) return "a normal return";
      return Object.is(thrown.error, args[2])
        ? undefined
        : `${describe(thrown.error)} thrown in its place`;
    },
  },
];

function notWrite(result: unknown): Finding {
  const got = describe(result);
  if (got === "a Promise") {
    return {
      got,
      hint: "Make startResponse a plain function, not an async one",
    };
  }
  if (result === undefined) {
    return {
      got,
      hint:
        "Return the result of the server's startResponse, or a function (chunk) => Promise<void>",
    };
  }
  return got;
}

/** Whether this is the first step of an application after a caught error. */
function goesOn(state: RequestState): boolean {
  return state.refusedAt !== undefined && state.refusedAt === state.chunks;
}

/** Applied when the application continues: to each chunk and to the end. */
export const GOING_ON_RULES: readonly Rule<StateView>[] = [
  {
    id: "start-response/exc-info-caught",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "exc-info-not-caught",
    title: "The excInfo that startResponse throws must reach the server",
    why:
      "The headers have been sent, so the client would take half a response for a whole one.",
    hint: "Call startResponse with excInfo outside of any try block",
    check: ({ state }) =>
      goesOn(state) && state.refusal === "exc-info"
        ? "an application that caught it and continued"
        : undefined,
  },
  {
    id: "start-response/refusal-caught",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "start-error-propagates",
    title: "Errors that startResponse throws should reach the server",
    why:
      "The server has rejected the status or the headers, and will fail the request.",
    hint:
      "Let the error through, or call startResponse again with it as excInfo",
    check: ({ state }) =>
      goesOn(state) && state.refusal === "arguments"
        ? "an application that caught it and continued"
        : undefined,
  },
];

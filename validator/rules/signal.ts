/**
 * Rules about the result of `wsgiref.signal`.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { SignalView } from "../views/call_views.ts";
import type { Finding, Rule } from "./rule.ts";

/** Whether a value is an AbortSignal, of this realm or another. */
function isSignal(value: unknown): boolean {
  try {
    return value instanceof AbortSignal ||
      Object.prototype.toString.call(value) === "[object AbortSignal]";
  } catch {
    // Only a proxy with a throwing trap gets here.
    return false;
  }
}

function notSignal(value: unknown): Finding {
  const got = describe(value);
  switch (got) {
    case "a Promise":
      return { got, hint: "Make it a plain function, not an async one" };
    case "an AbortController":
      return { got, hint: "Return its signal: () => controller.signal" };
    default:
      return got;
  }
}

/** Applied to the result of `wsgiref.signal`. */
export const SIGNAL_RULES: readonly Rule<SignalView>[] = [
  {
    id: "signal/abort-signal",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "ext-signal-function",
    title: "wsgiref.signal must return an AbortSignal",
    why: "Applications pass it to fetch() and add listeners to it.",
    hint: "Return the signal of an AbortController: () => controller.signal",
    check: ({ signal }) => isSignal(signal) ? undefined : notSignal(signal),
  },
  {
    id: "signal/same",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "ext-signal-function",
    title: "wsgiref.signal must return the same signal at every call",
    why: "An application that keeps the first one would never be notified.",
    hint: "Create one AbortController for the request, at the first call",
    check: ({ signal, first }) =>
      signal === first || !isSignal(signal) || !isSignal(first)
        ? undefined
        : "a different one from before",
  },
];

/**
 * Rules about the environ as an object.
 *
 * @module
 */

import { describe, quote } from "../../wsgi/describe.ts";
import { showKey } from "../views/environ_hints.ts";
import {
  CHECKED_REQUEST,
  type EarlierRequest,
  type EnvironView,
  isPlainObject,
} from "../views/environ_view.ts";
import type { Finding, Rule } from "./rule.ts";

function notPlain(object: unknown): Finding {
  const got = describe(object);
  if (got === "an object") {
    return {
      got: "an object that inherits from another object",
      hint: "Copy both into one: { ...base, ...environ }",
    };
  }
  if (got === "a Map" || got === "a Headers") {
    return { got, hint: "Convert it: Object.fromEntries(variables)" };
  }
  if (got === "a Request") {
    return {
      got,
      hint: "Create an environ from it; toFetchHandler(app) does that",
    };
  }
  return got;
}

function closedness(object: object): string {
  if (Object.isFrozen(object)) return "a frozen object";
  return Object.isSealed(object)
    ? "a sealed object"
    : "an object that is not extensible";
}

/** Finds a property that is not ordinary. Descriptors are expensive to read. */
function findOddProperty(object: object): Finding {
  for (const key of Object.getOwnPropertyNames(object)) {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property === undefined) continue;
    if (property.get !== undefined || property.set !== undefined) {
      return `an accessor as ${showKey(key)}`;
    }
    if (!property.enumerable) return `${showKey(key)}, which is not enumerable`;
    if (!property.writable) return `${showKey(key)}, which is not writable`;
    if (!property.configurable) {
      return `${showKey(key)}, which cannot be deleted`;
    }
  }
  return undefined;
}

/**
 * Checks whether middleware may have called the application again for the same
 * request: after a failure, for an internal redirect, or on another route. A
 * server that uses an environ for two requests has sent the first response, so
 * only a successful one is suspicious.
 */
function isCalledAgain({ failed, response, outer }: EarlierRequest): boolean {
  if (outer !== undefined && !outer.isOver) return true;
  return failed || (response?.code ?? 0) >= 300;
}

/** Rules about the object that is the environ. */
export const ENVIRON_OBJECT_RULES: readonly Rule<EnvironView>[] = [
  {
    id: "environ/plain-object",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-plain-object",
    title: "The environ must be a plain object",
    why:
      "Applications and middleware read, change and copy it as one; a Map or a class instance behaves differently.",
    hint: "Create it with { … } or Object.create(null) for each request",
    check: (view) => {
      if (view.isEnviron) return undefined;
      const { args, object, startResponse } = view;
      // Too few arguments, and swapped ones, have rules of their own.
      if (args.length < 2 || isPlainObject(object)) return undefined;
      const swapped = typeof object === "function" &&
        typeof startResponse !== "function";
      return swapped ? undefined : notPlain(object);
    },
  },
  {
    id: "environ/frozen",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-data-property",
    title: "The environ must not be frozen or sealed",
    why: "PEP 3333 lets applications and middleware change it in any way.",
    hint:
      "Do not freeze it. If you keep a frozen one, pass a copy: { ...base }",
    check: ({ object, isEnviron }) =>
      !isEnviron || Object.isExtensible(object)
        ? undefined
        : closedness(object as object),
  },
  {
    id: "environ/symbol-key",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-key-string",
    title: "Each key of the environ must be a string",
    why: "Code that loops over the keys of an environ does not see symbols.",
    hint: 'Use a name with a prefix of your own: "example.user"',
    check: ({ values, isEnviron }) => {
      if (!isEnviron) return undefined;
      for (const symbol of Object.getOwnPropertySymbols(values)) {
        if (symbol !== CHECKED_REQUEST) {
          return `the symbol ${quote(symbol.description ?? "")}`;
        }
      }
      return undefined;
    },
  },
  {
    id: "environ/data-property",
    severity: "warning",
    blame: "server",
    profile: "paranoid",
    spec: "environ-data-property",
    title: "Each variable must be an ordinary property of the environ",
    why:
      "A getter runs at every read, a property that is not enumerable is lost in a copy, and one that is not writable throws.",
    hint: "Assign it; do not use Object.defineProperty() or a getter",
    check: ({ object, isEnviron }) =>
      isEnviron && Object.isExtensible(object)
        ? findOddProperty(object as object)
        : undefined,
  },
  {
    id: "environ/reused",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-fresh",
    title: "The environ must be a new object for each request",
    why: "Values that one request leaves in it would leak into the next.",
    hint: "Create it for each call, or pass a copy: { ...environ }",
    check: ({ earlier }) => {
      if (earlier === undefined || isCalledAgain(earlier)) return undefined;
      return earlier.isOver
        ? "one that was used for an earlier request"
        : "one that another request still uses";
    },
  },
];

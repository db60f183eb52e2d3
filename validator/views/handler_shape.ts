/**
 * Recognizes functions for another interface by the names of their parameters.
 *
 * This is a guess, and is made only when the function has failed as an
 * application.
 *
 * @module
 */

import { dataOf } from "./value_shape.ts";

/** The interface that a function seems to be written for. */
export interface HandlerShape {
  /** The function, as a message shows it: `"a function (req, res)"`. */
  readonly got: string;
  /** The interface. */
  readonly kind: "node" | "fetch" | "context" | "object" | "swapped";
}

// Of a function, an arrow function, or a method.
const PARAMETERS =
  /^(?:async\b)?\s*(?:function\b)?\s*\*?\s*(?:(?!async\b|function\b)[\p{ID_Continue}$#]+\s*)?\(([^()]*)\)/u;
const ONE_PARAMETER = /^(?:async\s+)?([\p{ID_Continue}$]+)\s*=>/u;

const REQUEST = /^_?(?:req|request|r)$/i;
const RESPONSE = /^_?(?:res|resp|response|reply)$/i;
const CONTEXT = /^_?(?:ctx|context|c)$/i;
const SECOND_OF_FETCH =
  /^_?(?:info|env|server|ctx|context|conn|connInfo|params)$/i;
const NEXT = /^_?next$/i;
const START = /^_?start(?:_?response)?$/i;
/** The members of an object that handlers of frameworks take apart. */
const MEMBERS = /^(?:req|request|res|response|params|url)$/i;

function parametersOf(app: object): string[] | undefined {
  const source = Function.prototype.toString.call(app).slice(0, 2000);
  const list = PARAMETERS.exec(source)?.[1] ?? ONE_PARAMETER.exec(source)?.[1];
  // Types are gone here, but there may be defaults.
  return list?.split(",").map((name) => name.replace(/=.*$/s, "").trim())
    .filter((name) => name !== "");
}

function kindOf(
  names: readonly string[],
): HandlerShape["kind"] | undefined {
  const [first = "", second = "", third = ""] = names;
  if (first.startsWith("{")) {
    const members = names.map((name) => name.replace(/[{}\s]|:.*/g, ""));
    if (members.some((name) => START.test(name))) return "object";
    return members.some((name) => MEMBERS.test(name)) ? "context" : undefined;
  }
  if (START.test(first) && second !== "") return "swapped";
  if (REQUEST.test(first)) {
    if (RESPONSE.test(second)) return "node";
    if (second === "" || SECOND_OF_FETCH.test(second)) return "fetch";
    return NEXT.test(second) ? "context" : undefined;
  }
  if (!CONTEXT.test(first) || third !== "") return undefined;
  return second === "" || NEXT.test(second) ? "context" : undefined;
}

/**
 * Recognizes a function for another interface.
 *
 * @param app The function.
 * @returns The interface; `undefined` if the function may be an application.
 */
export function findHandlerShape(app: unknown): HandlerShape | undefined {
  if (typeof app !== "function") return undefined;
  const names = parametersOf(app);
  if (names === undefined) return undefined;
  const kind = kindOf(names);
  if (kind === undefined) return undefined;
  const shown = `a function (${names.slice(0, 4).join(", ")})`;
  const isFramework = typeof dataOf(app, "use") === "function" &&
    typeof dataOf(app, "listen") === "function";
  return {
    kind,
    got: isFramework ? `${shown} with use() and listen()` : shown,
  };
}

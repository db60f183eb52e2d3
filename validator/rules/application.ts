/**
 * Rules about how an application is made and called.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { CallableView, CallView } from "../views/call_views.ts";
import { dataOf } from "../views/value_shape.ts";
import type { Finding, Rule } from "./rule.ts";

/** Explains common mistakes for an application. */
function notCallable(app: unknown): Finding {
  const got = describe(app);
  if (app === undefined) {
    return {
      got,
      hint:
        "Is the name in the import right? If imports are circular, it is undefined until its module has run",
    };
  }
  if (typeof app !== "object" || app === null) return got;
  if (dataOf(app, Symbol.toStringTag) === "Module") {
    return {
      got: "a module",
      hint: 'Pass its export: import app from "./app.ts"',
    };
  }
  if (typeof dataOf(app, "then") === "function") {
    return { got, hint: "Await it first: validator(await promise)" };
  }
  if (typeof dataOf(app, "fetch") === "function") {
    return {
      got: `${got} with fetch()`,
      hint:
        "Convert it to an application: fromFetchHandler(app), from @wsgi/ref/from-fetch",
    };
  }
  return serverLike(app, got);
}

/** Explains objects that are the applications of other frameworks. */
function serverLike(app: object, got: string): Finding {
  const has = (name: string): boolean =>
    typeof dataOf(app, name) === "function";
  if (has("handle") && has("listen")) {
    return {
      got: `${got} with handle() and listen()`,
      hint:
        "If handle() takes a Request, as in Oak, convert it to an application: fromFetchHandler((request) => app.handle(request)), from @wsgi/ref/from-fetch",
    };
  }
  return has("listen")
    ? {
      got: `${got} with listen()`,
      hint:
        "It listens by itself: it is a server, or it uses node:http, as Koa and Fastify do. A framework with a fetch handler works here through fromFetchHandler() of @wsgi/ref/from-fetch",
    }
    : got;
}

/**
 * Recognizes a class by its source and its read-only prototype.
 *
 * @param app The value.
 * @returns Whether it is a class.
 */
export function isClass(app: unknown): app is object {
  // Most functions are told apart without the expensive descriptor.
  return typeof app === "function" && Object.hasOwn(app, "prototype") &&
    Object.getOwnPropertyDescriptor(app, "prototype")?.writable === false &&
    Function.prototype.toString.call(app).startsWith("class");
}

/** Applied when the validator is made. */
export const CALLABLE_RULES: readonly Rule<CallableView>[] = [
  {
    id: "application/not-callable",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "app-callable",
    title: "The application must be a function (environ, startResponse)",
    why: "The server calls it once for each request.",
    hint:
      "Pass the function itself, not its result, a promise of it, or the module",
    check: ({ app }) =>
      typeof app === "function" ? undefined : notCallable(app),
  },
  {
    id: "application/class",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "app-callable",
    title: "The application must be a function that is called without new",
    why:
      "A class throws when it is called without new, as servers call every application.",
    hint:
      "Pass a function that uses the class: (environ, startResponse) => new App().handle(environ, startResponse)",
    check: ({ app }) => {
      if (!isClass(app)) return undefined;
      const name = dataOf(app, "name");
      return typeof name === "string" && name !== ""
        ? `the class ${name.slice(0, 60)}`
        : "a class";
    },
  },
];

/** Explains calls in the style of other interfaces. */
function notTwo(args: readonly unknown[]): Finding {
  const got = `${args.length} ${args.length === 1 ? "argument" : "arguments"}`;
  const [first] = args;
  if (args.length !== 1 || typeof first !== "object" || first === null) {
    return got;
  }
  if (typeof dataOf(first, "startResponse") === "function") {
    return {
      got: "one object that holds both",
      hint:
        "Call app(environ, startResponse), not app({ environ, startResponse })",
    };
  }
  if (describe(first) === "a Request") {
    return {
      got: "a Request",
      hint: "Pass toFetchHandler(app) to code that calls a fetch handler",
    };
  }
  return got;
}

/** Applied when the server calls the application. */
export const ARGUMENT_RULES: readonly Rule<CallView>[] = [
  {
    id: "application/arguments",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-two-arguments",
    title:
      "The application must be called with two arguments, environ and startResponse",
    why: "Applications rely on these two arguments.",
    hint: "Call app(environ, startResponse); put anything else into environ",
    check: ({ args }) => args.length === 2 ? undefined : notTwo(args),
  },
  {
    id: "application/start-response",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-two-arguments",
    title: "The second argument of the application must be a function",
    why: "The application begins its response by calling it.",
    hint: "Call app(environ, startResponse)",
    check: ({ args }) => {
      if (args.length < 2 || typeof args[1] === "function") return undefined;
      return typeof args[0] === "function"
        ? {
          got: `${describe(args[1])}, and a function as the first`,
          hint: "Swap them: app(environ, startResponse)",
        }
        : describe(args[1]);
    },
  },
];

/**
 * The rule about functions for another interface.
 *
 * @module
 */

import type { FailedView } from "../views/call_views.ts";
import { findHandlerShape, type HandlerShape } from "../views/handler_shape.ts";
import type { Finding, Rule } from "./rule.ts";

const GUESSES: Readonly<
  Record<HandlerShape["kind"], { readonly name: string; readonly hint: string }>
> = {
  node: {
    name: "a request listener of node:http or Express",
    hint:
      "Serve a listener with createServer(listener) of node:http, or write a function (environ, startResponse); a framework with a fetch handler works here through fromFetchHandler() of @wsgi/ref/from-fetch",
  },
  fetch: {
    name: "a fetch handler",
    hint:
      "Convert it to an application with fromFetchHandler(handler) of @wsgi/ref/from-fetch; in an application, toRequest(environ) returns a Request and fromResponse(response, startResponse) sends a Response",
  },
  object: {
    name: "an application that takes one object",
    hint: "Take two parameters: (environ, startResponse)",
  },
  swapped: {
    name: "an application with swapped parameters",
    hint: "environ comes first: (environ, startResponse)",
  },
  context: {
    name: "a handler or middleware of Hono, Koa or Oak",
    hint:
      "Pass the framework's application instead, through fromFetchHandler() of @wsgi/ref/from-fetch: fromFetchHandler(app) for Hono, fromFetchHandler((request) => app.handle(request)) for Oak",
  },
};

/** Whether an error is typical of arguments of the wrong kind. */
function isMixUp(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { name, violation } = error as {
    name?: unknown;
    violation?: { blame?: unknown };
  };
  return name === "TypeError" ||
    name === "ConformanceError" && violation?.blame === "application";
}

function otherInterface(
  { app, thrownByApplication: error, state }: FailedView,
): Finding {
  // A program that has started a response knows the interface.
  if (state.response !== undefined || !isMixUp(error)) return undefined;
  const shape = findHandlerShape(app);
  if (shape === undefined) return undefined;
  const { name, hint } = GUESSES[shape.kind];
  return { got: `${shape.got}, which looks like ${name}`, hint };
}

/** Applied when an application has failed. */
export const FAILED_RULES: readonly Rule<FailedView>[] = [
  {
    id: "application/other-interface",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "app-callable",
    title: "The application should be written for environ and startResponse",
    why:
      "A handler of another interface gets an environ where it expects a request, and fails. The parameters only suggest it: this is a guess.",
    hint: "Write a function (environ, startResponse)",
    check: otherInterface,
  },
];

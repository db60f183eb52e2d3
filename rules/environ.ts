/**
 * Rules about the environ that a server hands to an application.
 *
 * @module
 */

import { describe } from "../gateway/describe.ts";
import type { Rule } from "./rule.ts";
import type { EnvironView } from "./views.ts";

/** A rule that demands a variable. */
function required(
  key: string,
  name: string,
  spec: string,
  hint: string,
): Rule<EnvironView> {
  return {
    id: `environ/missing-${name}`,
    severity: "error",
    blame: "server",
    profile: "core",
    spec,
    title: `The environ must have ${key}`,
    why: `PEP 3333 lets every application count on ${key}.`,
    hint,
    check: ({ values }) => key in values ? undefined : "an environ without it",
  };
}

/** Applied when the server calls the application. */
export const ENVIRON_RULES: readonly Rule<EnvironView>[] = [
  {
    id: "environ/plain-object",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-plain-object",
    title: "The environ must be a plain object",
    why:
      "Applications and middleware read, change and copy it as one; a Map or a class instance behaves otherwise.",
    hint: "Make it with { … } or Object.create(null), afresh for each request",
    check: ({ object }) => isPlainObject(object) ? undefined : describe(object),
  },
  required(
    "REQUEST_METHOD",
    "request-method",
    "environ-request-method",
    "Set it to the method of the request, such as request.method",
  ),
  required(
    "SERVER_NAME",
    "server-name",
    "environ-server-name",
    "Set it to the host that the server listens on",
  ),
  required(
    "SERVER_PORT",
    "server-port",
    "environ-server-port",
    "Set it to String(addr.port)",
  ),
  required(
    "SERVER_PROTOCOL",
    "server-protocol",
    "environ-server-protocol",
    'Set it to the protocol of the request, such as "HTTP/1.1"',
  ),
  required(
    "wsgi.version",
    "version",
    "environ-wsgi-version",
    "Set it to [1, 0]",
  ),
  required(
    "wsgi.url_scheme",
    "url-scheme",
    "environ-url-scheme",
    'Set it to "http" or "https"',
  ),
  required(
    "wsgi.input",
    "input",
    "environ-input",
    "Set it to a stream with read(), readline() and readlines(), empty if there is no body",
  ),
  required(
    "wsgi.errors",
    "errors",
    "environ-errors",
    "Set it to a stream with write(), writelines() and flush()",
  ),
  required(
    "wsgi.multithread",
    "multithread",
    "environ-flags",
    "Set it to false: no second thread can enter an isolate",
  ),
  required(
    "wsgi.multiprocess",
    "multiprocess",
    "environ-flags",
    "Set it to true if other processes serve the same application",
  ),
  required(
    "wsgi.run_once",
    "run-once",
    "environ-flags",
    "Set it to false, but under CGI to true",
  ),
];

function isPlainObject(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // Another realm has another Object.prototype: the one without a prototype.
  return Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, "hasOwnProperty");
}

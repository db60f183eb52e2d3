/**
 * Rules about the variables that an environ always has.
 *
 * @module
 */

import type { EnvironView } from "../views/environ_view.ts";
import type { Rule } from "./rule.ts";

const PATH_KEYS = ["SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"] as const;

type Values = Readonly<Record<string, unknown>>;

function isAbsent(values: Values, key: string): boolean {
  return values[key] === undefined && !Object.hasOwn(values, key);
}

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
    isAboutPresence: true,
    check: ({ values, isEnviron }) =>
      isEnviron && isAbsent(values, key) ? "an environ without it" : undefined,
  };
}

/**
 * Whether a variable is empty or absent, which means the same for these two.
 */
function isEmpty(values: Values, key: string): boolean {
  return values[key] === "" || isAbsent(values, key);
}

/** Rules about the presence of variables. */
export const ENVIRON_PRESENT_RULES: readonly Rule<EnvironView>[] = [
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
    "input-methods",
    "Set it to a stream with read(), readline() and readlines(), empty if there is no body",
  ),
  required(
    "wsgi.errors",
    "errors",
    "errors-methods",
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
    "Set it to false, or to true under CGI",
  ),
  {
    id: "environ/no-path",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-path-not-empty",
    title: "SCRIPT_NAME and PATH_INFO must not both be empty",
    why: "Every request but CONNECT has a path, and it is in these two.",
    hint: 'At the root, set SCRIPT_NAME to "" and PATH_INFO to "/"',
    check: ({ values, isEnviron }) => {
      if (!isEnviron || !isEmpty(values, "PATH_INFO")) return undefined;
      if (!isEmpty(values, "SCRIPT_NAME")) return undefined;
      if (values["REQUEST_METHOD"] === "CONNECT") return undefined;
      return "no path in either";
    },
  },
  {
    id: "environ/missing-path",
    severity: "warning",
    blame: "server",
    profile: "paranoid",
    spec: "environ-path-present",
    title: "The environ should have SCRIPT_NAME, PATH_INFO and QUERY_STRING",
    why:
      "PEP 3333 lets a server leave them out if they are empty, but many applications read them without a fallback.",
    hint: 'Set each empty variable to ""',
    check: ({ values, isEnviron }) => {
      if (!isEnviron) return undefined;
      for (const key of PATH_KEYS) {
        if (isAbsent(values, key)) return `an environ without ${key}`;
      }
      return undefined;
    },
  },
];

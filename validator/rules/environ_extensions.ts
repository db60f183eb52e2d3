/**
 * Rules about the variables that a server is free to offer.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import { isClass } from "./application.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { Finding, Rule } from "./rule.ts";

/** The type of an extension. */
interface Extension {
  readonly key: string;
  readonly name: string;
  readonly spec: string;
  readonly shape: "function" | "boolean";
  readonly demand: string;
  readonly why: string;
  readonly hint: string;
}

/** The extensions that SPEC.md knows. */
const EXTENSIONS: readonly Extension[] = [
  {
    key: "wsgi.file_wrapper",
    name: "file-wrapper",
    spec: "file-wrapper-function",
    shape: "function",
    demand: "must be a function (file, blockSize)",
    why: "Applications call it with a file and return its result.",
    hint:
      "Set it to (file, blockSize) => new FileWrapper(file, blockSize), or leave it out",
  },
  {
    key: "wsgi.input_terminated",
    name: "input-terminated",
    spec: "environ-input-terminated",
    shape: "boolean",
    demand: "must be true or false",
    why:
      "An application that relies on it reads to the end, and hangs if the input does not end.",
    hint: "Set it to true if wsgi.input ends by itself; otherwise leave it out",
  },
  {
    key: "wsgiref.signal",
    name: "signal",
    spec: "ext-signal-function",
    shape: "function",
    demand: "must be a function that returns an AbortSignal",
    why: "Applications call it to get the signal.",
    hint: "Set it to a function, () => signal, or leave it out",
  },
  {
    key: "wsgiref.unix_socket",
    name: "unix-socket",
    spec: "ext-unix-socket",
    shape: "boolean",
    demand: "must be true or false",
    why:
      "Middleware may trust every client of a Unix socket, so a value that merely counts as true is dangerous.",
    hint:
      "Set it to true if the client is connected through a Unix socket; otherwise set it to false or leave it out",
  },
];

function toRule(extension: Extension): Rule<EnvironView> {
  const { key, name, spec, shape, demand, why, hint } = extension;
  return {
    id: `environ/${name}`,
    severity: "error",
    blame: "server",
    profile: "core",
    spec,
    title: `${key} ${demand}`,
    why,
    hint,
    check: ({ values }): Finding => {
      const value = values[key];
      // undefined means that it is not offered.
      if (value === undefined) return undefined;
      if (isClass(value)) {
        return { got: "a class", hint: `${hint}; a class throws without new` };
      }
      const type: string = typeof value;
      return type === shape ? undefined : describe(value);
    },
  };
}

/** Rules about extensions, where they are offered. */
export const ENVIRON_EXTENSION_RULES: readonly Rule<EnvironView>[] = EXTENSIONS
  .map(toRule);

/**
 * Rules about the variables of the interface itself: those with a prefix.
 *
 * @module
 */

import { describe, quote } from "../../wsgi/describe.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { Finding, Rule } from "./rule.ts";

type Values = Readonly<Record<string, unknown>>;

const FLAGS = [
  "wsgi.multithread",
  "wsgi.multiprocess",
  "wsgi.run_once",
] as const;

/** Whether a variable exists; missing ones have rules of their own. */
function isThere(values: Values, key: string): boolean {
  return values[key] !== undefined || Object.hasOwn(values, key);
}

function version(values: Values): Finding {
  const value = values["wsgi.version"];
  if (!Array.isArray(value)) {
    return isThere(values, "wsgi.version") ? describe(value) : undefined;
  }
  return value.length === 2 && value[0] === 1 && value[1] === 0
    ? undefined
    : `[${value.slice(0, 5).map(describe).join(", ")}]`;
}

function urlScheme(values: Values): Finding {
  const scheme = values["wsgi.url_scheme"];
  if (scheme === "http" || scheme === "https") return undefined;
  if (typeof scheme !== "string") {
    return isThere(values, "wsgi.url_scheme") ? describe(scheme) : undefined;
  }
  const got = quote(scheme);
  if (/^https?:/i.test(scheme)) {
    return {
      got,
      hint: "URL.protocol ends with a colon: url.protocol.slice(0, -1)",
    };
  }
  return /^https?$/i.test(scheme)
    ? { got, hint: "Write it in lower case" }
    : got;
}

function flags(values: Values): Finding {
  for (const key of FLAGS) {
    const value = values[key];
    if (typeof value === "boolean" || !isThere(values, key)) continue;
    const got = `${describe(value)} as ${key}`;
    return typeof value === "string"
      ? { got, hint: 'Every string except "" counts as true, even "false"' }
      : got;
  }
  return undefined;
}

function lacking(stream: unknown, methods: readonly string[]): string {
  return `${describe(stream)} without ${
    methods.length === 1
      ? methods[0]
      : `${methods.slice(0, -1).join(", ")} and ${methods.at(-1)}`
  }`;
}

function input(values: Values): Finding {
  const stream = values["wsgi.input"];
  if (typeof stream !== "object" || stream === null) {
    if (!isThere(values, "wsgi.input")) return undefined;
    return {
      got: describe(stream),
      hint: stream === null || stream === undefined
        ? "Without a body, set it to a stream that ends immediately"
        : "Set it to an object with these methods; applications get the body from read()",
    };
  }
  const { read, readline, readlines } = stream as Record<string, unknown>;
  const { [Symbol.asyncIterator]: iterate } = stream as Record<symbol, unknown>;
  if (
    typeof read === "function" && typeof readline === "function" &&
    typeof readlines === "function" && typeof iterate === "function"
  ) return undefined;
  const missing: string[] = [];
  if (typeof read !== "function") missing.push("read()");
  if (typeof readline !== "function") missing.push("readline()");
  if (typeof readlines !== "function") missing.push("readlines()");
  if (typeof iterate !== "function") missing.push("[Symbol.asyncIterator]()");
  const got = lacking(stream, missing);
  return got.startsWith("a ReadableStream ")
    ? {
      got,
      hint:
        "A stream is read with a reader: wrap it in an object with these four methods",
    }
    : got;
}

function errors(values: Values): Finding {
  const stream = values["wsgi.errors"];
  if (typeof stream !== "object" || stream === null) {
    return isThere(values, "wsgi.errors") ? describe(stream) : undefined;
  }
  const { write, writelines, flush } = stream as Record<string, unknown>;
  if (
    typeof write === "function" && typeof writelines === "function" &&
    typeof flush === "function"
  ) return undefined;
  const missing: string[] = [];
  if (typeof write !== "function") missing.push("write()");
  if (typeof writelines !== "function") missing.push("writelines()");
  if (typeof flush !== "function") missing.push("flush()");
  return lacking(stream, missing);
}

/** Rules about the variables of the interface that are always present. */
export const ENVIRON_INTERFACE_RULES: readonly Rule<EnvironView>[] = [
  {
    id: "environ/version",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-wsgi-version",
    title: "wsgi.version must be the array [1, 0]",
    why: "It states which version of the interface is used.",
    hint: "Set it to [1, 0], two numbers",
    check: ({ values }) => version(values),
  },
  {
    id: "environ/url-scheme",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-url-scheme",
    title: 'wsgi.url_scheme must be "http" or "https"',
    why: "Every absolute link begins with it.",
    hint: 'Set it to "https" under TLS, otherwise to "http"',
    check: ({ values }) => urlScheme(values),
  },
  {
    id: "environ/flags",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-flags",
    title:
      "wsgi.multithread, wsgi.multiprocess and wsgi.run_once must be booleans",
    why: "Applications use them in conditions.",
    hint: "Set them to true or false",
    check: ({ values }) => flags(values),
  },
  {
    id: "environ/multithread",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-multithread",
    title: "wsgi.multithread must be false",
    why:
      "No second thread can enter an isolate, so applications would take locks for nothing, or refuse to run.",
    hint:
      "Set it to false: interleaved calls are not threads, and processes belong to wsgi.multiprocess",
    check: ({ values }) =>
      values["wsgi.multithread"] === true ? "true" : undefined,
  },
  {
    id: "environ/input",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "input-methods",
    title:
      "wsgi.input must have read(), readline(), readlines() and [Symbol.asyncIterator]()",
    why: "Applications read the body of the request with them.",
    hint:
      "Wrap the stream in an object that has these methods or inherits them",
    check: ({ values }) => input(values),
  },
  {
    id: "environ/errors",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "errors-methods",
    title: "wsgi.errors must have write(), writelines() and flush()",
    why: "Applications write error messages to it.",
    hint:
      "Wrap your logger in an object with these methods; flush() may do nothing",
    check: ({ values }) => errors(values),
  },
];

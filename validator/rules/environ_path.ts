/**
 * Rules about the variables that hold the target of the request.
 *
 * @module
 */

import {
  isByteString,
  percentDecode,
  percentEncode,
} from "../../wsgi/byte_string.ts";
import { quote } from "../../wsgi/describe.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { Finding, Rule } from "./rule.ts";

type Values = Readonly<Record<string, unknown>>;

const ESCAPE = /%[0-9A-Fa-f]{2}/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

/** The text of a variable; empty if there is none. */
function textOf(values: Values, key: string): string {
  const value = values[key];
  return typeof value === "string" ? value : "";
}

function pathInfo(values: Values): Finding {
  const path = values["PATH_INFO"];
  if (typeof path !== "string" || path === "" || path.startsWith("/")) {
    return undefined;
  }
  if (path === "*" && values["REQUEST_METHOD"] === "OPTIONS") return undefined;
  const got = quote(path);
  return SCHEME.test(path)
    ? { got, hint: "Remove the scheme and the host" }
    : got;
}

/** Text as decodeURIComponent() makes it, if it can. */
function decodeAsText(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/**
 * Escapes bytes that were sent raw: REQUEST_URI has one code unit for each of
 * them, and percentDecode() would take these for text.
 */
function escapeBytes(uri: string): string {
  return uri.replace(/[\x80-\xff]/g, percentEncode);
}

/** The path of the raw target. */
function rawPathOf(uri: string): string {
  const question = uri.indexOf("?");
  return question === -1 ? uri : uri.slice(0, question);
}

function decodeOnce(raw: string): string {
  return percentDecode(escapeBytes(raw));
}

type Place = "startsWith" | "endsWith";

/** Finds out whether a part of the path was decoded as text, or not at all. */
function partDecoded(part: string, raw: string, place: Place): Finding {
  // One character says nothing: it is the slash.
  if (part.length < 2 || decodeOnce(raw)[place](part)) return undefined;
  if (ESCAPE.test(part) && raw[place](part)) {
    return {
      got: `${quote(part)}, which is still encoded`,
      hint:
        "URL.pathname is encoded; decode each %XX to one character, once, and not as UTF-8 like decodeURIComponent()",
    };
  }
  // Another rule finds characters above U+00FF.
  return decodeAsText(raw)?.[place](part) && isByteString(part)
    ? {
      got: `${quote(part)}, which was decoded as text`,
      hint:
        "decodeURIComponent() decodes UTF-8; decode each %XX to one character, once, or encode the text: encodeUtf8(path)",
    }
    : undefined;
}

/** Finds out whether the whole path was decoded too often. */
function wholeDecoded(whole: string, raw: string): Finding {
  const once = decodeOnce(raw);
  if (once === whole) return undefined;
  const got = quote(whole);
  if (decodeOnce(once) === whole || decodeAsText(once) === whole) {
    return {
      got: `${got}, which was decoded twice`,
      hint: "Decode once: %2520 is a percent sign and two digits",
    };
  }
  if (!raw.includes("+")) return undefined;
  const blank = raw.replaceAll("+", " ");
  return decodeOnce(blank) === whole || decodeAsText(blank) === whole
    ? {
      got: `${got}, with spaces for plus signs`,
      hint: "Leave + as it is: it means a space only in forms and queries",
    }
    : undefined;
}

/**
 * Compares SCRIPT_NAME and PATH_INFO with the raw target. Middleware may rewrite
 * a path, so only what has one mistake as its explanation is reported.
 */
function pathDecoded(values: Values): Finding {
  const uri = textOf(values, "REQUEST_URI");
  if (uri === "") return undefined;
  const path = textOf(values, "PATH_INFO");
  const script = textOf(values, "SCRIPT_NAME");
  if (
    path.length > 1 && path.includes("?") && uri.includes("?") &&
    script + path === uri
  ) {
    return { got: quote(path), hint: "Cut it off at the first ?" };
  }
  const raw = rawPathOf(uri);
  if (!raw.includes("%") && !raw.includes("+")) return undefined;
  return partDecoded(path, raw, "endsWith") ??
    partDecoded(script, raw, "startsWith") ??
    wholeDecoded(script + path, raw);
}

/** Whether one query has parameters of the other, and no others. */
function isPartOf(query: string, other: string): boolean {
  const parameters = new Set(other.split("&"));
  return query !== "" && query.split("&").every((one) => parameters.has(one));
}

/**
 * Compares QUERY_STRING with the raw target. What middleware may have made of it
 * is not reported: another target, or a parameter more or less.
 */
function queryOfTarget(view: EnvironView): Finding {
  const { values } = view;
  const uri = textOf(values, "REQUEST_URI");
  if (uri === "" || !uri.startsWith("/")) return undefined;
  const question = uri.indexOf("?");
  const sent = question === -1 ? "" : uri.slice(question + 1);
  const query = textOf(values, "QUERY_STRING");
  if (query === sent || query === `?${sent}`) return undefined;
  // A fragment does not belong to it, and has a rule of its own.
  if (query === sent.replace(/#.*/s, "")) return undefined;
  const path = textOf(values, "SCRIPT_NAME") + textOf(values, "PATH_INFO");
  if (decodeOnce(rawPathOf(uri)) !== path) return undefined;
  const { linked } = view;
  if (linked !== undefined) {
    const before = textOf(linked.environ.values, "QUERY_STRING");
    if (before !== query) return undefined;
  }
  if (isPartOf(query, sent) || isPartOf(sent, query)) return undefined;
  // The query may hold a secret.
  if (query === "") return "an empty one, where the target has a query";
  const blank = sent.replaceAll("+", " ");
  const decoded = [sent, blank].flatMap((one) => [
    decodeOnce(one),
    decodeAsText(one),
  ]);
  if (decoded.includes(query)) {
    return {
      got: "a decoded one",
      hint: "Leave it encoded: a decoded & or = would separate parameters",
    };
  }
  return new URLSearchParams(sent).toString() === query
    ? {
      got: "one that was decoded and encoded again",
      hint: "URLSearchParams changes it; copy it from the target as it is",
    }
    : "another one";
}

function requestUri(values: Values): Finding {
  const uri = values["REQUEST_URI"];
  if (typeof uri !== "string" || uri.startsWith("/")) return undefined;
  const method = values["REQUEST_METHOD"];
  if (method === "CONNECT" || (uri === "*" && method === "OPTIONS")) {
    return undefined;
  }
  // The query may hold a secret.
  const got = quote(uri.replace(/\?.*/s, "?…"));
  return SCHEME.test(uri)
    ? { got, hint: "request.url includes scheme and host: remove them" }
    : got;
}

/** Rules about the target of the request. */
export const ENVIRON_PATH_RULES: readonly Rule<EnvironView>[] = [
  {
    id: "environ/script-name",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-script-name-slash",
    title: 'SCRIPT_NAME must be empty or begin with "/" and a name',
    why: "Applications build links from SCRIPT_NAME and PATH_INFO.",
    hint: 'At the root it is "", and PATH_INFO has the "/"',
    check: ({ values }) => {
      const script = values["SCRIPT_NAME"];
      if (typeof script !== "string" || script === "") return undefined;
      return script.startsWith("/") && script.length > 1
        ? undefined
        : quote(script);
    },
  },
  {
    id: "environ/script-name-end",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-script-name-end",
    title: 'SCRIPT_NAME should not end with "/"',
    why: 'Followed by PATH_INFO, it makes links with "//".',
    hint: 'Leave the "/" to PATH_INFO',
    check: ({ values }) => {
      const script = values["SCRIPT_NAME"];
      return typeof script === "string" && script.length > 1 &&
          script.endsWith("/") && textOf(values, "PATH_INFO") !== ""
        ? quote(script)
        : undefined;
    },
  },
  {
    id: "environ/path-info",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-path-info-slash",
    title: 'PATH_INFO must be empty or begin with "/"',
    why: "Applications compare it with paths.",
    hint: 'Put a "/" before it, or use the path of the target as it is',
    check: ({ values }) => pathInfo(values),
  },
  {
    id: "environ/path-decoded",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-path-decoded",
    title:
      "SCRIPT_NAME and PATH_INFO must be the path, percent-decoded once, byte by byte",
    why: "A route for /café must see the same path from every server.",
    hint: "Decode each %XX to one character, once",
    check: ({ values }) => pathDecoded(values),
  },
  {
    id: "environ/query-string",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-query-string",
    title: "QUERY_STRING must be what follows the question mark",
    why: 'The first name in it would be "?name".',
    hint: "URL.search includes it: use url.search.slice(1)",
    check: ({ values }) => {
      const query = values["QUERY_STRING"];
      if (typeof query !== "string" || !query.startsWith("?")) return undefined;
      const uri = textOf(values, "REQUEST_URI");
      // In "/path??a", the query itself begins with one.
      return uri === "" || uri.charAt(uri.indexOf("?") + 1) === "?"
        ? undefined
        : "one with the question mark";
    },
  },
  {
    id: "environ/query-of-target",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-query-string",
    title: "QUERY_STRING should be the query of REQUEST_URI",
    why:
      "Applications that read one of them see other parameters than those that read the other.",
    hint: "Take what follows the first ? of the target, as it was sent",
    check: queryOfTarget,
  },
  {
    id: "environ/question-mark",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-query-string",
    title: "QUERY_STRING must not have the question mark of the target",
    why: 'The first name in it would be "?name".',
    hint: "URL.search includes it: use url.search.slice(1)",
    check: ({ values }) => {
      const query = values["QUERY_STRING"];
      return typeof query === "string" && query.startsWith("?") &&
          textOf(values, "REQUEST_URI") === ""
        ? "one at its beginning"
        : undefined;
    },
  },
  {
    id: "environ/fragment",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-no-fragment",
    title: "Neither QUERY_STRING nor REQUEST_URI should contain a #",
    why: "A fragment is not part of a request, and clients should not send it.",
    hint: "Remove the # and what follows it, or answer with status 400",
    check: ({ values }) => {
      const query = values["QUERY_STRING"];
      if (typeof query === "string" && query.includes("#")) {
        return "one in QUERY_STRING";
      }
      const uri = values["REQUEST_URI"];
      return typeof uri === "string" && uri.includes("#")
        ? "one in REQUEST_URI"
        : undefined;
    },
  },
  {
    id: "environ/request-uri",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-request-uri-raw",
    title: "REQUEST_URI must be the path and query as they were sent",
    why:
      "Applications use it to see escapes that decoding removes, such as %2F.",
    hint: 'Set it to the target of the request, which begins with "/"',
    check: ({ values }) => requestUri(values),
  },
];

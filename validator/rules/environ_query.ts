/**
 * Rules about QUERY_STRING and REQUEST_URI.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import type { EnvironView } from "../views/environ_view.ts";
import {
  decodeAsText,
  decodeOnce,
  rawPathOf,
  SCHEME,
  textOf,
} from "../views/raw_target.ts";
import type { Finding, Rule } from "./rule.ts";

type Values = Readonly<Record<string, unknown>>;

/** Whether all parameters of a query are in another one. */
function isPartOf(query: string, other: string): boolean {
  const parameters = new Set(other.split("&"));
  return query !== "" && query.split("&").every((one) => parameters.has(one));
}

/**
 * Compares QUERY_STRING with the raw target. Changes that middleware makes are
 * not reported: another target, or added or removed parameters.
 */
function queryOfTarget(view: EnvironView): Finding {
  const { values } = view;
  const uri = textOf(values, "REQUEST_URI");
  if (uri === "" || !uri.startsWith("/")) return undefined;
  const question = uri.indexOf("?");
  const sent = question === -1 ? "" : uri.slice(question + 1);
  const query = textOf(values, "QUERY_STRING");
  if (query === sent || query === `?${sent}`) return undefined;
  // A fragment is not part of the query, and has a rule of its own.
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
  if (query === "") return "an empty one, although the target has a query";
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
    : "a different one";
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

/** Rules about the query and the raw target of the request. */
export const ENVIRON_QUERY_RULES: readonly Rule<EnvironView>[] = [
  {
    id: "environ/query-string",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-query-string",
    title: "QUERY_STRING must begin after the question mark",
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
      "Applications that read one of them see different parameters from those that read the other.",
    hint: "Copy the part of the target after the first ?, without decoding it",
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
    hint: "Remove the # and everything after it, or answer with status 400",
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

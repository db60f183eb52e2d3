/**
 * Rules about the variables that hold request headers.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { parseContentLength } from "../../wsgi/http_syntax.ts";
import { showKey } from "../views/environ_hints.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { Rule } from "./rule.ts";

function isLength(value: string): boolean {
  return value === "" || parseContentLength(value) !== undefined;
}

/** Rules about request headers. */
export const ENVIRON_HEADER_RULES: readonly Rule<EnvironView>[] = [
  {
    id: "environ/header-name",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-http-name",
    title:
      "The name of a request header must be in upper case and have no hyphen",
    why:
      "Applications look up HTTP_USER_AGENT and do not find other spellings.",
    hint: 'Use "HTTP_" + name.toUpperCase().replaceAll("-", "_")',
    check: ({ hints }) =>
      hints?.headerName === undefined ? undefined : showKey(hints.headerName),
  },
  {
    id: "environ/line-end",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-http-line",
    title: "Variables made from the head of a request must have no line ends",
    why:
      "If an application passes such a value on, the line end begins a new header or a new request.",
    hint:
      "Answer such a request with status 400, or replace the line end with a space (RFC 9110, section 5.5)",
    check: ({ hints }) =>
      hints?.lineEnd === undefined
        ? undefined
        : `one in ${showKey(hints.lineEnd)}`,
  },
  {
    id: "environ/outer-blank",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-http-value",
    title:
      "The variable of a request header must not begin or end with a space or tab",
    why:
      "White space around a value is not a part of it, and applications that compare the value do not expect it.",
    hint: "Remove spaces and tabs around the value (RFC 9110, section 5.5)",
    check: ({ hints }) =>
      hints?.outerBlank === undefined ? undefined : showKey(hints.outerBlank),
  },
  {
    id: "environ/content-variable",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-http-forbidden",
    title: "The environ must not have HTTP_CONTENT_TYPE or HTTP_CONTENT_LENGTH",
    why:
      "Two variables for one header can differ, and programs then disagree on where the body ends.",
    hint: "Name them CONTENT_TYPE and CONTENT_LENGTH",
    check: ({ values }) => {
      if (values["HTTP_CONTENT_TYPE"] !== undefined) return "HTTP_CONTENT_TYPE";
      if (values["HTTP_CONTENT_LENGTH"] === undefined) return undefined;
      return "HTTP_CONTENT_LENGTH";
    },
  },
  {
    id: "environ/content-length",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-content-length",
    title: "CONTENT_LENGTH must be digits, and no more than 9007199254740991",
    why: "Applications read that many bytes, and allocate memory for them.",
    hint: "Answer requests with other values with status 400",
    check: ({ values }) => {
      const value = values["CONTENT_LENGTH"];
      return typeof value !== "string" || isLength(value)
        ? undefined
        : quote(value);
    },
  },
  {
    id: "environ/http-proxy",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-http-forbidden",
    title: "The environ must not have HTTP_PROXY",
    why:
      "Many HTTP clients take their proxy from the variable of this name, so a client could choose it with a Proxy header (httpoxy, CVE-2016-5385).",
    hint: "Drop the request header Proxy: no standard defines it",
    check: ({ values }) =>
      values["HTTP_PROXY"] === undefined ? undefined : "an environ with it",
  },
  {
    id: "environ/transfer-encoding",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-http-forbidden",
    title: "The environ must not have HTTP_TRANSFER_ENCODING",
    why:
      "The server has decoded the body; an application that believes the header decodes it again.",
    hint: "Drop the header when the body is decoded",
    check: ({ values }) =>
      values["HTTP_TRANSFER_ENCODING"] === undefined ||
        values["CONTENT_LENGTH"] !== undefined
        ? undefined
        : "an environ with it",
  },
  {
    id: "environ/two-lengths",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-http-forbidden",
    title:
      "The environ must not have both CONTENT_LENGTH and HTTP_TRANSFER_ENCODING",
    why:
      "They disagree on where the body ends, and the rest would be taken for another request (request smuggling).",
    hint:
      "Drop Content-Length where there is a Transfer-Encoding, or answer with status 400 (RFC 9112, section 6.3)",
    check: ({ values }) =>
      values["HTTP_TRANSFER_ENCODING"] === undefined ||
        values["CONTENT_LENGTH"] === undefined
        ? undefined
        : "an environ with both",
  },
];

/**
 * Rules about header names: their characters, and those that an application
 * must not use.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { describeEntry } from "../../wsgi/redact.ts";
import type { HeadView } from "../views/call_views.ts";
import { CharacterClass, classifyText } from "../views/character_classes.ts";
import { KNOWN } from "../views/known_headers.ts";
import {
  type Field,
  findField,
  type ResponseView,
} from "../views/response_view.ts";
import type { Finding, Rule } from "./rule.ts";

function noToken(name: string): Finding {
  const got = describeEntry(name);
  if (name === "") {
    return { got: "an empty name", hint: "Leave out headers without a name" };
  }
  const classes = classifyText(name);
  if ((classes & CharacterClass.control) !== 0) {
    return {
      got,
      hint:
        "Do not build names from the client's data: a line end in it adds headers",
    };
  }
  if (name.startsWith(":")) {
    return { got, hint: "Pass the status as the first argument" };
  }
  if (name.includes(":")) {
    return { got, hint: 'Write the name without the colon: "Content-Type"' };
  }
  if ((classes & (CharacterClass.outerSpace | CharacterClass.tab)) !== 0) {
    return { got, hint: "Trim the name" };
  }
  if (name.includes(" ")) {
    return { got, hint: `Write ${quote(name.replaceAll(" ", "-"))}` };
  }
  return got;
}

/** Hints for headers with which applications try to control the connection. */
const HOP_BY_HOP_HINTS: Readonly<Record<string, string>> = {
  connection: "Leave it out; the server decides whether to keep the connection",
  "keep-alive":
    "Leave it out; the server decides whether to keep the connection",
  trailer: "Send the value as a header or in the body; there are no trailers",
  trailers: "Send the value as a header or in the body; there are no trailers",
  "transfer-encoding":
    "Leave it out and yield the chunks as they are; the server frames them",
  upgrade:
    "Answer a WebSocket or another upgrade with a fetch handler next to the application",
};

function hopByHop(response: ResponseView, { key, name }: Field): Finding {
  const got =
    key === "transfer-encoding" && (response.known & KNOWN.contentLength) !== 0
      // The two contradict each other: request smuggling.
      ? "Transfer-Encoding together with Content-Length"
      : quote(name);
  const hint = HOP_BY_HOP_HINTS[key];
  return hint === undefined ? got : { got, hint };
}

/** Rules about names. */
export const HEADER_NAME_RULES: readonly Rule<HeadView>[] = [
  {
    id: "headers/name",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-token",
    title:
      "The name of a header must be a token: letters, digits and symbols such as the hyphen",
    why: "Other characters end the name, or the header, or the whole head.",
    hint: "Use letters, digits and hyphens",
    check: ({ response }) => {
      if (response.hasTokens) return undefined;
      const field = response.fields.find(({ isToken }) => !isToken);
      return field && noToken(field.name);
    },
  },
  {
    id: "headers/status",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-no-status",
    title: "Status must not be among the headers",
    why: "Under CGI it would replace the status of the response.",
    hint: "Pass the status as the first argument",
    check: ({ response }) => {
      const field = findField(response, KNOWN.status);
      return field && quote(field.name);
    },
  },
  {
    id: "headers/hop-by-hop",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-hop-by-hop",
    title: "Headers about the connection must be left to the server",
    why:
      "The connection belongs to the server, and headers about it are wrong behind a proxy or with HTTP/2.",
    hint: "Leave it out",
    check: ({ response }) => {
      const field = findField(response, KNOWN.hopByHop);
      return field && hopByHop(response, field);
    },
  },
  {
    id: "headers/proxy-authentication",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "header-proxy-authentication",
    title:
      "Proxy-Authenticate should come only with status 407, and Proxy-Authorization never",
    why: "These are between a client and its proxy, or belong to a request.",
    hint: "Use WWW-Authenticate with status 401",
    check: ({ response }) => {
      const bits = response.code === 407
        ? KNOWN.proxyAuthorization
        : KNOWN.proxyAuthorization | KNOWN.proxyAuthenticate;
      const field = findField(response, bits);
      return field && quote(field.name);
    },
  },
];

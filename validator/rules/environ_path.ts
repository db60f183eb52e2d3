/**
 * Rules about SCRIPT_NAME and PATH_INFO.
 *
 * @module
 */

import { isByteString } from "../../wsgi/byte_string.ts";
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

const ESCAPE = /%[0-9A-Fa-f]{2}/;

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

type Place = "startsWith" | "endsWith";

/** Finds a part of the path that was decoded as text, or not at all. */
function partDecoded(part: string, raw: string, place: Place): Finding {
  // A single slash shows nothing.
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

/** Finds a path that was decoded too often. */
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
 * a path, so a difference is reported only if a known mistake explains it.
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

/** Rules about the path of the request. */
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
];

/**
 * Rules about all variables of an environ: their names, and that CGI variables
 * are ByteStrings.
 *
 * @module
 */

import { describeValue } from "../../wsgi/redact.ts";
import { showKey } from "../views/environ_hints.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { Finding, Rule } from "./rule.ts";

function absent({ values, hints }: EnvironView): Finding {
  const key = hints?.absent;
  if (key === undefined) return undefined;
  const got = `${values[key]} as ${showKey(key)}`;
  return values[key] === null && key.startsWith("HTTP_")
    ? {
      got,
      hint:
        "headers.get() returns null for a header that was not sent: loop over the headers instead",
    }
    : got;
}

function variableNotString({ values, hints }: EnvironView): Finding {
  const key = hints?.type;
  if (key === undefined) return undefined;
  const value = values[key];
  const got = `${describeValue(key, value)} as ${showKey(key)}`;
  if (typeof value === "number" || typeof value === "bigint") {
    return { got, hint: `Convert it: String(${typeof value})` };
  }
  if (key === "HTTPS") {
    return {
      got,
      hint: 'Set it to "on" under TLS, and leave it out otherwise',
    };
  }
  if (Array.isArray(value)) {
    return {
      got,
      hint: 'Join the values of a repeated header: values.join(", ")',
    };
  }
  if (got.startsWith("a String as ")) {
    return { got, hint: "Remove new String()" };
  }
  return got;
}

function wideVariable({ values, hints }: EnvironView): Finding {
  const key = hints?.wide;
  if (key === undefined) return undefined;
  const value = String(values[key]);
  // Not the value itself: it may be a secret.
  const at = value.search(/[\u0100-\uffff]/);
  const unit = value.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
  const got = `U+${unit} in ${showKey(key)} at index ${at}`;
  return key === "PATH_INFO" || key === "SCRIPT_NAME"
    ? {
      got,
      hint:
        "decodeURIComponent() decodes UTF-8; decode each %XX to one character, or encode the text: encodeUtf8(path)",
    }
    : got;
}

/** Rules about all variables. */
export const ENVIRON_VARIABLE_RULES: readonly Rule<EnvironView>[] = [
  {
    id: "environ/undefined",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-cgi-string",
    title: "Variables without a value must be left out of the environ",
    why:
      'Applications that test "HTTP_COOKIE" in environ expect a string there.',
    hint: "Assign it only if there is a value, or delete it",
    check: absent,
  },
  {
    id: "environ/string",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-cgi-string",
    title: "Variables whose name has no dot must be strings",
    why: "Applications call the methods of strings on them.",
    hint:
      'Convert it to a string, or give it a name with a prefix and a dot: "example.user"',
    check: variableNotString,
  },
  {
    id: "environ/bytestring",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "environ-bytestring",
    title:
      "Variables whose name has no dot must have no characters above U+00FF",
    why:
      "Each character represents one byte of the request, and characters above U+00FF do not fit into one.",
    hint: "Encode the text: encodeUtf8(text)",
    check: wideVariable,
  },
  {
    id: "environ/nul",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "environ-no-nul",
    title: "Variables other than paths should not contain U+0000",
    why:
      "C libraries and shells end a string there, and only the path of a request can contain it.",
    hint: "Reject such a request with status 400",
    check: ({ hints }) =>
      hints?.nul === undefined ? undefined : `one in ${showKey(hints.nul)}`,
  },
  {
    id: "environ/empty",
    severity: "warning",
    blame: "server",
    profile: "paranoid",
    spec: "environ-no-empty",
    title: "Variables without a value should be left out of the environ",
    why: "Some applications only check whether a variable exists.",
    hint: "Assign it only if there is a value",
    check: ({ hints }) =>
      hints?.empty === undefined ? undefined : `"" as ${showKey(hints.empty)}`,
  },
  {
    id: "environ/key-name",
    severity: "warning",
    blame: "server",
    profile: "paranoid",
    spec: "environ-key-names",
    title:
      "Names of variables should be in upper case, or in lower case with a prefix and a dot",
    why: "Other names can clash with those of CGI, or of another program.",
    hint: 'Choose a prefix of your own: "example.user_id"',
    check: ({ hints }) =>
      hints?.name === undefined ? undefined : showKey(hints.name),
  },
  {
    id: "environ/reserved-prefix",
    severity: "warning",
    blame: "server",
    profile: "paranoid",
    spec: "ext-reserved-prefix",
    title: "Names that begin with wsgi. or wsgiref. should be those of SPEC.md",
    why: "A later version of the interface may give the name another meaning.",
    hint: 'Choose a prefix of your own: "example.user_id"',
    check: ({ hints }) =>
      hints?.reserved === undefined ? undefined : showKey(hints.reserved),
  },
];

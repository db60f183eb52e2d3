/**
 * Rules about the status.
 *
 * @module
 */

import { describe, quote } from "../../wsgi/describe.ts";
import { reasonPhrase } from "../../wsgi/status.ts";
import type { HeadView } from "../views/call_views.ts";
import { CharacterClass, showCharacter } from "../views/character_classes.ts";
import type { Finding, Rule } from "./rule.ts";

/** Characters that cannot be sent. They are reported before the form is. */
const BROKEN = CharacterClass.control | CharacterClass.tab |
  CharacterClass.wide;

function example(code: number): string {
  return `"${code} ${reasonPhrase(code) ?? "Any Reason"}"`;
}

function statusNotString(status: unknown): Finding {
  const got = describe(status);
  if (typeof status === "number") {
    return { got, hint: `Write the code and its reason: ${example(status)}` };
  }
  if (got === "a Promise") return { got, hint: "Await it first" };
  if (got === "a Response") {
    return {
      got,
      hint: "Write `${response.status} ${response.statusText}`",
    };
  }
  if (got === "a String") {
    return {
      got: "a String object",
      hint: 'Write "200 OK" without new String()',
    };
  }
  return got;
}

function wrongShape(status: string): Finding {
  const got = quote(status);
  if (/^[0-9]{3}$/.test(status)) {
    return { got, hint: `Add a reason: ${example(Number(status))}` };
  }
  if (/^HTTP\//i.test(status)) {
    return { got, hint: 'Leave the protocol out: "200 OK"' };
  }
  if (/^[0-9]{3}[^0-9 ]/.test(status)) {
    return { got, hint: "Put one space between the code and the reason" };
  }
  return got;
}

function noReason(status: string): Finding {
  if (status.length === 4) return quote(status);
  return /^.{4}(?:undefined|null)$/.test(status)
    ? {
      got: quote(status),
      hint: `Is the reason missing in a table? Write ${
        example(Number(status.slice(0, 3)))
      }`,
    }
    : undefined;
}

function outOfRange(code: number): Finding {
  const got = String(code).padStart(3, "0");
  if (code === 101) {
    return {
      got,
      hint:
        "Answer a WebSocket or another upgrade with a fetch handler next to the application",
    };
  }
  if (code >= 100 && code < 200) {
    return {
      got,
      hint: "Send the final status; the server sends interim responses",
    };
  }
  return got;
}

/** Applied to the first argument of startResponse. */
export const STATUS_RULES: readonly Rule<HeadView>[] = [
  {
    id: "status/string",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "status-string",
    title: 'Status must be a string such as "200 OK"',
    why: "The server sends it as the status line.",
    hint: 'Write the code and its reason: "404 Not Found", not 404',
    check: ({ response: { status } }) =>
      typeof status === "string" ? undefined : statusNotString(status),
  },
  {
    id: "status/control",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "status-no-control",
    title: "Status must have no control characters",
    why: "A line end in it begins another header, and some servers crash.",
    hint:
      "Do not put text from elsewhere, such as an error message, into the status",
    check: ({ response: { status, statusClasses } }) =>
      (statusClasses & (CharacterClass.control | CharacterClass.tab)) === 0
        ? undefined
        : showCharacter(
          status as string,
          CharacterClass.control | CharacterClass.tab,
        ),
  },
  {
    id: "status/byte-string",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "status-bytestring",
    title: "Status must have no characters above U+00FF",
    why:
      "Each character becomes one byte, and characters above U+00FF do not fit.",
    hint: "Use ASCII, and put other text into the body",
    check: ({ response: { status, statusClasses } }) =>
      (statusClasses & CharacterClass.wide) === 0
        ? undefined
        : showCharacter(status as string, CharacterClass.wide),
  },
  {
    id: "status/digits",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "status-digits",
    title: "Status must begin with three digits and a space",
    why:
      "Servers and middleware read the code from the first three characters.",
    hint: 'Write "200 OK"',
    check: ({ response: { status, code, statusClasses } }) =>
      code !== undefined || typeof status !== "string" ||
        (statusClasses & BROKEN) !== 0
        ? undefined
        : wrongShape(status),
  },
  {
    id: "status/range",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "status-range",
    title: "Status must have a code from 200 to 599",
    why:
      "The server sends lower codes itself, and HTTP does not define higher ones.",
    hint: "Use a code that HTTP defines",
    check: ({ response: { code } }) =>
      code === undefined || (code >= 200 && code <= 599)
        ? undefined
        : outOfRange(code),
  },
  {
    id: "status/reason",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "status-reason",
    title: "Status should have a reason after the code",
    why: "PEP 3333 requires one; servers send it, and logs show it.",
    hint: 'Write "200 OK"; any short text will do',
    check: ({ response: { status, code } }) =>
      code === undefined ? undefined : noReason(status as string),
  },
  {
    id: "status/spaces",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "status-single-space",
    title: "Status should have one space after the code and none at its end",
    why:
      "PEP 3333 allows no other spaces, and some servers compare the whole string.",
    hint: "Trim the reason",
    check: ({ response: { status, code } }) =>
      code !== undefined && hasWrongSpaces(status as string)
        ? quote(status as string)
        : undefined,
  },
];

function hasWrongSpaces(status: string): boolean {
  // "299 " has no reason; another rule reports that.
  return status.length > 4 &&
    (status.charCodeAt(4) === 0x20 ||
      status.charCodeAt(status.length - 1) === 0x20);
}

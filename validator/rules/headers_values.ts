/**
 * Rules about the characters of header values.
 *
 * @module
 */

import { describe, quote } from "../../wsgi/describe.ts";
import { parseContentLength } from "../../wsgi/http_syntax.ts";
import type { HeadView } from "../views/call_views.ts";
import { CharacterClass, showCharacter } from "../views/character_classes.ts";
import { KNOWN } from "../views/known_headers.ts";
import type { Field, ResponseView } from "../views/response_view.ts";
import type { Finding, Rule } from "./rule.ts";

/** Finds the first header whose value has a mark. */
function findMarked(
  response: ResponseView,
  kind: number,
): Field | undefined {
  return response.fields.find(({ classes }) => (classes & kind) !== 0);
}

function showValue({ name, value }: Field, kind: number): string {
  return `${showCharacter(value, kind)} of the value of ${quote(name)}`;
}

function control(field: Field): Finding {
  const got = showValue(field, CharacterClass.control);
  return /[\r\n]/.test(field.value) ? got : {
    got,
    hint: "Remove it; a value is one line of text",
  };
}

function wideValue(field: Field): Finding {
  const got = showValue(field, CharacterClass.wide);
  if (field.key === "content-disposition") {
    return {
      got,
      hint:
        "Encode the file name as RFC 8187 defines: filename*=UTF-8''${encodeURIComponent(name)}",
    };
  }
  if (field.bit === KNOWN.contentLength) {
    return { got, hint: "Write String(bytes.byteLength)" };
  }
  if (field.bit === KNOWN.location) {
    return { got, hint: "Escape it: new URL(target, base).href" };
  }
  return got;
}

/** Whether a value contains a tab that is not at its ends. */
function hasInnerTab({ bit, value, classes }: Field): boolean {
  // Another rule requires digits in Content-Length.
  if ((classes & CharacterClass.tab) === 0 || bit === KNOWN.contentLength) {
    return false;
  }
  return (classes & CharacterClass.outerSpace) === 0 ||
    value.trim().includes("\t");
}

function hasOuterSpace({ bit, classes }: Field): boolean {
  return (classes & CharacterClass.outerSpace) !== 0 &&
    bit !== KNOWN.contentLength;
}

/** The results of converting values that a program did not mean to send. */
const CONVERTED =
  /^(?:undefined|null|NaN|Invalid Date)$|\[object [A-Za-z]+\]|^[^;=]+=undefined(?=;|$)/;

/** Headers whose syntax other rules check, or in which `null` has a meaning. */
const CHECKED = KNOWN.contentLength | KNOWN.contentType | KNOWN.etag |
  KNOWN.contentRange | KNOWN.date | KNOWN.expires | KNOWN.lastModified |
  KNOWN.retryAfter | KNOWN.lookedAt;

function converted({ name, value, bit }: Field): Finding {
  if ((bit & CHECKED) !== 0) return undefined;
  // Only this part is shown, because the rest may be a secret.
  const part = CONVERTED.exec(value)?.[0];
  if (part === undefined) return undefined;
  const got = `${quote(part)} in the value of ${quote(name)}`;
  return part === "[object Promise]"
    ? { got, hint: "Is an await missing?" }
    : got;
}

function findConverted({ fields }: ResponseView): Finding {
  for (const field of fields) {
    const finding = converted(field);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** Rules about values. */
export const HEADER_VALUE_RULES: readonly Rule<HeadView>[] = [
  {
    id: "headers/control",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-no-control",
    title: "The value of a header must have no control characters",
    why:
      "A line end begins a new header, or the body: a client that controls the value can split the response.",
    hint:
      "Reject or escape line ends in data from clients before you put it into a header",
    check: ({ response }) => {
      if ((response.classes & CharacterClass.control) === 0) return undefined;
      const field = findMarked(response, CharacterClass.control);
      return field && control(field);
    },
  },
  {
    id: "headers/byte-string",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-bytestring",
    title: "The value of a header must have no characters above U+00FF",
    why:
      "Each character becomes one byte, and characters above U+00FF do not fit.",
    hint: "Encode it as UTF-8: encodeUtf8(text); or percent-encode it",
    check: ({ response }) => {
      if ((response.classes & CharacterClass.wide) === 0) return undefined;
      const field = findMarked(response, CharacterClass.wide);
      return field && wideValue(field);
    },
  },
  {
    id: "headers/tab",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "header-plain-value",
    title: "The value of a header should have no tabs",
    why: "PEP 3333 forbids them and HTTP allows them, so servers differ.",
    hint: "Write a space instead",
    check: ({ response }) => {
      if ((response.classes & CharacterClass.tab) === 0) return undefined;
      const field = response.fields.find(hasInnerTab);
      return field && `a tab in the value of ${quote(field.name)}`;
    },
  },
  {
    id: "headers/outer-space",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "header-plain-value",
    title: "The value of a header should not begin or end with a space",
    why: "Recipients remove these spaces.",
    hint: "Trim it: value.trim()",
    check: ({ response }) => {
      if ((response.classes & CharacterClass.outerSpace) === 0) {
        return undefined;
      }
      const field = response.fields.find(hasOuterSpace);
      return field && `spaces around the value of ${quote(field.name)}`;
    },
  },
  {
    id: "headers/converted",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "header-no-conversion",
    title:
      "The value of a header should not be a missing value or an object that was converted to a string",
    why: "Clients receive the text undefined, or [object Object].",
    hint: "Is the value missing? If it is right, switch this warning off",
    check: ({ response }) => findConverted(response),
  },
  {
    id: "headers/non-ascii",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "header-plain-value",
    title: "The value of a header should be ASCII",
    why: "Some recipients read other bytes as Latin-1, others as UTF-8.",
    hint: "Percent-encode it, or use the form of RFC 8187: name*=UTF-8''…",
    check: ({ response }) => {
      if ((response.classes & CharacterClass.latin1) === 0) return undefined;
      const field = findMarked(response, CharacterClass.latin1);
      return field && showValue(field, CharacterClass.latin1);
    },
  },
];

function notLength({ value }: Field): Finding {
  const got = describe(value);
  if (/^[0-9]+ *,/.test(value)) {
    return { got, hint: "Send one number, and the header once" };
  }
  if (/^[0-9]+$/.test(value)) {
    return {
      got,
      hint: "Leave it out; the server can send a body of any length",
    };
  }
  return got;
}

function countLengths({ fields }: ResponseView): number {
  return fields.filter(({ bit }) => bit === KNOWN.contentLength).length;
}

/** Rules about Content-Length. */
export const HEADER_LENGTH_RULES: readonly Rule<HeadView>[] = [
  {
    id: "headers/content-length",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "length-digits",
    title: "The Content-Length header must be a whole number in digits",
    why: "It determines where the response ends and the next one begins.",
    hint: "Write String(bytes.byteLength)",
    check: ({ response }) => {
      if ((response.known & KNOWN.contentLength) === 0) return undefined;
      const broken = CharacterClass.control | CharacterClass.wide;
      const field = response.fields.find(({ bit, value, classes }) =>
        bit === KNOWN.contentLength && (classes & broken) === 0 &&
        parseContentLength(value) === undefined
      );
      return field && notLength(field);
    },
  },
  {
    id: "headers/content-length-twice",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "length-digits",
    title: "The Content-Length header must be given once",
    why:
      "Recipients may use different ones, and take the rest for another response.",
    hint: "Remove the old one before you add a new one",
    check: ({ response }) =>
      (response.repeated & KNOWN.contentLength) === 0
        ? undefined
        : `${countLengths(response)} of them`,
  },
];

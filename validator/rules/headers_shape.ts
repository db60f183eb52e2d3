/**
 * Rules about the shape of the header list: an array of pairs of strings.
 *
 * @module
 */

import { describe, quote } from "../../wsgi/describe.ts";
import { describeEntry, describeValue } from "../../wsgi/redact.ts";
import type { HeadView } from "../views/call_views.ts";
import type { StateView } from "../views/request_state.ts";
import type { Misfit, ResponseView } from "../views/response_view.ts";
import type { Finding, Rule } from "./rule.ts";

/** Hints for values that are mistaken for a header list, by their description. */
const LIST_HINTS: Readonly<Record<string, string>> = {
  "a Headers": "Spread it: [...headers], which makes an array of pairs",
  "a Map": "Spread it: [...map], which makes an array of pairs",
  "a URLSearchParams": "Spread it: [...params], which makes an array of pairs",
  "a FormData": "Write an array of pairs; a FormData belongs in a body",
  "a Set": "Spread it: [...set], an array of pairs",
  "a Response": "Spread its headers: [...response.headers]",
  "a Promise": "Await it before you pass it",
  "an object": "Convert it: Object.entries(headers)",
};

/** Whether an object is an iterator, found without calling its methods. */
function isIterator(value: object): boolean {
  try {
    let object: object | null = value;
    for (let depth = 0; depth < 10 && object !== null; depth++) {
      const next = Object.getOwnPropertyDescriptor(object, "next")?.value;
      if (typeof next === "function") return true;
      object = Object.getPrototypeOf(object);
    }
  } catch {
    // Only a proxy with a throwing trap gets here.
  }
  return false;
}

function notArray(headers: unknown): Finding {
  const got = describeEntry(headers);
  if (typeof headers === "string") {
    return { got, hint: 'Write [["Content-Type", "text/plain"]]' };
  }
  if (typeof headers !== "object" || headers === null) return got;
  if (isIterator(headers)) {
    return { got: "an iterator", hint: "Spread it: [...headers.entries()]" };
  }
  const hint = LIST_HINTS[got];
  if (hint === undefined) return got;
  return { got: got === "a Headers" ? "a Headers object" : got, hint };
}

function notPair({ index, entry, length }: Misfit): Finding {
  const place = `at headers[${index}]`;
  if (typeof entry === "string") {
    const colon = entry.indexOf(":");
    if (colon > 0) {
      const name = entry.slice(0, colon);
      return {
        // The value stays out of the message: it may be a secret.
        got: `one string for name and value of ${quote(name)} ${place}`,
        hint: `Write [${quote(name)}, value], an array of two strings`,
      };
    }
    return {
      got: `${describe(entry)} ${place}`,
      hint: 'Put each pair into an array of its own: [["Name", "value"]]',
    };
  }
  if (length === undefined) {
    return entry === undefined
      ? { got: `nothing ${place}`, hint: "Leave no holes in the array" }
      : `${describe(entry)} ${place}`;
  }
  const got = `an array of ${length} ${place}`;
  if (length > 2) {
    return { got, hint: "Write one pair for each value; names may repeat" };
  }
  return got;
}

/** Hints for values that are not strings, by their description. */
const VALUE_HINTS: Readonly<Record<string, string>> = {
  "an array": "Write one pair for each value; names may repeat",
  "a Date": "Write date.toUTCString()",
  "a Promise": "Await it: [name, await promise]",
  "a URL": "Write url.href",
  "a String": "Write the string without new String()",
  "undefined": "Leave the header out where it has no value",
  "null": "Leave the header out where it has no value",
};

function notStrings(pair: readonly [name: unknown, value: unknown]): Finding {
  const [name, value] = pair;
  if (typeof name !== "string") return `${describe(name)} as a name`;
  const got = describeValue(name, value);
  const place = `${got} as the value of ${quote(name)}`;
  if (typeof value === "number" || typeof value === "bigint") {
    return {
      got: place,
      hint: name.toLowerCase() === "content-length"
        ? 'Write String(bytes.byteLength), which counts bytes: ["Content-Length", "12"]'
        : "Write String(number)",
    };
  }
  const hint = VALUE_HINTS[got];
  return hint === undefined ? place : { got: place, hint };
}

/** Rules about the array, its pairs and their types. */
export const HEADER_SHAPE_RULES: readonly Rule<HeadView>[] = [
  {
    id: "headers/array",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-array",
    title: "Headers must be an array of [name, value] tuples",
    why: "Headers have an order and can repeat; only a list keeps both.",
    hint: 'Write [["Content-Type", "text/plain"]], or [] for none',
    check: ({ response }) =>
      response.isArray ? undefined : notArray(response.headers),
  },
  {
    id: "headers/array-iterator",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-array-elements",
    title:
      "Headers must be an array that yields its elements when it is iterated over",
    why:
      "Some servers and middleware read the elements by index, others iterate; they would send different headers.",
    hint:
      "Pass a plain array: Array.from({ length: headers.length }, (_, index) => headers[index])",
    check: ({ response }) =>
      response.hasOwnIteration
        ? "an array with an iterator of its own"
        : undefined,
  },
  {
    id: "headers/tuple",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-pair",
    title: "Each header must be a tuple of name and value",
    why: "Servers read the two by position.",
    hint:
      'Write ["Content-Type", "text/plain"], an array of exactly two strings',
    check: ({ response: { noPair } }) =>
      noPair === undefined ? undefined : notPair(noPair),
  },
  {
    id: "headers/string",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "header-string",
    title: "Name and value of a header must be strings",
    why: "They are sent as they are, and servers do not convert other values.",
    hint: "Pass text, such as String(number) or JSON.stringify(data)",
    check: ({ response: { noStrings } }) =>
      noStrings?.pair === undefined ? undefined : notStrings(noStrings.pair),
  },
];

const MAX_FIELD = 8 * 1024;
const MAX_SECTION = 16 * 1024;

function tooLarge({ fields, size }: ResponseView): string | undefined {
  // One field can be too large only if the whole is.
  if (size <= MAX_FIELD) return undefined;
  const field = fields.find(({ name, value }) =>
    name.length + value.length > MAX_FIELD
  );
  if (field !== undefined) {
    return `${field.value.length} bytes in ${quote(field.name)}`;
  }
  return size > MAX_SECTION ? `${size} bytes in all` : undefined;
}

/** Applied to the headers after the other rules about them. */
export const HEADER_SIZE_RULES: readonly Rule<HeadView>[] = [
  {
    id: "headers/size",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "header-size",
    title: "Headers should have at most 8 KiB each and 16 KiB together",
    why: "Many clients and proxies reject larger ones.",
    hint: "Keep the data on the server, or send it in the body",
    check: ({ response }) => tooLarge(response),
  },
];

/** Applied when status and headers are sent: a chunk, a write() or the end. */
export const LEAVING_RULES: readonly Rule<StateView>[] = [
  {
    id: "headers/changed",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "header-not-changed",
    title: "Headers should not be changed after startResponse was called",
    why: "The server has copied them, so the change has no effect.",
    hint: "Call startResponse when all the headers are known",
    check: ({ state: { headSent, ended, response } }) =>
      headSent && !ended ? undefined : response?.takeChange(),
  },
];

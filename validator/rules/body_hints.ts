/**
 * Explains values that are mistaken for a body.
 *
 * This runs only when a check has failed, and calls no code of the value.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { ReturnView } from "../views/body_views.ts";
import {
  dataOf,
  findSafely,
  isGeneratorFunction,
} from "../views/value_shape.ts";
import type { Finding } from "./rule.ts";

let entryMethods: Set<unknown> | undefined;

/** The iterator methods of classes that iterate over pairs. */
function toEntryMethods(): Set<unknown> {
  const classes: readonly unknown[] = [
    Map,
    globalThis.Headers,
    globalThis.URLSearchParams,
    globalThis.FormData,
  ];
  // Not every runtime has all of them.
  return new Set(
    classes.filter((made) => typeof made === "function").map((made) =>
      (made as { prototype: { entries: unknown } }).prototype.entries
    ),
  );
}

/**
 * Checks whether iterating over a body would yield pairs of key and value.
 *
 * @param view The result of the application.
 * @returns Whether it is a `Map`, a `Headers` or the like.
 */
export function givesEntries({ body, method }: ReturnView): boolean {
  if (typeof method !== "function" || Array.isArray(body)) return false;
  return (entryMethods ??= toEntryMethods()).has(method);
}

/**
 * Describes a value that cannot be iterated over for chunks.
 *
 * @param view The result of the application.
 * @returns The description, with a hint if the mistake is a common one.
 */
export function describeNoBody(view: ReturnView): Finding {
  const { body } = view;
  if (givesEntries(view)) {
    return {
      got: `${describe(body)}, which iterates over pairs`,
      hint:
        "Convert it to text and encode that: [new TextEncoder().encode(text)]",
    };
  }
  if (body === undefined) {
    return {
      got: "undefined",
      hint: "Is a return missing? Return [bytes], or [] for an empty body",
      spec: "app-returns-body",
    };
  }
  if (body === null) {
    return { got: "null", hint: "Return [] for an empty body" };
  }
  if (typeof body === "function") {
    return findSafely(() => describeFunction(body), body);
  }
  if (typeof body !== "object") return describe(body);
  return findSafely(() => describeObject(body), body);
}

function describeFunction(body: object): Finding {
  if (isGeneratorFunction(body)) {
    return {
      got: "a generator function",
      hint: "Call it: return body(), not return body",
    };
  }
  if (dataOf(body, "name") === "write") {
    return {
      got: "a function",
      hint:
        "Is it what startResponse returned? Return the body: startResponse(…); return [bytes]",
    };
  }
  return {
    got: "a function",
    hint: "Call it and return its result",
  };
}

function describeObject(body: object): Finding {
  const got = describe(body);
  switch (got) {
    case "a Response":
      return {
        got,
        hint:
          "Send it with return fromResponse(response, startResponse); a whole fetch handler becomes an application with fromFetchHandler(handler), from @wsgi/ref/from-fetch",
      };
    case "a Request":
      return { got, hint: "Return its body: request.body ?? []" };
    case "a Blob":
    case "a File":
      return { got, hint: "Return its stream: blob.stream()" };
    case "a FsFile":
    case "a CompressionStream":
    case "a TextEncoderStream":
    case "a TransformStream":
      return { got, hint: "Return its stream: value.readable" };
    case "an ArrayBuffer":
    case "a SharedArrayBuffer":
    case "a DataView":
      return { got, hint: "Return its bytes: [new Uint8Array(buffer)]" };
  }
  if (typeof dataOf(body, "next") === "function") {
    return {
      got: `${got} with next(), an iterator that is not iterable`,
      hint:
        "Add the method that the server calls: [Symbol.iterator]() { return this; }, or [Symbol.asyncIterator] if next() returns promises",
    };
  }
  if (Object.hasOwn(body, "body") || Object.hasOwn(body, "status")) {
    return {
      got,
      hint:
        "Pass status and headers to startResponse, and return only the body",
    };
  }
  return {
    got,
    hint:
      "Return [bytes], a generator, or a ReadableStream; for JSON, [new TextEncoder().encode(JSON.stringify(data))]",
  };
}

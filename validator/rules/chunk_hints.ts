/**
 * Explains values that are mistaken for a chunk.
 *
 * This runs only when a check has failed, and calls no code of the value.
 *
 * @module
 */

import { describe, isUint8Array } from "../../wsgi/describe.ts";
import { dataOf, findSafely } from "../views/value_shape.ts";
import type { Finding } from "./rule.ts";

type Pass = (what: string) => string;

/** How a chunk is passed on. */
const PASSES = {
  yield: (what: string): string => `yield ${what}`,
  array: (what: string): string => `[${what}]`,
  write: (what: string): string => `write(${what})`,
};

const WRITE_EACH =
  "Write its chunks one by one: for await (const chunk of chunks) await write(chunk)";

/**
 * Describes a value that is not a chunk.
 *
 * @param chunk The value that was yielded or written.
 * @param way How it is passed on.
 * @returns The description, with a hint if the mistake is a common one.
 */
export function describeNoChunk(
  chunk: unknown,
  way: "yield" | "array" | "write",
): Finding {
  const pass = PASSES[way];
  return findSafely(() => findNoChunk(chunk, pass), chunk);
}

function findNoChunk(chunk: unknown, pass: Pass): Finding {
  const got = describe(chunk);
  switch (typeof chunk) {
    case "string":
      return {
        got,
        hint: `Encode it: ${pass("new TextEncoder().encode(text)")}`,
      };
    case "number":
      return {
        got,
        hint: `Pass whole arrays: ${
          pass("bytes")
        }, as yield* bytes yields numbers; to send a number, encode its text: ${
          pass("new TextEncoder().encode(String(number))")
        }`,
      };
    case "undefined":
      return {
        got,
        hint: `Is a value missing? Use ${
          pass("bytes")
        }; an empty chunk is new Uint8Array()`,
      };
    case "function":
      return { got, hint: `Call it: ${pass("make()")}` };
    case "object":
      return chunk === null
        ? { got, hint: "Use new Uint8Array() for an empty chunk" }
        : describeNoBytes(chunk, got, pass);
  }
  return got;
}

function describeNoBytes(chunk: object, got: string, pass: Pass): Finding {
  // isView() looks at an internal slot, which cannot be forged.
  if (ArrayBuffer.isView(chunk)) {
    return {
      got,
      hint: `Pass its bytes: ${
        pass("new Uint8Array(view.buffer, view.byteOffset, view.byteLength)")
      }`,
    };
  }
  if (chunk instanceof Uint8Array) {
    return {
      got: "an object that only inherits from Uint8Array, such as a Proxy",
      hint: `Pass the array itself: ${pass("bytes")}`,
    };
  }
  if (chunk instanceof String) {
    return {
      got: "a String object",
      hint: `Encode it: ${pass("new TextEncoder().encode(`${text}`)")}`,
    };
  }
  switch (got) {
    case "an ArrayBuffer":
    case "a SharedArrayBuffer":
      return {
        got,
        hint: `Pass its bytes: ${pass("new Uint8Array(buffer)")}`,
      };
    case "a Blob":
    case "a File":
    case "a Response":
      return {
        got,
        hint: `Read it: ${
          pass(`await ${got === "a Response" ? "response" : "blob"}.bytes()`)
        }`,
      };
  }
  if (Array.isArray(chunk)) return describeArray(chunk, got, pass);
  if (typeof dataOf(chunk, "then") === "function") {
    return { got, hint: `Await it: ${pass("await promise")}` };
  }
  const isAsync = typeof dataOf(chunk, Symbol.asyncIterator) === "function";
  if (isAsync || typeof dataOf(chunk, Symbol.iterator) === "function") {
    if (pass === PASSES.write) return { got, hint: WRITE_EACH };
    return {
      got,
      hint: isAsync
        ? "Pass its chunks on from an async generator: yield* body"
        : "Pass its chunks on, one by one: yield* body",
    };
  }
  return {
    got,
    hint: `Convert it to text and encode that: ${
      pass("new TextEncoder().encode(JSON.stringify(data))")
    }`,
  };
}

function describeArray(
  chunk: readonly unknown[],
  got: string,
  pass: Pass,
): Finding {
  const first: unknown = Object.getOwnPropertyDescriptor(chunk, "0")?.value;
  if (typeof first === "number") {
    return {
      got: "an array of numbers",
      hint: `Convert it: ${pass("Uint8Array.from(numbers)")}`,
    };
  }
  return {
    got: isUint8Array(first) ? "an array of chunks" : got,
    hint: pass === PASSES.write
      ? WRITE_EACH
      : "Pass its chunks on, one by one: yield* chunks, or [...chunks]",
  };
}

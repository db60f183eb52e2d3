/** The correct parts of the broken applications. */

import type { Environ, HeaderTuple, StartResponse } from "../../mod.ts";

/** An application in JavaScript, where nobody checks types. */
export type Loose = (environ: Environ, startResponse: StartResponse) => unknown;

/** Encodes text. */
export const encoder: TextEncoder = new TextEncoder();
/** The headers of plain text. */
export const TEXT: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

/** Creates a body from text. */
export function bytes(text: string): Uint8Array[] {
  return [encoder.encode(text)];
}

/** Answers correctly. */
export function sound(
  environ: Environ,
  startResponse: StartResponse,
  text = "Hello\n",
): Uint8Array[] {
  startResponse("200 OK", TEXT);
  return environ.REQUEST_METHOD === "HEAD" ? [] : bytes(text);
}

/** An application that makes a mistake first, and then answers. */
export function first(wrong: (environ: Environ) => unknown): Loose {
  return (environ, startResponse) => {
    wrong(environ);
    return sound(environ, startResponse);
  };
}

/** A promise for applications that never answer. */
export function forever(): Promise<never> {
  return new Promise(() => {});
}

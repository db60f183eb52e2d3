/** What the broken applications of the tests do right. */

import type { Environ, HeaderTuple, StartResponse } from "../../mod.ts";

/** An application in JavaScript, where nobody checks types. */
export type Loose = (environ: Environ, startResponse: StartResponse) => unknown;

/** Encodes text. */
export const encoder: TextEncoder = new TextEncoder();
/** The headers of plain text. */
export const TEXT: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

/** Makes a body of text. */
export function bytes(text: string): Uint8Array[] {
  return [encoder.encode(text)];
}

/** Answers as it should. */
export function sound(
  environ: Environ,
  startResponse: StartResponse,
  text = "Hello\n",
): Uint8Array[] {
  startResponse("200 OK", TEXT);
  return environ.REQUEST_METHOD === "HEAD" ? [] : bytes(text);
}

/** An application that does something wrong first, and then answers. */
export function first(wrong: (environ: Environ) => unknown): Loose {
  return (environ, startResponse) => {
    wrong(environ);
    return sound(environ, startResponse);
  };
}

/** Where an application that waits for ever waits. */
export function forever(): Promise<never> {
  return new Promise(() => {});
}

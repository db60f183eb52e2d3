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

/** Answers correctly, unless it is given something wrong. */
export function sound(
  environ: Environ,
  startResponse: StartResponse,
  { status = "200 OK", headers = TEXT, text = "Hello\n" }: Answer = {},
): Uint8Array[] {
  startResponse(status, headers);
  return environ.REQUEST_METHOD === "HEAD" ? [] : bytes(text);
}

/** A response: the status, headers and text that differ from the correct one. */
export interface Answer {
  readonly status?: `${number} ${string}`;
  readonly headers?: readonly HeaderTuple[];
  readonly text?: string;
}

/** An application that answers some requests incorrectly. */
export function only(
  is: (environ: Environ) => boolean,
  wrong: Loose | Answer,
): Loose {
  return (environ, startResponse) => {
    if (!is(environ)) return sound(environ, startResponse);
    return typeof wrong === "function"
      ? wrong(environ, startResponse)
      : sound(environ, startResponse, wrong);
  };
}

/** An application that answers requests with this method incorrectly. */
export function onlyFor(method: string, wrong: Loose | Answer): Loose {
  return only((environ) => environ.REQUEST_METHOD === method, wrong);
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

/**
 * The behavior of the kit's server: allowed by the specification, but
 * unexpected for some applications.
 *
 * @module
 */

import { BodyReader } from "../../gateway/body_reader.ts";
import type { Application, ResponseBody } from "../../wsgi/types.ts";

/** Unusual behavior that the specification allows. */
export interface SendingMode {
  /** When the client leaves. */
  readonly leaves?: Leaving | undefined;
  /** Whether it pauses before each step and receives chunks slowly. */
  readonly isSlow?: boolean | undefined;
}

/** When a client leaves. */
export type Leaving =
  /** While the application runs, before it has returned. */
  | "before return"
  /** After it has returned, before the first chunk is requested. */
  | "before chunk"
  /** When the first chunk has arrived. */
  | "after chunk"
  /** While the first chunk is pending. */
  | "in first next"
  /** While the second chunk is pending. */
  | "in second next"
  /**
   * While the application waits for the rest of the upload, which never
   * arrives.
   */
  | "in read";

/**
 * Waits until other pending code has run.
 *
 * @returns A promise for the next turn of the event loop.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * Reads a body in a sending mode. Errors of the body reach the server
 * unchanged.
 */
async function* iterate(
  reader: BodyReader,
  { isSlow, leaves }: SendingMode,
  leave: () => void,
): AsyncGenerator<Uint8Array, void> {
  if (leaves === "before chunk") return leave();
  if (isSlow) await turn();
  reader.open();
  for (let asked = 1;; asked++) {
    const pending = reader.isAsync ? reader.nextAsync() : reader.next();
    if (leaves === "in first next" && asked === 1) leave();
    if (leaves === "in second next" && asked === 2) leave();
    const chunk = await pending;
    if (chunk === undefined) return;
    yield chunk;
    if (isSlow) await turn();
  }
}

/**
 * Wraps an application so that `runApplication()` calls it like another server.
 * The wrapper must be outside the validator, like a server.
 *
 * @param app The application, with the validator around it.
 * @param mode The behavior of the server.
 * @param leave Makes the client leave.
 * @param failed Receives errors of `return()` and `close()`.
 * @returns The wrapped application.
 */
export function inSendingMode(
  app: Application,
  mode: SendingMode,
  leave: () => void,
  failed: (error: unknown) => void,
): Application {
  const { isSlow = false, leaves } = mode;
  const isUsual = leaves === undefined || leaves === "after chunk" ||
    leaves === "in read";
  if (!isSlow && isUsual) return app;
  return async (environ, startResponse): Promise<ResponseBody> => {
    if (isSlow) await turn();
    const result = app(environ, startResponse);
    if (leaves === "before return") leave();
    const reader = new BodyReader(await result, { add: failed });
    return {
      [Symbol.asyncIterator]: () => iterate(reader, mode, leave),
      close: () => reader.close(),
    };
  };
}

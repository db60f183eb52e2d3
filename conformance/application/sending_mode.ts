/**
 * How the server of the kit behaves: within the specification, in ways that an
 * application may not expect.
 *
 * @module
 */

import { BodyReader } from "../../gateway/body_reader.ts";
import type { Application, ResponseBody } from "../../wsgi/types.ts";

/** What a server may do that others do not. */
export interface SendingMode {
  /** When the client leaves. */
  readonly leaves?: Leaving | undefined;
  /** Whether it lets time pass before each step, and takes chunks slowly. */
  readonly isSlow?: boolean | undefined;
}

/** When a client leaves. */
export type Leaving =
  /** While the application is at work, before it has returned. */
  | "before return"
  /** When it has returned, before its body was asked for anything. */
  | "before chunk"
  /** When the first chunk has arrived. */
  | "after chunk"
  /** While the body was asked for its first chunk and has not answered. */
  | "in first next"
  /** While the body was asked for its second chunk and has not answered. */
  | "in second next"
  /** While the rest of its upload is waited for, which never comes. */
  | "in read";

/**
 * Waits until whatever else can run now has run.
 *
 * @returns A promise for the next turn of the event loop.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Reads a body in a sending mode. What it throws goes to the server as it is. */
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
 * Makes an application behave to `runApplication()` as if another server were
 * in between. It goes outside of the validator, as servers do.
 *
 * @param app The application.
 * @param mode How the server behaves.
 * @param leave Makes the client leave.
 * @param failed Takes what `return()` and `close()` throw.
 * @returns The application as that server runs it.
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

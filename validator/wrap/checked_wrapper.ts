/**
 * wsgi.file_wrapper as the application gets it from the validator.
 *
 * @module
 */

import type { Conversation } from "./checked_request.ts";

/**
 * Wraps the server's wsgi.file_wrapper, so that its use is checked and what it
 * makes is known again when it comes back as a body.
 *
 * @param conversation The request.
 * @param wrap The server's function.
 * @returns A function in its place.
 */
export function checkedWrapper(
  conversation: Conversation,
  wrap: (...args: never) => unknown,
): (...args: unknown[]) => unknown {
  const { rules } = conversation;
  return function fileWrapper(this: unknown, ...args: unknown[]): unknown {
    const [file] = args;
    const read = typeof file === "object" && file !== null
      ? (file as { read?: unknown }).read
      : undefined;
    conversation.check(rules.wrap, { args, read }, fileWrapper);
    const body: unknown = Reflect.apply(wrap, this, args);
    if (typeof body === "object" && body !== null) conversation.own(body);
    return body;
  };
}

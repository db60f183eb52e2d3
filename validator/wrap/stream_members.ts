/**
 * Methods of wsgi.input and wsgi.errors.
 *
 * @module
 */

import type { Entry } from "../captures.ts";

/**
 * Creates a method that knows its stream even if it is called without it.
 *
 * @param stream The stream.
 * @param call Receives the arguments, the method itself, and whether it was
 * called without the stream as `this`.
 * @returns The method.
 */
export function toMember<Result>(
  stream: object,
  call: (args: readonly unknown[], entry: Entry, isTorn: boolean) => Result,
): (...args: unknown[]) => Result {
  return function member(this: unknown, ...args: unknown[]): Result {
    return call(args, member, this !== stream);
  };
}

/**
 * Adds methods that are not part of the interface, in order to report their use.
 *
 * A list of names suffices for that. A Proxy around the stream would slow down
 * every call.
 *
 * @param prototype The prototype of the streams.
 * @param names The names of the methods.
 * @param call Receives the stream, the name, the arguments and the method itself.
 */
export function defineMembers<Stream extends object>(
  prototype: Stream,
  names: readonly string[],
  call: (
    stream: Stream,
    name: string,
    args: readonly unknown[],
    entry: Entry,
  ) => unknown,
): void {
  for (const name of names) {
    const member = function (this: Stream, ...args: unknown[]): unknown {
      return call(this, name, args, member);
    };
    Object.defineProperty(prototype, name, {
      value: member,
      writable: true,
    });
  }
}

/**
 * Calls a method that is not part of the interface, if the server's stream has
 * it: a validator that does not throw must not change the behavior.
 *
 * @param stream The server's stream.
 * @param name The name of the method.
 * @param args The arguments.
 * @returns The result of the method.
 * @throws {TypeError} If the stream has no such method.
 */
export function useOther(
  stream: object,
  name: string,
  args: readonly unknown[],
): unknown {
  const member: unknown = Reflect.get(stream, name);
  if (typeof member === "function") return Reflect.apply(member, stream, args);
  throw new TypeError(`Cannot call ${name}(): the stream has no such method`);
}

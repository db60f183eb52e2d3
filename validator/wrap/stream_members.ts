/**
 * Methods of wsgi.input and wsgi.errors that know how they were called.
 *
 * @module
 */

import type { Entry } from "../captures.ts";

/**
 * Makes a method that knows its stream, also when it was torn off it.
 *
 * @param stream The stream.
 * @param call Gets the arguments, the method itself, and whether it was called
 * as a method of something else or of nothing.
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
 * Adds methods that are no part of the interface, only to say so.
 *
 * Names are enough for a message that helps; a Proxy around the stream would be
 * in the way of every call.
 *
 * @param prototype Where to add them.
 * @param names Their names.
 * @param call Gets the stream, the name, the arguments and the method itself.
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
 * Calls a method that is no part of the interface, if the server's stream has
 * it: a validator that does not throw must not change what happens.
 *
 * @param stream The server's stream.
 * @param name The name of the method.
 * @param args The arguments.
 * @returns What the method returns.
 * @throws {TypeError} If there is none.
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

/**
 * Values of `wsgi.*` variables that all requests share.
 *
 * @module
 */

import { FileWrapper } from "../../wsgi/file_wrapper.ts";

/** `wsgi.version`. */
export const WSGI_VERSION: readonly [number, number] = Object.freeze(
  [1, 0] as const,
);

/**
 * `wsgi.file_wrapper`: a function, which a class is only with `new`.
 *
 * @param args The file, and the size of its blocks.
 * @returns The body.
 */
export function wrapFile(
  ...args: ConstructorParameters<typeof FileWrapper>
): FileWrapper {
  return new FileWrapper(...args);
}

/**
 * Globs that select rules of the validator and cases of the conformance kit.
 *
 * @module
 */

/**
 * Compiles a glob, in which `*` matches any characters, including `/`.
 *
 * @param glob The glob, such as `"environ/*"`.
 * @returns A pattern that matches whole names.
 */
export function globToRegExp(glob: string): RegExp {
  const parts = glob.split("*").map((part) =>
    part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")
  );
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

/**
 * What `node:http` cannot express.
 *
 * @module
 */

const METHODS =
  "node:http answers a method that it does not know with 400, before any listener is called";

/** The deviations of `toNodeListener()` on every `node:http`. */
export const NODE_DEVIATIONS: Readonly<Record<string, string>> = {
  "environ/method-unknown": METHODS,
  "environ/method-case": METHODS,
};

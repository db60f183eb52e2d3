/**
 * The case that looks at what all others have left running.
 *
 * @module
 */

import type { ApplicationCase } from "./case.ts";

/** How long work that was left behind has to show itself, in milliseconds. */
const LINGER = 100;

/**
 * The last case. It sends nothing: it waits, and gets what was found when the
 * request it belongs to was over.
 */
export const NOTHING_LEFT: ApplicationCase = {
  id: "application/nothing-left",
  spec: "async-no-work-left",
  title: "Nothing goes on, and no error escapes, when a request is over",
  isOnce: true,
  run: () => new Promise((resolve) => setTimeout(resolve, LINGER)),
};

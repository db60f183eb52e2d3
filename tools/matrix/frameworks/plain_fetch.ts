/**
 * A fetch handler without a framework on our server.
 *
 * @module
 */

import { type FetchPart, fetchPart } from "./fetch/part.ts";

/** What a handler for `Deno.serve` looks like. */
export const plainFetch: FetchPart = fetchPart({
  name: "plain fetch handler",
  app: "plain_app.ts",
});

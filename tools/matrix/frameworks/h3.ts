/**
 * h3 on our server.
 *
 * @module
 */

import { type FetchPart, fetchPart } from "./fetch/part.ts";

/** h3 2, on which Nitro and Nuxt are built. */
export const h3: FetchPart = fetchPart({
  name: "h3",
  npm: "h3@^2",
  app: "h3_app.ts",
});

/**
 * Hono on our server.
 *
 * @module
 */

import { type FetchPart, fetchPart } from "./fetch/part.ts";

/** Hono 4. */
export const hono: FetchPart = fetchPart({
  name: "Hono",
  npm: "hono@^4",
  app: "hono_app.ts",
});

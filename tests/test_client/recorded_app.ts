/** Applications for the tests of the test client. */

import type { Application, Environ } from "../../wsgi/types.ts";
import { answering } from "../gateway/recording_transport.ts";

/** Responds with the request body, and keeps each environ. */
export function echo(): { app: Application; seen: Environ[] } {
  const seen: Environ[] = [];
  const app = answering(async (environ) => {
    seen.push(environ);
    return [await environ["wsgi.input"].read()];
  });
  return { app, seen };
}

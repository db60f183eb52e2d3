/** Applications for the tests of the test client. */

import type {
  Application,
  Environ,
  HeaderTuple,
  ResponseBody,
} from "../../wsgi/types.ts";

/** The headers of a plain text. */
export const PLAIN: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

/** Returns an application that responds with a body. */
export function answering(
  body: (environ: Environ) => ResponseBody,
  status = "200 OK",
  headers: readonly HeaderTuple[] = PLAIN,
): Application {
  return (environ, startResponse) => {
    startResponse(status, headers);
    return body(environ);
  };
}

/**
 * The application `hello` for `deno serve`, with and without `--parallel`.
 *
 * @module
 */

import { toFetchHandler } from "../../mod.ts";
import { hello } from "../applications.ts";

/** The module that `deno serve` runs. */
interface Served {
  readonly fetch: (
    request: Request,
    info?: unknown,
  ) => Response | Promise<Response>;
}

const served: Served = { fetch: toFetchHandler(hello) };
export default served;

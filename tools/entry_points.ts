/**
 * Prints the modules in `exports` of `deno.json` for `deno doc --lint`, which
 * does not read them itself.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

// deno-lint-ignore no-console
if (import.meta.main) console.log(Object.values(config.exports).join(" "));

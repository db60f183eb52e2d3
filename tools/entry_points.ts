/**
 * Prints the modules that `exports` of `deno.json` names, for `deno doc --lint`,
 * which does not look there by itself.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

// deno-lint-ignore no-console
if (import.meta.main) console.log(Object.values(config.exports).join(" "));

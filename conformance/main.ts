/**
 * The conformance kit as a program.
 *
 * ```sh
 * deno run -A conformance/main.ts server ./start.ts
 * deno run -A conformance/main.ts application ./app.ts
 * ```
 *
 * @module
 */

import { main } from "./program.ts";

if (import.meta.main) await main(Deno.args);

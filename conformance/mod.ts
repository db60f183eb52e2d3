/**
 * The conformance kit: checks whether a server or an application conforms to
 * SPEC.md, the specification of WSGI for TypeScript.
 *
 * ```ts
 * import { checkServer, denoServeDeviations } from "@wsgi/ref/conformance";
 * import { toFetchHandler } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const report = await checkServer((app) => {
 *   const server = Deno.serve(
 *     { hostname: "127.0.0.1", port: 0, onListen() {} },
 *     toFetchHandler(app),
 *   );
 *   return {
 *     hostname: "127.0.0.1",
 *     port: server.addr.port,
 *     stop: () => server.shutdown(),
 *     deviations: denoServeDeviations,
 *   };
 * }, { cases: ["response/*"] });
 * assertEquals(report.failed, 0);
 * ```
 *
 * It is also a program: `deno run -A jsr:@wsgi/ref/conformance server
 * ./start.ts`.
 *
 * @module
 */

import { main } from "./main.ts";

export {
  type ApplicationCheckOptions,
  checkApplication,
  type OwnRequest,
} from "./check_application.ts";
export { checkServer, type ServerCheckOptions } from "./check_server.ts";
export type { CheckOptions } from "./check_options.ts";
export type {
  CaseReport,
  Direction,
  Exchanged,
  Outcome,
  Report,
  ReportAbout,
} from "./report.ts";
export {
  denoServeDeviations,
  type RemoteProbe,
  type RunningServer,
  type ServerLimits,
  type StartServer,
} from "./server_under_test.ts";

// Not awaited, because a module that the program loads may import this module
// and would wait for it.
if (import.meta.main) void main(Deno.args);

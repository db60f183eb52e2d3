/**
 * WSGI (PEP 3333) for TypeScript: the interface between web servers and
 * applications, a reference server and a validator. It runs no Python.
 *
 * An application is a function. {@linkcode makeServer} runs it on `Deno.serve`,
 * {@linkcode toFetchHandler} wherever fetch handlers run, and
 * {@linkcode validator} tells, while you develop, which rule of the interface
 * was broken, by whom, and how to mend it.
 *
 * ```ts
 * import { type Application, makeServer, validator } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 *
 * const options = { log: false };
 * await using server = makeServer("127.0.0.1", 0, validator(app), options);
 * server.serveForever();
 * const response = await fetch(server.url);
 * assertEquals(await response.text(), "Hello world!\n");
 * ```
 *
 * @module
 */

export { decodeUtf8, encodeUtf8 } from "./gateway/byte_string.ts";
export {
  type AccessRecord,
  formatCombined,
  formatCommon,
} from "./gateway/server/access_record.ts";
export type { AccessLogger } from "./gateway/server/access_log.ts";
export {
  Cancellation,
  ClientDisconnected,
  RequestTimeout,
  ServerStopped,
} from "./gateway/cancellation.ts";
export { demoApp } from "./gateway/demo_app.ts";
export {
  type EnvironOptions,
  type FetchHandler,
  type FetchHandlerOptions,
  toFetchHandler,
} from "./gateway/fetch.ts";
export {
  makeServer,
  type ServerOptions,
  type WsgiServer,
} from "./gateway/make_server.ts";
export { RequestBodyError } from "./gateway/request_body_error.ts";
export type { ResponseHead } from "./gateway/response_head.ts";
export { runApplication, type RunOptions } from "./gateway/run_application.ts";
export { toRequest } from "./gateway/to_request.ts";
export type { Transport } from "./gateway/transport.ts";
export type {
  Application,
  Environ,
  ErrorStream,
  FileLike,
  HeaderTuple,
  InputStream,
  Middleware,
  OpenFile,
  ResponseBody,
  StartResponse,
  WrapFile,
  Write,
} from "./gateway/types.ts";
export { applicationUri } from "./util/application_uri.ts";
export { FileWrapper } from "./util/file_wrapper.ts";
export { formatDateTime } from "./util/format_date_time.ts";
export { HeaderList, type HeaderParameters } from "./util/header_list.ts";
export { isHopByHop } from "./util/is_hop_by_hop.ts";
export {
  type Blame,
  ConformanceError,
  type Profile,
  type RuleSetting,
  type Severity,
  type ValidatedApplication,
  validator,
  type ValidatorOptions,
  type Violation,
} from "./validator.ts";
export { guessScheme } from "./util/guess_scheme.ts";
export { requestUri, type RequestUriOptions } from "./util/request_uri.ts";
export { setupTestingDefaults } from "./util/setup_testing_defaults.ts";
export { type PathVariables, shiftPathInfo } from "./util/shift_path_info.ts";

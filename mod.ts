/**
 * WSGI (PEP 3333) for TypeScript: the interface between web servers and
 * applications, a reference server and a validator. It runs no Python.
 *
 * An application is a function. {@linkcode serve} and {@linkcode makeServer}
 * serve it over HTTP/1.1, {@linkcode toFetchHandler} runs it wherever fetch
 * handlers run, and {@linkcode validator} reports during development which rule
 * of the interface was broken, by which side, and how to fix it.
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

export { decodeUtf8, encodeUtf8 } from "./wsgi/byte_string.ts";
export {
  ClientDisconnected,
  RequestTimeout,
  ServerStopped,
} from "./gateway/cancellation.ts";
export { demoApp } from "./server/demo_app.ts";
export {
  type FetchHandler,
  type FetchHandlerOptions,
  toFetchHandler,
} from "./gateway/fetch/fetch.ts";
export {
  makeServer,
  type ServerOptions,
  type WsgiServer,
} from "./server/make_server.ts";
export { serve, type ServeOptions } from "./server/serve.ts";
export { RequestBodyError } from "./gateway/input/request_body_error.ts";
export { fromResponse } from "./gateway/from_fetch/from_response.ts";
export { toRequest } from "./gateway/from_fetch/to_request.ts";
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
} from "./wsgi/types.ts";
export { FileWrapper } from "./wsgi/file_wrapper.ts";
export { HeaderList, type HeaderParameters } from "./wsgi/header_list.ts";
export { formatDateTime, isHopByHop } from "./wsgi/http_syntax.ts";
export {
  ConformanceError,
  type ValidatedApplication,
  validator,
  type ValidatorOptions,
  type Violation,
} from "./validator.ts";
export {
  applicationUri,
  guessScheme,
  requestUri,
  type RequestUriOptions,
} from "./wsgi/uri.ts";
export { setupTestingDefaults } from "./gateway/environ/setup_testing_defaults.ts";
export { type PathVariables, shiftPathInfo } from "./wsgi/shift_path_info.ts";

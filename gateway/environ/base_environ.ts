/**
 * The variables that every environ has. This is the only file that sets the
 * `wsgi.*` and `wsgiref.*` variables.
 *
 * @module
 */

import { FileWrapper } from "../../wsgi/file_wrapper.ts";
import type { Environ, ErrorStream, InputStream } from "../../wsgi/types.ts";

/** The name and version of this package, as `SERVER_SOFTWARE`. */
export const SERVER_SOFTWARE = "wsgiref/0.1.0";

/** `wsgi.version`. */
export const WSGI_VERSION: readonly [number, number] = Object.freeze(
  [1, 0] as const,
);

/**
 * `wsgi.file_wrapper`: a function, because a class can only be called with
 * `new`.
 *
 * @param args The file and the block size.
 * @returns The wrapped file, a body.
 */
function wrapFile(
  ...args: ConstructorParameters<typeof FileWrapper>
): FileWrapper {
  return new FileWrapper(...args);
}

/** The values of the variables that every environ has. */
export interface BaseFacts {
  /** `REQUEST_METHOD`. */
  readonly method: string;
  /** `SCRIPT_NAME`, a ByteString. */
  readonly script: string;
  /** `PATH_INFO`, a ByteString. */
  readonly path: string;
  /** `QUERY_STRING`. */
  readonly query: string;
  /** `SERVER_NAME`. */
  readonly serverName: string;
  /** `SERVER_PORT`. */
  readonly serverPort: string;
  /** `SERVER_PROTOCOL`. */
  readonly protocol: string;
  /** `wsgi.url_scheme`. */
  readonly scheme: "http" | "https";
  /** `wsgi.input`. */
  readonly input: InputStream;
  /** `wsgi.errors`. */
  readonly errors: ErrorStream;
  /** `wsgi.multiprocess`. */
  readonly multiprocess: boolean;
  /** `wsgi.run_once`. */
  readonly runOnce: boolean;
  /** `wsgiref.signal`. */
  readonly signal: () => AbortSignal;
  /** `wsgiref.unix_socket`. */
  readonly isUnixSocket: boolean;
}

/**
 * Creates an environ with the variables that every request has. Variables that
 * only some requests have are added afterwards, `HTTP_*` last. A single literal
 * gives all environs the same shape, which makes them fast to create and to
 * read.
 *
 * PEP 3333, "environ Variables".
 *
 * @param facts The values of the variables.
 * @returns A fresh environ.
 */
export function createBaseEnviron(facts: BaseFacts): Environ {
  return {
    REQUEST_METHOD: facts.method,
    SCRIPT_NAME: facts.script,
    PATH_INFO: facts.path,
    QUERY_STRING: facts.query,
    SERVER_NAME: facts.serverName,
    SERVER_PORT: facts.serverPort,
    SERVER_PROTOCOL: facts.protocol,
    GATEWAY_INTERFACE: "CGI/1.1",
    "wsgi.version": WSGI_VERSION,
    "wsgi.url_scheme": facts.scheme,
    "wsgi.input": facts.input,
    "wsgi.errors": facts.errors,
    "wsgi.multithread": false,
    "wsgi.multiprocess": facts.multiprocess,
    "wsgi.run_once": facts.runOnce,
    "wsgi.file_wrapper": wrapFile,
    "wsgi.input_terminated": true,
    "wsgiref.signal": facts.signal,
    "wsgiref.unix_socket": facts.isUnixSocket,
  };
}

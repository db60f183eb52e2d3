/**
 * The server under test: how it is started and checked, and its deviations.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { Application } from "../wsgi/types.ts";
import { RawClient } from "./raw_client.ts";

/**
 * The limits of a server under test. The cases about a limit are only run if it
 * is declared.
 */
export interface ServerLimits {
  /** The maximum length of a target in bytes. A longer one gets 414. */
  readonly maxTargetSize?: number | undefined;
  /** The maximum length of a request head in bytes. A longer one gets 431. */
  readonly maxHeaderSize?: number | undefined;
  /** The maximum length of a request body in bytes. A longer one gets 413. */
  readonly maxRequestBodySize?: number | undefined;
  /**
   * How long the head of a request may take, in milliseconds; a slower client
   * gets 408. The kit waits for it, so it should be short, and it must be
   * shorter than the `timeout` of the check.
   */
  readonly headersTimeout?: number | undefined;
}

/** A server that runs the application of the kit. */
export interface RunningServer {
  /**
   * The name and version for reports, such as `"Bun 1.4.4"`.
   *
   * @default {its header Server}
   */
  name?: string | undefined;
  /** The address on which it listens, such as `"127.0.0.1"`. */
  hostname: string;
  /** The port on which it listens, 1 to 65535. */
  port: number;
  /** Stops the server and frees its port. */
  stop(): unknown;
  /**
   * What the transport of this server cannot express: reasons by the id of a
   * case. Such a case is reported as a deviation if it fails, and as passed
   * otherwise.
   */
  deviations?: Readonly<Record<string, string>> | undefined;
  /** The limits of the server that should be tested. */
  limits?: ServerLimits | undefined;
}

/** The connection to a server that does not run in this process. */
export interface RemoteProbe {
  /**
   * Opens, at the first call, a listener on 127.0.0.1 for the reports of the
   * application. In the other process, the application is `remoteProbe(url)` of
   * `@wsgi/ref/conformance/probe`.
   *
   * @returns The URL for `remoteProbe()`.
   */
  listen(): string;
}

/**
 * Starts the server under test with an application.
 *
 * @param app The application of the kit, for a server in this process.
 * @param remote For a server in another process, to which `app` cannot be
 * passed.
 */
export type StartServer = (
  app: Application,
  remote: RemoteProbe,
) => RunningServer | Promise<RunningServer>;

/**
 * The deviations of servers on `Deno.serve`, for `RunningServer.deviations`:
 * the parts of HTTP that `Deno.serve` does not expose, by the id of a case.
 * Section 10.1 of SPEC.md has the same list as text.
 */
export const denoServeDeviations: Readonly<Record<string, string>> = {
  "environ/protocol-1.0":
    "neither Request nor ServeHandlerInfo has the HTTP version",
  "environ/scheme-not-from-target":
    "for a target in absolute form, Request.url begins with the scheme that the client sent; toFetchHandler needs the option urlScheme to know the real one",
  "headers/host-none":
    "if the client sent no Host, Request.url has the server's own address, which looks like a Host; toFetchHandler needs the option serverPort to recognize it",
  "input/with-get":
    "Request.body is null for GET and HEAD, and the bytes are dropped",
  "response/reason":
    "Deno.serve ignores Response.statusText and writes the phrase of a built-in table",
  "target/asterisk-form":
    "Request.url is http://host/* for the target * as well as for /*",
  "refused/host-missing":
    "if the client sent no Host, Request.url has the server's own address",
  "refused/version":
    "Deno.serve responds with 400 to an unknown version, without calling a handler",
  "refused/bare-lf": "Deno.serve accepts a bare LF as a line end",
  "refused/bare-lf-request-line": "Deno.serve accepts a bare LF as a line end",
  "chunks/blank-before": "Deno.serve ignores spaces around a chunk size",
  "chunks/blank-after": "Deno.serve ignores spaces around a chunk size",
  "bodiless/connect":
    "Deno.serve adds a Content-Length or a Transfer-Encoding to every response",
  "connection/connect-after":
    "Deno.serve parses the bytes after a CONNECT as the next request",
  "connection/connect-body":
    "Deno.serve parses the body of a CONNECT as the next request",
  "connection/expect-unread":
    "Deno.serve sends 100 before the handler reads Request.body",
  "connection/half-close":
    "Deno.serve considers a client gone that closes its sending side",
  "connection/keep-alive-1.0-generator":
    "Deno.serve promises keep-alive to an HTTP/1.0 client and closes the connection after a stream",
  "connection/upgrade-chunked":
    "Deno.serve responds with 400 to a request with a body that offers an upgrade",
  "connection/upgrade-length":
    "Deno.serve responds with 400 to a request with a body that offers an upgrade",
};

/**
 * Checks the result of `start()`.
 *
 * @param server The value that it returned.
 * @throws {TypeError} If it is not a {@linkcode RunningServer}.
 */
export function checkStarted(server: unknown): asserts server is RunningServer {
  const { hostname, port, stop } = (server ?? {}) as Partial<
    Record<keyof RunningServer, unknown>
  >;
  if (
    typeof hostname === "string" && typeof port === "number" &&
    typeof stop === "function"
  ) return;
  throw new TypeError(
    `Cannot check the server: start() must resolve to { hostname, port, stop() }, got ${
      describe(server)
    }`,
  );
}

/**
 * Checks the limits that a server has declared.
 *
 * @param limits The limits, by name.
 * @throws {TypeError} If one is unknown, or not a positive integer.
 */
export function checkLimits(limits: ServerLimits): void {
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined) continue;
    if (!LIMITS.has(name) || !Number.isSafeInteger(value) || value < 1) {
      throw new TypeError(
        `Cannot check the server: limits must be positive integers named ${
          [...LIMITS].join(", ")
        }, got ${name}: ${describe(value)}`,
      );
    }
  }
}

const LIMITS: ReadonlySet<string> = new Set<keyof ServerLimits>([
  "maxTargetSize",
  "maxHeaderSize",
  "maxRequestBodySize",
  "headersTimeout",
]);

/** The error if no server listens at the address that `start()` returned. */
export class NoListenerError extends TypeError {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "NoListenerError";
}

/**
 * Checks that the server listens. Otherwise, every case would fail in the same
 * way.
 *
 * @param server The result of `start()`.
 * @param deadline How long to wait for a connection, in milliseconds.
 * @throws {NoListenerError} If no connection can be opened.
 */
export async function checkListening(
  server: RunningServer,
  deadline: number,
): Promise<void> {
  const { hostname, port } = server;
  try {
    using _client = await RawClient.connect(server, { deadline });
  } catch (error) {
    throw new NoListenerError(
      `Cannot check the server: it must listen on ${hostname}:${port}, but ${
        error instanceof Error ? error.message : describe(error)
      }`,
    );
  }
}

/**
 * The server under test: how it is started and checked, and what it cannot do.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { Application } from "../wsgi/types.ts";
import { RawClient } from "./raw_client.ts";

/**
 * The limits of a server under test. The cases about a limit are run if it is
 * there, and left out otherwise.
 */
export interface ServerLimits {
  /** How long a target may be, in bytes. A longer one gets 414. */
  readonly maxTargetSize?: number | undefined;
  /** How long the head of a request may be, in bytes. A longer one gets 431. */
  readonly maxHeaderSize?: number | undefined;
  /** How long the body of a request may be, in bytes. A longer one gets 413. */
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
   * Its name and version for reports, such as `"Bun 1.4.4"`.
   *
   * @default {its header Server}
   */
  name?: string | undefined;
  /** Where it listens, such as `"127.0.0.1"`. */
  hostname: string;
  /** The port on which it listens, 1 to 65535. */
  port: number;
  /** Ends the server and frees its port. */
  stop(): unknown;
  /**
   * What the transport of this server cannot express: a reason for each id of a
   * case. Such a case is reported as a deviation if it fails, and as passed if it
   * does not.
   */
  deviations?: Readonly<Record<string, string>> | undefined;
  /** The limits that it has and that are to be tested. */
  limits?: ServerLimits | undefined;
}

/** For a server that does not run in this process. */
export interface RemoteProbe {
  /**
   * Opens, at the first call, a listener on 127.0.0.1 to which the application
   * reports what it sees. In the other process the application is
   * `remoteProbe(url)` of `@wsgi/ref/conformance/probe`.
   *
   * @returns The address for `remoteProbe()`.
   */
  listen(): string;
}

/**
 * Starts the server under test with an application.
 *
 * @param app The application of the kit, for a server in this process.
 * @param remote For a server in another process, which cannot be given `app`.
 */
export type StartServer = (
  app: Application,
  remote: RemoteProbe,
) => RunningServer | Promise<RunningServer>;

/**
 * The deviations of servers on `Deno.serve`, for `RunningServer.deviations`:
 * from the id of a case to what the interface of `Deno.serve` lacks for it.
 * Section 10.1 of SPEC.md has the same list in prose.
 */
export const denoServeDeviations: Readonly<Record<string, string>> = {
  "environ/protocol-1.0":
    "A Request has no property for the HTTP version, and neither has ServeHandlerInfo",
  "environ/scheme-not-from-target":
    "Request.url begins with the scheme that the client wrote into a target in absolute form; toFetchHandler knows its own only if it is told (urlScheme)",
  "headers/host-none":
    "Request.url has the server's own address where the client sent no Host, and nothing tells it from a Host; toFetchHandler knows its port only if it is told (serverPort)",
  "input/with-get":
    "Request.body is null for GET and HEAD, and the bytes are dropped",
  "response/reason":
    "Deno.serve ignores Response.statusText and writes the phrase of a built-in table",
  "target/asterisk-form":
    "Request.url is http://host/* for the target * as well as for /*",
  "refused/host-missing":
    "Request.url has the server's own address where the client sent no Host",
  "refused/version":
    "Deno.serve answers 400 to a version that it does not know, before any handler is called",
  "refused/bare-lf": "Deno.serve takes a bare LF for the end of a line",
  "refused/bare-lf-request-line":
    "Deno.serve takes a bare LF for the end of a line",
  "chunks/blank-before": "Deno.serve skips blanks around the size of a chunk",
  "chunks/blank-after": "Deno.serve skips blanks around the size of a chunk",
  "bodiless/connect":
    "Deno.serve adds a Content-Length to every response whose length it knows",
  "connection/connect-after":
    "Deno.serve takes what follows a CONNECT for the next request",
  "connection/connect-body":
    "Deno.serve takes the body of a CONNECT for the next request",
  "connection/expect-unread":
    "Deno.serve sends 100 before the handler reads Request.body",
  "connection/half-close":
    "Deno.serve takes a client that ends its sending side for one that has left",
  "connection/keep-alive-1.0-generator":
    "Deno.serve promises keep-alive to an HTTP/1.0 client and closes the connection after a stream",
  "connection/upgrade-chunked":
    "Deno.serve answers 400 to a request with a body that offers an upgrade",
  "connection/upgrade-length":
    "Deno.serve answers 400 to a request with a body that offers an upgrade",
};

/**
 * Checks what `start()` returned.
 *
 * @param server The value.
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
 * Checks the limits that a server says it has.
 *
 * @param limits The limits.
 * @throws {TypeError} If one is unknown, or no positive integer.
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

/** Says that nothing listens where `start()` says that the server does. */
export class NoListenerError extends TypeError {
  /** The name of the class. */
  override readonly name = "NoListenerError";
}

/**
 * Checks that the server listens. Otherwise every case would fail in the same
 * way.
 *
 * @param server The server.
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

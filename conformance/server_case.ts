/**
 * The types of a case: an application, and a client that uses it over a socket.
 *
 * @module
 */

import type { Application } from "../wsgi/types.ts";
import type { RawClient } from "./raw_client.ts";
import type { RawResponse } from "./raw_response.ts";
import type { ServerLimits } from "./server_under_test.ts";

/** Connects the application of a case to the client's side. */
export interface Probe {
  /**
   * Reports an event to the client's side of the case.
   *
   * @param event The name of the event.
   * @param value Details; any JSON value.
   * @returns A promise that resolves after the delivery, if that is async.
   * `close()` of a body returns it, so that a process for one request does not
   * end early.
   */
  report(event: string, value?: unknown): void | Promise<void>;
  /**
   * Waits until the client's side opens a gate.
   *
   * @param name The name of the gate.
   */
  gate(name: string): Promise<void>;
}

/** The parts of a request. */
export interface RequestParts {
  /** @default {"GET"} */
  readonly method?: string | undefined;
  /** The request target, sent unchanged. @default {"/"} */
  readonly target?: string | undefined;
  /** @default {"HTTP/1.1"} */
  readonly version?: string | undefined;
  /**
   * Header lines without line ends, such as `"X-A: 1"`. A Host is added if
   * there is none.
   */
  readonly headers?: readonly string[] | undefined;
  /** The Host; `false` for none. @default {the server's address} */
  readonly host?: string | false | undefined;
  /** The body as a ByteString. Its Content-Length is added. */
  readonly body?: string | undefined;
  /** The body in pieces, each of which is sent as one chunk. */
  readonly chunks?: readonly string[] | undefined;
}

/** The client's side of one run of a case. */
export interface CaseClient {
  /** The limits that the server has declared. */
  readonly limits: ServerLimits;
  /** Opens a connection, which is closed at the end of the case. */
  connect(): Promise<RawClient>;
  /** Creates the bytes of a request, with the header that selects this case. */
  request(parts?: RequestParts): string;
  /** Sends a request over a new connection and reads the response. */
  ask(parts?: RequestParts): Promise<RawResponse>;
  /**
   * Waits for an event that the application reports.
   *
   * @param event The name of the event.
   * @param count How many events with this name to wait for.
   * @returns The value of the last of these events.
   */
  waitFor(event: string, count?: number): Promise<unknown>;
  /** Returns the names of all events so far, in order. */
  events(): string[];
  /** Opens a gate of the application. */
  open(gate: string): void;
  /**
   * Sends a request to the well-behaved application of another case.
   * Afterwards, the server has finished pending work and is known to be
   * running.
   */
  settle(): Promise<void>;
}

/** One case: a requirement for servers, and how to check it. */
export interface ServerCase {
  /** The subject and name, such as `"environ/path-decoded"`. */
  readonly id: string;
  /** The anchor of the requirement in SPEC.md. */
  readonly spec: string;
  /** The expected behavior, as a sentence. */
  readonly title: string;
  /**
   * Creates the application for one request. It runs in the process of the
   * server, so it must not use variables of the client's side, or a runtime.
   */
  readonly app: (probe: Probe) => Application;
  /**
   * Whether the application breaks the contract, to test how the server handles
   * it. Such an application runs without the validator.
   */
  readonly broken?: boolean | undefined;
  /** The limit that a server must declare for this case to be run. */
  readonly limit?: keyof ServerLimits | undefined;
  /**
   * Sends requests to the server, and throws if it does not behave as required.
   */
  readonly run: (client: CaseClient) => Promise<void>;
}

/**
 * The types of a case: an application, and a client that talks to it over a
 * socket.
 *
 * @module
 */

import type { Application } from "../wsgi/types.ts";
import type { RawClient, RawResponse } from "./raw_client.ts";
import type { ServerLimits } from "./server_under_test.ts";

/** What the application of a case reports, and waits for. */
export interface Probe {
  /**
   * Reports to the client's side of the case what the application sees.
   *
   * @param event Its name.
   * @param value More about it; whatever JSON can hold.
   * @returns A promise that resolves when it was delivered, where that takes
   * time. `close()` of a body returns it, so that a process that ends after its
   * one request ends no earlier.
   */
  report(event: string, value?: unknown): void | Promise<void>;
  /**
   * Waits until the client's side opens a gate.
   *
   * @param name The gate.
   */
  gate(name: string): Promise<void>;
}

/** What a request consists of. */
export interface RequestParts {
  /** @default {"GET"} */
  readonly method?: string | undefined;
  /** The request target as it is. @default {"/"} */
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
  /** The limits that the server says it has. */
  readonly limits: ServerLimits;
  /** Opens a connection. It is closed at the end of the case. */
  connect(): Promise<RawClient>;
  /** Makes the bytes of a request, with the mark that leads to this case. */
  request(parts?: RequestParts): string;
  /** Sends a request over a connection of its own and reads the response. */
  ask(parts?: RequestParts): Promise<RawResponse>;
  /**
   * Waits for an event that the application reports.
   *
   * @param event Its name.
   * @param count How often it must have been reported.
   * @returns The value that came with it.
   */
  waitFor(event: string, count?: number): Promise<unknown>;
  /** Returns the names of all events so far, in order. */
  events(): string[];
  /** Opens a gate. */
  open(gate: string): void;
  /**
   * Sends a request to the application of another case, which behaves well. By
   * then the server has done what was pending, and is seen to be alive.
   */
  settle(): Promise<void>;
}

/** One case: what a server must do, and how to find out. */
export interface ServerCase {
  /** Subject and name, such as `"environ/path-decoded"`. */
  readonly id: string;
  /** The anchor of the requirement in SPEC.md. */
  readonly spec: string;
  /** What is expected, as a sentence. */
  readonly title: string;
  /**
   * Makes the application for one request. It runs in the process of the
   * server, so it uses nothing of the client's side, nor of a runtime.
   */
  readonly app: (probe: Probe) => Application;
  /**
   * Whether the application breaks the contract, to see that the server copes
   * with it. Such an application runs without the validator.
   */
  readonly broken?: boolean | undefined;
  /** The limit that a server must have for this case to be run. */
  readonly limit?: keyof ServerLimits | undefined;
  /** Talks to the server, and throws if it does not do what it must. */
  readonly run: (client: CaseClient) => Promise<void>;
}

/**
 * The messages between the front of the development server and the worker that
 * runs the application. Many of them travel together: see
 * {@linkcode MessageQueue}.
 *
 * @module
 */

import type { StackFrame } from "../../wsgi/source_place.ts";
import type { ValidatorOptions } from "../../validator/context.ts";
import type { Failure } from "../application_state.ts";

/** Names and values in turn, which costs less to send than an array for each. */
export type FlatPairs = readonly string[];

/** Why a request ended early. */
export type EndReason = "client-left" | "stopped" | "timeout";

/** A request for the application. */
export interface ForwardedRequest {
  /** The variables of the environ that are strings. */
  readonly environ: FlatPairs;
  readonly hasBody: boolean;
  /** `wsgiref.unix_socket`. */
  readonly isUnixSocket: boolean;
  /** When it arrived, in milliseconds since the epoch, with fractions. */
  readonly startedAt: number;
  /** The id of its conversation. */
  readonly conversation: number;
  /** Whether the client may see an error with its source lines. */
  readonly showsDetails: boolean;
}

/** What the front sends. The number is that of the request. */
export type ToWorker =
  | readonly ["request", number, ForwardedRequest]
  /** The next bytes of the request's body, which was asked for by "read". */
  | readonly ["input", number, Uint8Array<ArrayBuffer>]
  | readonly ["input-end", number]
  | readonly ["input-failed", number, message: string, status: 400 | 413]
  /** The client has taken so many bytes of the response's body. */
  | readonly ["taken", number, bytes: number]
  | readonly ["cancel", number, EndReason]
  | readonly ["ping"];

/** What a part of a conversation adds to its summary. */
export interface EventDigest {
  readonly errors: number;
  readonly warnings: number;
}

/** What the worker sends. The number is that of the request. */
export type FromWorker =
  | readonly ["loaded"]
  | readonly ["failed", Failure]
  /** Asks for the next bytes of the request's body. */
  | readonly ["read", number]
  /** A whole response. */
  | readonly [
    "respond",
    number,
    status: string,
    headers: FlatPairs,
    Uint8Array<ArrayBuffer>,
  ]
  | readonly ["head", number, status: string, headers: FlatPairs]
  | readonly ["chunk", number, Uint8Array<ArrayBuffer>]
  | readonly ["end", number]
  /** The response cannot be completed. */
  | readonly ["broken", number]
  /** What was recorded of the conversation, as JSON. */
  | readonly ["events", number, json: string, EventDigest]
  /** The application has let go of the request. These are the last events. */
  | readonly ["over", number, json: string, EventDigest]
  /** Where the application is defined, if that was found. */
  | readonly ["definition", StackFrame]
  /** Paths of files that the application has read. */
  | readonly ["files", readonly string[]]
  | readonly ["pong"];

/** The first message to a worker, which hands over the port. */
export interface WorkerStart {
  readonly port: MessagePort;
  /** The application, as the command line names it. */
  readonly application: string;
  /** What the validator checks. */
  readonly checks: Pick<ValidatorOptions, "profile" | "rules">;
  /** Which start of the application this is, for pages that reload themselves. */
  readonly generation: string;
  /** Whether pages may refer to the inspector. */
  readonly hasInspector: boolean;
}

/**
 * Bytes of a response's body that may be on their way to the client. More are
 * not taken from the application.
 */
export const WINDOW = 262_144;

/**
 * The messages between the front of the development server and the worker that
 * runs the application. A {@linkcode MessageQueue} sends many of them together.
 *
 * @module
 */

import type { StackFrame } from "../../wsgi/source_place.ts";
import type { ValidatorOptions } from "../../validator/validator_options.ts";
import type { Failure } from "../application_state.ts";
import type { EncodedEnviron } from "./environ_strings.ts";
import type { SentBody } from "./short_body.ts";

/** Alternating names and values: cheaper to send than an array of pairs. */
export type FlatPairs = readonly string[];

/**
 * Flattens pairs of names and values.
 *
 * @param pairs The pairs.
 */
export function flatten(
  pairs: Iterable<readonly [string, string]>,
): string[] {
  const flat: string[] = [];
  for (const [name, value] of pairs) flat.push(name, value);
  return flat;
}

/**
 * Returns the pairs of names and values that were flattened.
 *
 * @param flat The names and values.
 */
export function toPairs(flat: FlatPairs): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) {
    pairs.push([flat[i]!, flat[i + 1]!]);
  }
  return pairs;
}

/** The reason for the early end of a request. */
export type EndReason = "client-left" | "stopped" | "timeout";

/** A request for the application, besides its environ. */
export interface ForwardedRequest {
  readonly hasBody: boolean;
  /** When it arrived, in milliseconds since the epoch, with fractions. */
  readonly startedAt: number;
  /** The id of its conversation in the inspector. */
  readonly conversation: number;
  /** Whether the client may see errors with source code. */
  readonly showsDetails: boolean;
}

/** A message of the front. The number is the id of the request. */
export type ToWorker =
  | readonly [
    "request",
    number,
    environ: EncodedEnviron,
    hasBody: boolean,
    startedAt: number,
    conversation: number,
    showsDetails: boolean,
  ]
  /** The next part of the request body, after "read". */
  | readonly ["input", number, Uint8Array<ArrayBuffer>]
  | readonly ["input-end", number]
  | readonly ["input-failed", number, message: string, status: 400 | 413]
  /** The client has received a part of the response body. */
  | readonly ["taken", number, bytes: number]
  | readonly ["cancel", number, EndReason]
  | readonly ["ping"];

/**
 * The numbers that some events add to the summary of a conversation. Most events
 * add nothing and have no digest.
 */
export interface EventDigest {
  readonly errors: number;
  readonly warnings: number;
}

/** A message of the worker. The number is the id of the request. */
export type FromWorker =
  | readonly ["loaded"]
  | readonly ["failed", Failure]
  /** Asks for the next part of the request body. */
  | readonly ["read", number]
  /** A complete response. */
  | readonly [
    "respond",
    number,
    status: string,
    headers: FlatPairs,
    body: SentBody,
  ]
  /** The same, and the application has finished: "respond" and "over". */
  | readonly [
    "answer",
    number,
    status: string,
    headers: FlatPairs,
    body: SentBody,
    json: string,
    EventDigest?,
  ]
  | readonly ["head", number, status: string, headers: FlatPairs]
  | readonly ["chunk", number, Uint8Array<ArrayBuffer>]
  | readonly ["end", number]
  /** The response cannot be completed. */
  | readonly ["broken", number]
  /** Recorded events, as a JSON array. */
  | readonly ["events", number, json: string, EventDigest?]
  /** The application has finished the request. These are its last events. */
  | readonly ["over", number, json: string, EventDigest?]
  /** Events after the last ones, such as a call to startResponse by a timer. */
  | readonly ["late", number, json: string, EventDigest?]
  /** The definition of the application, if it was found. */
  | readonly ["definition", StackFrame]
  /** The paths of files that the application has read. */
  | readonly ["files", readonly string[]]
  | readonly ["pong"];

/** The first message to a worker. It contains the port for all others. */
export interface WorkerStart {
  readonly port: MessagePort;
  /** The application, as on the command line. */
  readonly application: string;
  /** The options of the validator. */
  readonly checks: Pick<ValidatorOptions, "profile" | "rules">;
  /** The id of this start, for pages that reload themselves. */
  readonly generation: string;
  /** Whether pages may link to the inspector. */
  readonly hasInspector: boolean;
  /** `wsgiref.unix_socket`. */
  readonly isUnixSocket: boolean;
}

/**
 * The number of bytes of a response body that may be on their way to the client.
 * The application has to wait until there are fewer.
 */
export const WINDOW = 262_144;

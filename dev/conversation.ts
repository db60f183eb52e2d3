/**
 * The conversation between server and application in one request, as the
 * inspector shows it: plain data that can be sent between threads and written as
 * JSON.
 *
 * @module
 */

import type { SourcePlace, StackFrame } from "../wsgi/source_place.ts";

/** An error, without the frames of this package and of the runtime. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly frames: readonly StackFrame[];
  readonly cause?: DescribedError;
  /** The errors of an `AggregateError`. */
  readonly errors?: readonly DescribedError[];
}

/** One variable of an environ. */
export interface EnvironEntry {
  readonly name: string;
  /** The string, or a description of any other value. */
  readonly value: string;
  readonly isString: boolean;
  /** Whether the value may be a credential, which is hidden until clicked. */
  readonly isSecret: boolean;
}

/** One finding of the validator. */
export interface DescribedFinding {
  readonly rule: string;
  readonly severity: "error" | "warning";
  /** The side at fault. */
  readonly blame: string;
  readonly message: string;
  readonly hint?: string;
  readonly place?: SourcePlace;
}

/** An event without its time. */
export type ConversationAction =
  | {
    readonly type: "call";
    /** The name of the function, or of the module if it has none. */
    readonly application: string;
    readonly environ: readonly EnvironEntry[];
  }
  | {
    readonly type: "read";
    readonly method: "read" | "readline" | "readlines" | "iterate";
    /** The requested size, in bytes. */
    readonly size?: number;
    /** The number of bytes read; 0 at the end of the input. */
    readonly bytes: number;
    /** The first bytes, as latin-1. */
    readonly preview: string;
  }
  | {
    readonly type: "start-response";
    readonly status: string;
    readonly headers: readonly (readonly [string, string])[];
    /** The error passed as excInfo. */
    readonly excInfo?: DescribedError;
    readonly place?: SourcePlace;
  }
  | {
    readonly type: "chunk";
    readonly via: "body" | "write";
    /** The index of the chunk in the body, from 0. */
    readonly index: number;
    readonly bytes: number;
    readonly preview: string;
  }
  | { readonly type: "body-end" }
  | {
    readonly type: "close";
    /** The reason: "server", "client left", or the name of a middleware. */
    readonly by: string;
  }
  | {
    readonly type: "log";
    readonly source: "wsgi.errors" | "console";
    readonly text: string;
  }
  | { readonly type: "finding"; readonly finding: DescribedFinding }
  | { readonly type: "error"; readonly error: DescribedError }
  | {
    /** Events that were left out here, because there were too many. */
    readonly type: "omitted";
    readonly count: number;
  }
  | {
    readonly type: "head";
    /** The head of the response as sent on the wire, as latin-1. */
    readonly bytes: string;
  }
  | {
    readonly type: "end";
    readonly outcome: Outcome;
    /** The number of bytes of the body that were sent. */
    readonly bytes: number;
  };

/** One event of a conversation. */
export type ConversationEvent = ConversationAction & {
  /** Milliseconds since the request arrived. */
  readonly time: number;
};

/** A request, complete enough to be sent again. */
export interface RecordedRequest {
  readonly method: string;
  /** The request target as received. */
  readonly target: string;
  readonly protocol: string;
  /** The headers as received, in order. */
  readonly headers: readonly (readonly [string, string])[];
  /** The beginning of the body, up to a limit. */
  readonly body: Uint8Array;
  /** Whether `body` is the complete body. */
  readonly isBodyComplete: boolean;
}

/** The outcome of a request. */
export type Outcome = "complete" | "cut" | "client-left" | "reloaded";

/** One request in a list. */
export interface ConversationSummary {
  readonly id: number;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly method: string;
  /** The request target as received. */
  readonly target: string;
  /** The status, such as `"200 OK"`; absent until the head was sent. */
  readonly status?: string | undefined;
  /** The outcome; absent while the response is being sent. */
  readonly outcome?: Outcome | undefined;
  /** The time since the request arrived, in milliseconds. */
  readonly duration: number;
  /** The number of bytes of the body that were sent. */
  readonly bytes: number;
  /** The number of errors, including findings of this severity. */
  readonly errors: number;
  /** The number of findings that are warnings. */
  readonly warnings: number;
}

/** One request with all its events. */
export interface Conversation {
  /** The id, unique in this server. */
  readonly id: number;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly request: RecordedRequest;
  readonly events: readonly ConversationEvent[];
}

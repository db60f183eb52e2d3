/**
 * What was said between server and application in one request, as the
 * inspector shows it: plain data that can be sent between threads and written as
 * JSON.
 *
 * @module
 */

/** A place in a source file of the application's author. */
export interface SourcePlace {
  /** The path or URL of the file. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;
}

/** An error, with the frames of this package left out of its stack. */
export interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly frames: readonly (SourcePlace & { readonly name: string })[];
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
  /** Whether the value may be a credential, to be hidden until clicked. */
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

/** What happened, without the time. */
export type ConversationAction =
  | {
    readonly type: "call";
    /** The name of the function, else of the module. */
    readonly application: string;
    readonly environ: readonly EnvironEntry[];
  }
  | {
    readonly type: "read";
    readonly method: "read" | "readline" | "readlines" | "iterate";
    /** The size that was asked for, in bytes. */
    readonly size?: number;
    /** The bytes that came; 0 at the end of the input. */
    readonly bytes: number;
    /** The first bytes, as latin-1. */
    readonly preview: string;
  }
  | {
    readonly type: "start-response";
    readonly status: string;
    readonly headers: readonly (readonly [string, string])[];
    /** The error that was given as excInfo. */
    readonly excInfo?: DescribedError;
    readonly place?: SourcePlace;
  }
  | {
    readonly type: "chunk";
    readonly via: "body" | "write";
    /** Which chunk of the body it is, from 0. */
    readonly index: number;
    readonly bytes: number;
    readonly preview: string;
  }
  | { readonly type: "body-end" }
  | {
    readonly type: "close";
    /** Who closed: "server", "client left", or the name of a middleware. */
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
    /** Events in this place that were not kept, because there were too many. */
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
    readonly outcome: "complete" | "cut" | "client-left" | "reloaded";
    /** The bytes of the body that were sent. */
    readonly bytes: number;
  };

/** One event of a conversation. */
export type ConversationEvent = ConversationAction & {
  /** Milliseconds since the request arrived. */
  readonly time: number;
};

/** A request as it can be sent again. */
export interface RecordedRequest {
  readonly method: string;
  /** The request target as received. */
  readonly target: string;
  readonly protocol: string;
  /** The headers as received, in order. */
  readonly headers: readonly (readonly [string, string])[];
  /** The body as received, as far as it was kept. */
  readonly body: Uint8Array;
  /** Whether `body` is all of it. */
  readonly isBodyComplete: boolean;
}

/** One request with everything that was said about it. */
export interface Conversation {
  /** A number that no other request of this server has. */
  readonly id: number;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly request: RecordedRequest;
  readonly events: readonly ConversationEvent[];
}

/**
 * Observers of the requests through a validator. The development server uses one.
 *
 * @module
 */

import type { SourcePlace } from "../wsgi/source_place.ts";
import type { Violation } from "./violation.ts";

/** The call to an application. */
export interface ObservedCall {
  /** The name of the application's function, else of its module. */
  readonly application: string | undefined;
  /** A copy of the variables that the server passed. */
  readonly environ: Readonly<Record<string, unknown>>;
}

/**
 * An event in a request. Values are those of the program: they can be of any
 * type, and must not be changed.
 */
export type ObservedEvent =
  | {
    readonly type: "read";
    readonly method: "read" | "readline" | "readlines" | "iterate";
    /** The arguments of the call. */
    readonly args: readonly unknown[];
    /** The result, awaited; `undefined` at the end of an iteration. */
    readonly result: unknown;
  }
  | {
    readonly type: "start-response";
    /** The arguments of the call: status, headers and perhaps excInfo. */
    readonly args: readonly unknown[];
    /** The line of the call. Under load it is known only for some requests. */
    readonly place: SourcePlace | undefined;
  }
  | {
    readonly type: "chunk";
    readonly via: "body" | "write";
    /** The index of the chunk among those of the body or of write(). */
    readonly index: number;
    readonly chunk: unknown;
  }
  | { readonly type: "body-end" }
  | { readonly type: "close" }
  | {
    readonly type: "log";
    readonly method: "write" | "writelines" | "flush";
    readonly args: readonly unknown[];
  }
  | { readonly type: "finding"; readonly violation: Violation }
  /** The application, or its body, threw. */
  | { readonly type: "error"; readonly error: unknown };

/** Receives the events of one request. */
export type RequestObserver = (event: ObservedEvent) => void;

/**
 * Called for each request. Its errors, and those of the function that it
 * returns, are ignored.
 */
export type Observer = (call: ObservedCall) => RequestObserver | undefined;

/**
 * Starts to observe a request.
 *
 * @param observer The observer.
 * @param call The call to the application.
 * @returns The function that receives the events. It never throws.
 */
export function beginObserving(
  observer: Observer,
  call: ObservedCall,
): RequestObserver | undefined {
  try {
    const observe = observer(call);
    if (observe === undefined) return undefined;
    return (event) => {
      try {
        observe(event);
      } catch {
        // It must not break the request.
      }
    };
  } catch {
    return undefined;
  }
}

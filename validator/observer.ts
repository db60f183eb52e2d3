/**
 * What an observer sees of the requests through a validator. The development
 * server shows it; without an observer it costs nothing.
 *
 * @module
 */

import type { SourcePlace } from "../wsgi/source_place.ts";
import type { Violation } from "./violation.ts";

/** The call of an application. */
export interface ObservedCall {
  /** The name of the application's function, else of its module. */
  readonly application: string | undefined;
  /** The variables as the server gave them: a copy. */
  readonly environ: Readonly<Record<string, unknown>>;
}

/**
 * What happens in a request. Values are those of the program, as they were
 * given: they may be of any type, and must not be changed.
 */
export type ObservedEvent =
  | {
    readonly type: "read";
    readonly method: "read" | "readline" | "readlines" | "iterate";
    /** The arguments of the call. */
    readonly args: readonly unknown[];
    /** What it gave, awaited; nothing at the end of an iteration. */
    readonly result: unknown;
  }
  | {
    readonly type: "start-response";
    /** The arguments of the call: status, headers and perhaps excInfo. */
    readonly args: readonly unknown[];
    /** The line that called. Under load it is known for some requests only. */
    readonly place: SourcePlace | undefined;
  }
  | {
    readonly type: "chunk";
    readonly via: "body" | "write";
    /** Which chunk of the body or of write() it is, from 0. */
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

/** Sees what happens in one request. */
export type RequestObserver = (event: ObservedEvent) => void;

/**
 * Called for each request. What it throws is dropped, as is what the function
 * that it returns throws.
 */
export type Observer = (call: ObservedCall) => RequestObserver | undefined;

/**
 * Begins to observe a request.
 *
 * @param observer The observer.
 * @param call The call of the application.
 * @returns What sees the rest of the request. It never throws.
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

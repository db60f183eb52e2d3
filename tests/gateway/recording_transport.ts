/**
 * Runs applications without a server: transports that record their calls, and
 * an environ whose `wsgi.errors` is collected.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import {
  Cancellation,
  ClientDisconnected,
} from "../../gateway/cancellation.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import {
  type ResponseHead,
  withContentLength,
} from "../../gateway/response_head.ts";
import {
  runApplication,
  type RunOptions,
} from "../../gateway/run_application.ts";
import { hasNoBody } from "../../wsgi/status.ts";
import type { Transport } from "../../gateway/transport.ts";
import type {
  Application,
  Environ,
  HeaderTuple,
  StartResponse,
} from "../../wsgi/types.ts";
import { setupTestingDefaults } from "../../gateway/environ/setup_testing_defaults.ts";

/** The events of a test in order. Its transport and its body share one list. */
export class Events {
  readonly list: string[] = [];
  readonly #watchers = new Map<string, PromiseWithResolvers<void>>();

  add(event: string): void {
    this.list.push(event);
    this.#watchers.get(event)?.resolve();
  }

  /** Resolves once the event has happened. */
  seen(event: string): Promise<void> {
    if (this.list.includes(event)) return Promise.resolve();
    const watcher = this.#watchers.get(event) ?? Promise.withResolvers<void>();
    this.#watchers.set(event, watcher);
    return watcher.promise;
  }

  count(event: string): number {
    return this.list.filter((other) => other === event).length;
  }
}

/** A transport that receives head, chunks and end one by one. */
export class RecordingTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  readonly events: Events;
  /** Calls that the contract of a transport forbids. */
  readonly faults: string[] = [];
  head: ResponseHead | undefined;
  /** The body bytes as a ByteString. */
  body = "";
  outcome: "open" | "ended" | "aborted" = "open";
  /** The reason given to abort(). */
  reason: unknown;
  /** While true, write() returns a promise that `release()` settles. */
  isBusy = false;
  /** The result of end(). */
  ending: Promise<void> | undefined;
  readonly #waiting: PromiseWithResolvers<void>[] = [];

  constructor(events: Events = new Events()) {
    this.events = events;
  }

  get status(): string | undefined {
    return this.head?.status;
  }

  get headers(): readonly HeaderTuple[] {
    return this.head?.headers ?? [];
  }

  #demand(condition: boolean, fault: string): void {
    if (!condition) this.faults.push(fault);
  }

  sendHead(head: ResponseHead): void {
    this.#demand(this.head === undefined, "second head");
    this.#demand(this.outcome === "open", "head after the end");
    this.head = head;
    this.events.add(`head ${head.code}`);
  }

  write(chunk: Uint8Array): void | PromiseLike<void> {
    this.#demand(this.head !== undefined, "write before the head");
    this.#demand(this.outcome === "open", "write after the end");
    this.#demand(chunk.byteLength > 0, "empty write");
    const bytes = fromBytes(chunk);
    this.body += bytes;
    const waiting = this.isBusy ? Promise.withResolvers<void>() : undefined;
    if (waiting !== undefined) this.#waiting.push(waiting);
    this.events.add(`write ${bytes}`);
    return waiting?.promise;
  }

  end(): void | Promise<void> {
    this.#demand(this.head !== undefined, "end before the head");
    this.#demand(this.outcome === "open", "second end");
    this.outcome = "ended";
    this.events.add("end");
    return this.ending;
  }

  abort(reason: unknown): void {
    this.#demand(this.outcome === "open", "abort after the end");
    this.outcome = "aborted";
    this.reason = reason;
    this.events.add("abort");
  }

  /** Lets the oldest write() succeed or fail. */
  release(failure?: Error): void {
    const waiting = this.#waiting.shift();
    if (failure === undefined) waiting?.resolve();
    else waiting?.reject(failure);
  }
}

/** A transport that can send a whole response at once. */
export class RespondingTransport extends RecordingTransport {
  /** The heads given to respond(). */
  readonly responded: ResponseHead[] = [];

  respond(head: ResponseHead, body: Uint8Array): void | Promise<void> {
    this.responded.push(head);
    // A length that the head leaves out is up to the transport.
    this.sendHead(
      hasNoBody(head.code) ? head : withContentLength(head, body.byteLength),
    );
    if (body.byteLength > 0) this.write(body);
    return this.end();
  }
}

/** A transport with the required functions alone: without cancellation. */
export class PlainTransport extends RecordingTransport {
  /** The transport that the application runs over. */
  get required(): Transport {
    return {
      sendHead: (head) => this.sendHead(head),
      write: (chunk) => this.write(chunk),
      end: () => this.end(),
      abort: (reason) => this.abort(reason),
    };
  }
}

/** Waits for a turn of the event loop: unhandled rejections are known then. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Throws, like an application that fails. */
export function fail(message = "on purpose"): never {
  throw new Error(message);
}

/** An environ whose `wsgi.errors` is collected in a list. */
export function testEnviron(
  variables: Partial<Environ> = {},
): { environ: Environ; written: string[] } {
  const written: string[] = [];
  const errors = new StderrStream((text) => void written.push(text));
  const environ = setupTestingDefaults({ "wsgi.errors": errors, ...variables });
  return { environ, written };
}

/** An application that may return anything, as in JavaScript. */
export type LooseApplication = (
  environ: Environ,
  startResponse: StartResponse,
) => unknown;

/** The headers of a text. */
export const PLAIN: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

/** Creates an application that sends a body, by default as plain text. */
export function answering<Body>(
  body: (environ: Environ) => Body,
  headers: readonly HeaderTuple[] = PLAIN,
  status = "200 OK",
): (environ: Environ, startResponse: StartResponse) => Body {
  return (environ, startResponse) => {
    startResponse(status, headers);
    return body(environ);
  };
}

/** Creates an application that sends one chunk. */
export function sending(
  text: string,
  headers?: readonly HeaderTuple[],
  status?: string,
): Application {
  return answering(() => [toBytes(text)], headers, status);
}

/** Returns status, body and end of a response, and the number of logged errors. */
export function ended(
  { transport, written }: Run,
): [code: number | undefined, body: string, outcome: string, errors: number] {
  const { head, body, outcome } = transport;
  return [head?.code, body, outcome, written.length];
}

/** Makes the client of a request leave. */
export function leave(transport: RecordingTransport): void {
  transport.cancellation.cancel(new ClientDisconnected());
}

/** The settings of a run. */
export interface Settings {
  method?: string;
  environ?: Partial<Environ>;
  transport?: RecordingTransport;
  onError?: RunOptions["onError"];
  errorPage?: RunOptions["errorPage"];
}

/** A call to runApplication() and its outcome. */
export class Run {
  readonly transport: RecordingTransport;
  readonly environ: Environ;
  /** The texts written to `wsgi.errors`, one for each error. */
  readonly written: string[];
  /** The result of runApplication(). */
  readonly done: void | Promise<void>;

  constructor(app: LooseApplication, settings: Settings = {}) {
    this.transport = settings.transport ?? new RespondingTransport();
    const { environ, written } = testEnviron({
      REQUEST_METHOD: settings.method ?? "GET",
      ...settings.environ,
    });
    this.environ = environ;
    this.written = written;
    const { transport } = this;
    this.done = runApplication(
      app as Application,
      environ,
      transport instanceof PlainTransport ? transport.required : transport,
      { onError: settings.onError, errorPage: settings.errorPage },
    );
  }

  get events(): string[] {
    return this.transport.events.list;
  }

  /** Waits for its end. The contract of the transport must have been kept. */
  async finish(): Promise<this> {
    await this.done;
    assertEquals(this.transport.faults, []);
    return this;
  }
}

/** Runs an application to its end. */
export function run(app: LooseApplication, settings?: Settings): Promise<Run> {
  return new Run(app, settings).finish();
}

/** Runs it with respond(), without, and without cancellation. */
export async function runAll(
  app: LooseApplication,
  settings?: Settings,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (
    const Transport of [RespondingTransport, RecordingTransport, PlainTransport]
  ) runs.push(await run(app, { ...settings, transport: new Transport() }));
  return runs;
}

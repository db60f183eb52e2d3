/**
 * {@linkcode WorkerServer}: the requests of the worker.
 *
 * @module
 */

import { runApplication } from "../../gateway/run_application.ts";
import { findDefinition } from "../../validator/function_source.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application } from "../../wsgi/types.ts";
import type { Failure } from "../application_state.ts";
import { MessageQueue } from "../wire/message_queue.ts";
import type {
  ForwardedRequest,
  FromWorker,
  ToWorker,
  WorkerStart,
} from "../wire/messages.ts";
import { runRecorded } from "./console_log.ts";
import type { Loaded } from "./load.ts";
import { observeApplication } from "./observed_application.ts";
import { Recorder } from "./recorder.ts";
import { ServedRequest } from "./served_request.ts";

/** How long events of a running request may wait, in milliseconds. */
const EVENTS_DELAY_MS = 100;

/** How long the first requests have the thread for themselves. */
const DEFINITION_DELAY_MS = 200;

/** The gateway's own log: what it says is recorded in another way. */
const silence = new StderrStream(() => {});

interface Running {
  readonly transport: ServedRequest;
  readonly recorder: Recorder;
}

/** Runs the application for the requests that the front sends. */
export class WorkerServer {
  readonly #start: WorkerStart;
  readonly #queue: MessageQueue<FromWorker>;
  readonly #running = new Map<number, Running>();
  #app: Application | undefined;
  #files: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param start What the worker was started with.
   */
  constructor(start: WorkerStart) {
    this.#start = start;
    this.#queue = new MessageQueue(start.port);
    start.port.onmessage = ({ data }) => {
      for (const message of data as ToWorker[]) this.#handle(message);
    };
  }

  /**
   * Begins to answer requests.
   *
   * @param loaded The application.
   */
  serve(loaded: Loaded): void {
    this.#app = observeApplication(loaded, this.#start);
    this.#queue.add(["loaded"]);
    // Later: looking for it takes some milliseconds.
    setTimeout(() => this.#sendDefinition(loaded), DEFINITION_DELAY_MS);
  }

  /** Says where the application is, should it be blocked and say no more. */
  #sendDefinition({ app, module }: Loaded): void {
    if (module === undefined) return;
    const source = Function.prototype.toString.call(app);
    const place = findDefinition(source, app.name, [module]);
    if (place === undefined) return;
    this.#queue.add(["definition", { name: app.name, ...place }]);
  }

  /**
   * Reports that the application cannot go on. What it was doing goes on.
   *
   * @param failure What happened.
   */
  fail(failure: Failure): void {
    this.#queue.add(["failed", failure]);
    // The thread may end before the next job.
    this.#queue.flush();
  }

  /**
   * Reports that the application has read a file.
   *
   * @param path The absolute path.
   */
  noteFile(path: string): void {
    if (this.#files.push(path) > 1) return;
    queueMicrotask(() => {
      this.#queue.add(["files", this.#files]);
      this.#files = [];
    });
  }

  #handle(message: ToWorker): void {
    switch (message[0]) {
      case "request":
        return this.#run(message[1], message[2]);
      case "input":
        return this.#running.get(message[1])?.transport.receive(message[2]);
      case "input-end":
        return this.#running.get(message[1])?.transport.receive(undefined);
      case "input-failed":
        return this.#running.get(message[1])?.transport
          .failInput(message[2], message[3]);
      case "taken":
        return this.#running.get(message[1])?.transport.release(message[2]);
      case "cancel": {
        const running = this.#running.get(message[1]);
        if (running === undefined) return;
        const isLeft = message[2] === "client-left";
        running.recorder.closedBy = isLeft ? "client left" : "server";
        return running.transport.cancel(message[2]);
      }
      case "ping":
        return this.#queue.add(["pong"]);
    }
  }

  #run(id: number, request: ForwardedRequest): void {
    if (this.#app === undefined) return;
    const app = this.#app;
    const transport = new ServedRequest(id, request, this.#queue);
    const recorder = new Recorder(request);
    this.#running.set(id, { transport, recorder });
    const environ = transport.createEnviron(silence);
    const done = runRecorded(
      recorder,
      () =>
        runApplication(app, environ, transport, {
          onError: (error) => recorder.addError(error),
        }),
    );
    if (done === undefined) return this.#finish(id);
    done.then(() => this.#finish(id));
    this.#timer ??= setTimeout(() => this.#sendEvents(), EVENTS_DELAY_MS);
  }

  #finish(id: number): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#running.delete(id);
    this.#queue.add(["over", id, ...running.recorder.take()]);
  }

  /** Sends what has been recorded of running requests. */
  #sendEvents(): void {
    this.#timer = undefined;
    for (const [id, { recorder }] of this.#running) {
      if (recorder.hasNews) this.#queue.add(["events", id, ...recorder.take()]);
    }
    if (this.#running.size === 0) return;
    this.#timer = setTimeout(() => this.#sendEvents(), EVENTS_DELAY_MS);
  }
}

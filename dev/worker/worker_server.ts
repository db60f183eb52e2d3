/**
 * {@linkcode WorkerServer}: calls the application in the worker.
 *
 * @module
 */

import { runApplication } from "../../gateway/run_application.ts";
import { findDefinition } from "../../validator/function_source.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application } from "../../wsgi/types.ts";
import type { Failure } from "../application_state.ts";
import { EnvironDecoder } from "../wire/environ_strings.ts";
import { MessageQueue } from "../wire/message_queue.ts";
import type { FromWorker, ToWorker, WorkerStart } from "../wire/messages.ts";
import { runRecorded } from "./console_log.ts";
import type { Loaded } from "./load.ts";
import { observeApplication } from "./observed_application.ts";
import { Recorder } from "./recorder.ts";
import { ServedRequest } from "./served_request.ts";

/** How long the events of a running request are collected, in milliseconds. */
const EVENTS_DELAY_MS = 100;

/** The first requests are more urgent than the definition, in milliseconds. */
const DEFINITION_DELAY_MS = 200;

/** The gateway's own log: everything it reports is recorded anyway. */
const silence = new StderrStream(() => {});

interface Running {
  readonly transport: ServedRequest;
  readonly recorder: Recorder;
}

/** Calls the application for the requests of the front. */
export class WorkerServer {
  readonly #start: WorkerStart;
  readonly #queue: MessageQueue<FromWorker>;
  readonly #environs = new EnvironDecoder();
  readonly #running = new Map<number, Running>();
  #app: Application | undefined;
  #files: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param start The first message of the front.
   */
  constructor(start: WorkerStart) {
    this.#start = start;
    this.#queue = new MessageQueue(start.port);
    start.port.onmessage = ({ data }) => {
      for (const message of data as ToWorker[]) this.#handle(message);
    };
  }

  /**
   * Starts to answer requests.
   *
   * @param loaded The application.
   */
  serve(loaded: Loaded): void {
    this.#app = observeApplication(loaded, this.#start);
    this.#queue.add(["loaded"]);
    // The search takes some milliseconds.
    setTimeout(() => this.#sendDefinition(loaded), DEFINITION_DELAY_MS);
  }

  /** Sends the definition in advance: a blocked worker cannot send anything. */
  #sendDefinition({ app, module }: Loaded): void {
    if (module === undefined) return;
    const source = Function.prototype.toString.call(app);
    const place = findDefinition(source, app.name, [module]);
    if (place === undefined) return;
    this.#queue.add(["definition", { name: app.name, ...place }]);
  }

  /**
   * Reports that the application cannot continue.
   *
   * @param failure The reason.
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
        return this.#run(message);
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
        const hasLeft = message[2] === "client-left";
        running.recorder.closedBy = hasLeft ? "client left" : "server";
        return running.transport.cancel(message[2]);
      }
      case "ping":
        return this.#queue.add(["pong"]);
    }
  }

  #run(
    [, id, encoded, hasBody, startedAt, conversation, showsDetails]: Extract<
      ToWorker,
      readonly ["request", ...unknown[]]
    >,
  ): void {
    // Decoded in any case: the next environ depends on it.
    const strings = this.#environs.decode(encoded);
    if (this.#app === undefined) return;
    const app = this.#app;
    const transport = new ServedRequest(id, this.#queue);
    const request = { hasBody, startedAt, conversation, showsDetails };
    const recorder = new Recorder(request);
    this.#running.set(id, { transport, recorder });
    const { isUnixSocket } = this.#start;
    const errors = silence;
    const environ = transport.createEnviron(
      { strings, hasBody, isUnixSocket, errors },
    );
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
    const { recorder, transport } = running;
    transport.finish(recorder.take());
    // A timer or a promise of the application may still use the request.
    recorder.onEvent = () =>
      queueMicrotask(() => {
        if (recorder.hasNews) this.#queue.add(["late", id, ...recorder.take()]);
      });
  }

  /** Sends the new events of all running requests. */
  #sendEvents(): void {
    this.#timer = undefined;
    for (const [id, { recorder }] of this.#running) {
      if (recorder.hasNews) this.#queue.add(["events", id, ...recorder.take()]);
    }
    if (this.#running.size === 0) return;
    this.#timer = setTimeout(() => this.#sendEvents(), EVENTS_DELAY_MS);
  }
}

/**
 * {@linkcode ApplicationWorker}: the thread of the application, from one start to
 * the next.
 *
 * @module
 */

import type { StackFrame } from "../../wsgi/source_place.ts";
import type { Failure } from "../application_state.ts";
import { EnvironEncoder } from "../wire/environ_strings.ts";
import { MessageQueue } from "../wire/message_queue.ts";
import type { FromWorker, ToWorker, WorkerStart } from "../wire/messages.ts";
import type { Exchange } from "./exchange.ts";
import type { OwnResponse } from "./failure_response.ts";
import { toReloadingResponse } from "./reloading_response.ts";
import type { RequestEnd } from "./request_end.ts";

/** How long running requests may continue after a reload, in milliseconds. */
const GRACE_MS = 1_000;

/** The number of unanswered pings after which the worker counts as blocked. */
const BEATS = 10;

/** The number of finished requests whose late events are recorded. */
const MAX_FINISHED = 64;

/** Receives the events of a worker. */
export interface WorkerListener {
  /** The application was loaded. */
  onLoaded(worker: ApplicationWorker): void;
  /** The application can no longer be called. */
  onFailed(worker: ApplicationWorker, failure: Failure): void;
  /** The application has read these files. */
  onFiles(paths: readonly string[]): void;
  /** The worker does not answer, or answers again. */
  onBlocked(worker: ApplicationWorker, isBlocked: boolean): void;
}

/** The settings of a worker. */
export type WorkerSettings = Omit<WorkerStart, "port"> & {
  /** The number of milliseconds without an answer until it counts as blocked. */
  readonly blockedAfter: number;
};

/** One start of the application, in a thread of its own. */
export class ApplicationWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #queue: MessageQueue<ToWorker>;
  readonly #environs = new EnvironEncoder();
  readonly #listener: WorkerListener;
  /**
   * The running requests by id. In a `Map`, V8 would keep finished ones until a
   * full garbage collection: it chains its old tables.
   */
  readonly #exchanges: Record<number, Exchange> = {};
  /** The last finished requests, which may still have events. */
  readonly #finished: (readonly [id: number, end: RequestEnd])[] = [];
  #running = 0;
  #lastId = 0;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  /** Unanswered pings. A clock would also count the sleep of a laptop. */
  #unanswered = 0;
  #isBlocked = false;
  #definition: StackFrame | undefined;
  #isTerminated = false;
  #onIdle: (() => void) | undefined;

  /**
   * Starts the application.
   *
   * @param settings The settings.
   * @param listener Receives the events.
   */
  constructor(settings: WorkerSettings, listener: WorkerListener) {
    const { blockedAfter, ...start } = settings;
    this.#listener = listener;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#queue = new MessageQueue(port1);
    port1.onmessage = ({ data }) => this.#receive(data);
    const url = new URL("../worker/main.ts", import.meta.url);
    this.#worker = new Worker(url, { type: "module", name: "application" });
    this.#worker.onerror = (event) => this.#onError(event);
    const message: WorkerStart = { ...start, port: port2 };
    this.#worker.postMessage(message, [port2]);
    this.#heartbeat = setInterval(() => this.#beat(), blockedAfter / BEATS);
  }

  /** The requests that the application is handling, the oldest first. */
  get exchanges(): readonly Exchange[] {
    return Object.values(this.#exchanges);
  }

  /** The definition of the application, if it was found. */
  get definition(): StackFrame | undefined {
    return this.#definition;
  }

  /**
   * Sends a request to the application.
   *
   * @param exchange The request.
   * @param showsDetails Whether the client may see errors with source code.
   */
  forward(exchange: Exchange, showsDetails: boolean): void {
    const id = ++this.#lastId;
    this.#exchanges[id] = exchange;
    this.#running++;
    const environ = this.#environs.encode(exchange.recording.environ);
    exchange.enterWorker(id, this.#queue, environ, showsDetails);
  }

  #receive(messages: readonly FromWorker[]): void {
    if (this.#isTerminated) return;
    this.#unanswered = 0;
    if (this.#isBlocked) {
      this.#isBlocked = false;
      this.#listener.onBlocked(this, false);
    }
    for (const message of messages) this.#handle(message);
  }

  #handle(message: FromWorker): void {
    switch (message[0]) {
      case "respond":
        return this.#exchanges[message[1]]
          ?.onRespond(message[2], message[3], message[4]);
      case "answer": {
        const exchange = this.#exchanges[message[1]];
        exchange?.onRespond(message[2], message[3], message[4]);
        exchange?.recording.addRecorded(message[5], message[6]);
        return this.#finish(message[1]);
      }
      case "head":
        return this.#exchanges[message[1]]?.onHead(message[2], message[3]);
      case "chunk":
        return this.#exchanges[message[1]]?.onChunk(message[2]);
      case "end":
        return this.#exchanges[message[1]]?.onEnd();
      case "broken":
        return this.#exchanges[message[1]]?.onBroken();
      case "read":
        return void this.#exchanges[message[1]]?.sendInput();
      case "events":
        return this.#exchanges[message[1]]?.recording
          .addRecorded(message[2], message[3]);
      case "over":
        this.#exchanges[message[1]]?.recording
          .addRecorded(message[2], message[3]);
        return this.#finish(message[1]);
      case "late": {
        const [id, end] = this.#finished[message[1] % MAX_FINISHED] ?? [];
        if (id === message[1]) end?.addLate(message[2], message[3]);
        return;
      }
      case "loaded":
        return this.#listener.onLoaded(this);
      case "failed":
        return this.#listener.onFailed(this, message[1]);
      case "definition":
        this.#definition = message[1];
        return;
      case "files":
        return this.#listener.onFiles(message[1]);
    }
  }

  #finish(id: number): void {
    const exchange = this.#exchanges[id];
    if (exchange === undefined) return;
    delete this.#exchanges[id];
    this.#finished[id % MAX_FINISHED] = [id, exchange.end];
    this.#running--;
    exchange.leaveWorker();
    if (this.#running === 0) this.#onIdle?.();
  }

  /** Handles errors that the worker could not report itself. */
  #onError(event: ErrorEvent): void {
    event.preventDefault();
    const { message, filename: file, lineno: line, colno: column } = event;
    const name = "Error";
    const frames = file === "" ? [] : [{ name: "", file, line, column }];
    const error = { name, message: message.replace(/^Uncaught /, ""), frames };
    this.#listener.onFailed(this, { error, during: "running" });
  }

  #beat(): void {
    if (!this.#isBlocked && this.#unanswered >= BEATS) {
      this.#isBlocked = true;
      this.#listener.onBlocked(this, true);
    }
    this.#unanswered++;
    this.#queue.add(["ping"]);
  }

  /**
   * Ends all requests that the application has not answered completely.
   *
   * @param outcome The outcome for the inspector.
   * @param answer Answers requests whose response has not started.
   */
  failAll(
    outcome: "cut" | "reloaded",
    answer: (exchange: Exchange) => OwnResponse,
  ): void {
    for (const exchange of this.exchanges) {
      exchange.fail(outcome, () => answer(exchange));
    }
  }

  /** Waits a second for running requests, and ends the worker. */
  async retire(): Promise<void> {
    if (this.#running > 0 && !this.#isBlocked) {
      const idle = Promise.withResolvers<void>();
      this.#onIdle = idle.resolve;
      const timer = setTimeout(idle.resolve, GRACE_MS);
      await idle.promise;
      clearTimeout(timer);
    }
    this.failAll("reloaded", ({ environ }) => toReloadingResponse(environ));
    this.terminate();
  }

  /** Ends the worker immediately. */
  terminate(): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    clearInterval(this.#heartbeat);
    this.#worker.terminate();
    this.#port.close();
    for (const id of Object.keys(this.#exchanges)) this.#finish(Number(id));
  }
}

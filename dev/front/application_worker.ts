/**
 * {@linkcode ApplicationWorker}: one start of the application.
 *
 * @module
 */

import type { StackFrame } from "../../wsgi/source_place.ts";
import type { Failure } from "../application_state.ts";
import { MessageQueue } from "../wire/message_queue.ts";
import type { FromWorker, ToWorker, WorkerStart } from "../wire/messages.ts";
import type { Exchange, OwnResponse } from "./exchange.ts";
import type { Recording } from "./recording.ts";

/** How long running requests may go on after a reload, in milliseconds. */
const GRACE_MS = 1_000;

/** Pings without an answer after which the worker counts as blocked. */
const BEATS = 10;

/** What the worker is asked for, while it is alive. */
export interface WorkerListener {
  /** The application can be called. */
  onLoaded(worker: ApplicationWorker): void;
  /** The application cannot be called any more. */
  onFailed(worker: ApplicationWorker, failure: Failure): void;
  /** The application has read these files. */
  onFiles(paths: readonly string[]): void;
  /** The application has let go of a request: no events follow. */
  onRequestOver(recording: Recording): void;
  /** The worker has not answered for long; or it answers again. */
  onBlocked(worker: ApplicationWorker, isBlocked: boolean): void;
}

/** What a worker is started with. */
export type WorkerSettings = Omit<WorkerStart, "port"> & {
  /** After how many milliseconds without an answer it counts as blocked. */
  readonly blockedAfter: number;
};

/** One start of the application, in a thread of its own. */
export class ApplicationWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #queue: MessageQueue<ToWorker>;
  readonly #listener: WorkerListener;
  readonly #exchanges = new Map<number, Exchange>();
  #lastId = 0;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  /** Pings without an answer. A clock would count the sleep of a laptop. */
  #unanswered = 0;
  #isBlocked = false;
  #definition: StackFrame | undefined;
  #isTerminated = false;
  #onIdle: (() => void) | undefined;

  /**
   * Starts the application.
   *
   * @param settings What the worker is to know.
   * @param listener What is called.
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

  /** How many requests the application is working on. */
  get running(): number {
    return this.#exchanges.size;
  }

  /** The requests that the application is working on, the oldest first. */
  get exchanges(): readonly Exchange[] {
    return [...this.#exchanges.values()];
  }

  /** Where the application is defined, if that is known. */
  get definition(): StackFrame | undefined {
    return this.#definition;
  }

  /** Whether the application keeps its thread for itself. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /**
   * Has the application answer a request.
   *
   * @param exchange The request.
   * @param showsDetails Whether the client may see an error with its source.
   */
  forward(exchange: Exchange, showsDetails: boolean): void {
    const id = ++this.#lastId;
    this.#exchanges.set(id, exchange);
    exchange.begin(id, this.#queue, showsDetails);
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
        return this.#exchanges.get(message[1])
          ?.onRespond(message[2], message[3], message[4]);
      case "head":
        return this.#exchanges.get(message[1])?.onHead(message[2], message[3]);
      case "chunk":
        return this.#exchanges.get(message[1])?.onChunk(message[2]);
      case "end":
        return this.#exchanges.get(message[1])?.onEnd();
      case "broken":
        return this.#exchanges.get(message[1])?.onBroken();
      case "read":
        return void this.#exchanges.get(message[1])?.sendInput();
      case "events":
        return this.#exchanges.get(message[1])?.recording
          .addRecorded(message[2], message[3]);
      case "over":
        this.#exchanges.get(message[1])?.recording
          .addRecorded(message[2], message[3]);
        return this.#finish(message[1]);
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
    const exchange = this.#exchanges.get(id);
    if (exchange === undefined) return;
    this.#exchanges.delete(id);
    this.#listener.onRequestOver(exchange.recording);
    if (this.#exchanges.size === 0) this.#onIdle?.();
  }

  /** What the worker could not report itself, such as a fault of its own. */
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
   * Ends all requests that the application has not answered.
   *
   * @param outcome How that is recorded.
   * @param answer The answer to those of which nothing was sent.
   */
  failAll(
    outcome: "cut" | "reloaded",
    answer: (exchange: Exchange) => OwnResponse,
  ): void {
    for (const exchange of this.exchanges) {
      exchange.fail(outcome, () => answer(exchange));
    }
  }

  /**
   * Lets running requests end, and ends the worker.
   *
   * @param answer The answer to requests that have not ended in time.
   */
  async retire(answer: (exchange: Exchange) => OwnResponse): Promise<void> {
    if (this.#exchanges.size > 0 && !this.#isBlocked) {
      const idle = Promise.withResolvers<void>();
      this.#onIdle = idle.resolve;
      const timer = setTimeout(idle.resolve, GRACE_MS);
      await idle.promise;
      clearTimeout(timer);
    }
    this.failAll("reloaded", answer);
    this.terminate();
  }

  /** Ends the worker at once. */
  terminate(): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    clearInterval(this.#heartbeat);
    this.#worker.terminate();
    this.#port.close();
    for (const id of [...this.#exchanges.keys()]) this.#finish(id);
  }
}

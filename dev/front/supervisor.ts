/**
 * {@linkcode Supervisor}: starts the application, and restarts it when one of its
 * files is saved.
 *
 * @module
 */

import { parseApplicationName } from "../../cli/load_application.ts";
import { isUrl, toFilePath, toModuleUrl } from "../../cli/load_module.ts";
import { isOwnFile } from "../../wsgi/source_place.ts";
import type { Failure } from "../application_state.ts";
import type { ConversationLog } from "../conversation_log.ts";
import { FileWatcher } from "../reload/file_watcher.ts";
import { findModules } from "../reload/module_graph.ts";
import {
  ApplicationWorker,
  type WorkerListener,
  type WorkerSettings,
} from "./application_worker.ts";
import type { Exchange } from "./exchange.ts";
import type { OwnResponse } from "./failure_response.ts";
import { completeFailure, describeBlocked } from "./failures.ts";

/** A change of the application's state, for the terminal. */
export type SupervisorEvent =
  | { readonly type: "loading"; readonly changed: readonly string[] }
  | { readonly type: "loaded"; readonly time: number; readonly count: number }
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "unblocked" };

/** The options of a {@linkcode Supervisor}. */
export interface SupervisorOptions {
  /** The application, as on the command line; empty for the demo. */
  readonly application: string;
  readonly log: ConversationLog;
  /** The options of the validator. */
  readonly checks: WorkerSettings["checks"];
  /** Whether pages may link to the inspector. */
  readonly hasInspector: boolean;
  /** Whether the server listens on a Unix socket. */
  readonly isUnixSocket: boolean;
  /** The number of milliseconds without an answer until a worker is blocked. */
  readonly blockedAfter: number;
  readonly onEvent: (event: SupervisorEvent) => void;
  /** Answers a request that a start of the application cannot answer. */
  readonly answer: (exchange: Exchange, failure: Failure) => OwnResponse;
}

/** Starts and restarts the application. */
export class Supervisor implements WorkerListener {
  readonly #options: SupervisorOptions;
  readonly #watcher: FileWatcher;
  readonly #session = crypto.randomUUID().slice(0, 8);
  readonly #entry: string | undefined;
  #count = 0;
  #startedAt = 0;
  #worker: ApplicationWorker | undefined;
  #modules: ReadonlySet<string> = new Set();
  #settled = Promise.withResolvers<void>();
  readonly #retiring = new Set<Promise<void>>();

  /**
   * Starts the application.
   *
   * @param options The options.
   */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { path } = parseApplicationName(options.application);
    const isModule = path !== "" &&
      (!isUrl(path) || path.startsWith("file:")) && !isFolder(path);
    this.#entry = isModule ? toModuleUrl(path) : undefined;
    this.#watcher = new FileWatcher((changed) => this.#load(changed));
    this.#load([]);
  }

  /** The id of the current start of the application. */
  get generation(): string {
    return `${this.#session}-${this.#count}`;
  }

  /** The worker, if the application can answer. */
  get worker(): ApplicationWorker | undefined {
    return this.#options.log.state === "running" ? this.#worker : undefined;
  }

  /** The reason why the application cannot answer, if there is one. */
  get failure(): Failure | undefined {
    const { state } = this.#options.log;
    return typeof state === "object" ? state.failed : undefined;
  }

  /** Resolves when the application has been loaded, or has failed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** The paths of the modules of the application. */
  get modules(): ReadonlySet<string> {
    return this.#modules;
  }

  #load(changed: readonly string[]): void {
    const { log } = this.#options;
    const old = this.#worker;
    if (log.state !== "loading") this.#settled = Promise.withResolvers();
    this.#count++;
    this.#startedAt = performance.now();
    log.state = "loading";
    this.#options.onEvent({ type: "loading", changed });
    const { generation } = this;
    const { application, checks, hasInspector, isUnixSocket, blockedAfter } =
      this.#options;
    this.#worker = new ApplicationWorker({
      application,
      checks,
      generation,
      hasInspector,
      isUnixSocket,
      blockedAfter,
    }, this);
    if (old !== undefined) this.#retire(old);
    this.#watch();
  }

  #retire(worker: ApplicationWorker): void {
    const retired = worker.retire();
    this.#retiring.add(retired);
    retired.finally(() => this.#retiring.delete(retired));
  }

  async #watch(): Promise<void> {
    if (this.#entry === undefined) return;
    // Immediately, so that a change is seen even if the next line fails.
    this.#watcher.add([toFilePath(this.#entry)]);
    const urls = await findModules(this.#entry, isOwnFile);
    this.#modules = new Set(Array.from(urls, toFilePath));
    this.#watcher.add(this.#modules);
  }

  // Events of the worker ------------------------------------------------------

  onLoaded(worker: ApplicationWorker): void {
    if (worker !== this.#worker || this.failure !== undefined) return;
    this.#options.log.state = "running";
    const time = performance.now() - this.#startedAt;
    this.#options.onEvent({ type: "loaded", time, count: this.#count });
    this.#settled.resolve();
  }

  onFailed(worker: ApplicationWorker, failure: Failure): void {
    if (worker !== this.#worker) return;
    this.#fail(completeFailure(failure));
    // A program would end here, together with its requests.
    worker.terminate();
  }

  onBlocked(worker: ApplicationWorker, isBlocked: boolean): void {
    if (worker !== this.#worker) return;
    if (isBlocked) {
      return this.#fail(describeBlocked(worker, this.#options.blockedAfter));
    }
    if (this.failure?.during !== "blocked") return;
    this.#options.log.state = "running";
    this.#options.onEvent({ type: "unblocked" });
  }

  onFiles(paths: readonly string[]): void {
    const isSystem = /^\/(?:proc|sys|dev|etc)\//;
    this.#watcher.add(
      paths.filter((path) =>
        !isSystem.test(path) && !isOwnFile(toModuleUrl(path))
      ),
    );
  }

  #fail(failure: Failure): void {
    this.#options.log.state = { failed: failure };
    this.#options.onEvent({ type: "failed", failure });
    this.#worker?.failAll(
      "cut",
      (exchange) => this.#options.answer(exchange, failure),
    );
    this.#settled.resolve();
  }

  /** Ends the application, and stops watching its files. */
  async close(): Promise<void> {
    this.#watcher.close();
    this.#worker?.terminate();
    await Promise.all(this.#retiring);
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * {@linkcode Supervisor}: starts the application, and starts it again when one of
 * its files was saved.
 *
 * @module
 */

import { parseApplicationName } from "../../cli/load_application.ts";
import { isUrl, toModuleUrl } from "../../cli/load_module.ts";
import { isOwnFile } from "../../wsgi/source_place.ts";
import { readExcerpt } from "../../middleware/source_excerpt.ts";
import type { Failure } from "../application_state.ts";
import type { ConversationLog } from "../conversation_log.ts";
import type { DescribedError, SourcePlace } from "../conversation.ts";
import { toFilePath } from "../file_path.ts";
import { FileWatcher } from "../reload/file_watcher.ts";
import { findModules } from "../reload/module_graph.ts";
import {
  ApplicationWorker,
  type WorkerListener,
  type WorkerSettings,
} from "./application_worker.ts";
import type { Exchange, OwnResponse } from "./exchange.ts";
import type { Recording } from "./recording.ts";

/** What happens to the application, for the terminal. */
export type SupervisorEvent =
  | { readonly type: "loading"; readonly changed: readonly string[] }
  | { readonly type: "loaded"; readonly time: number; readonly count: number }
  | { readonly type: "failed"; readonly failure: Failure }
  | { readonly type: "unblocked" };

/** What a supervisor works with. */
export interface SupervisorOptions {
  /** The application, as the command line names it; empty for the demo. */
  readonly application: string;
  readonly log: ConversationLog;
  /** What the validator checks. */
  readonly checks: WorkerSettings["checks"];
  /** Whether pages may refer to the inspector. */
  readonly hasInspector: boolean;
  /** After how many milliseconds without an answer a worker is blocked. */
  readonly blockedAfter: number;
  readonly onEvent: (event: SupervisorEvent) => void;
  readonly onRequestOver: (recording: Recording) => void;
  /** Answers a request that the application does not answer. */
  readonly answer: (exchange: Exchange, failure: Failure) => OwnResponse;
}

/** The first place in an error, its causes or its errors. */
function placeOf(error: DescribedError): SourcePlace | undefined {
  const [frame] = error.frames;
  if (frame !== undefined) return frame;
  const behind = [error.cause, ...error.errors ?? []];
  for (const one of behind) {
    const place = one && placeOf(one);
    if (place !== undefined) return place;
  }
}

function withExcerpt(failure: Failure): Failure {
  const place = placeOf(failure.error);
  const excerpt = failure.excerpt ?? (place && readExcerpt(place));
  return excerpt === undefined ? failure : { ...failure, excerpt };
}

const RELOADED: Failure = {
  error: {
    name: "Reloaded",
    message: "The application was started again before it had answered",
    frames: [],
  },
  during: "running",
};

const UNCAUGHT_HINT =
  "without the development server this ends the program; save a file to start it again";

/** The application with its restarts. */
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
   * @param options What to work with.
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

  /** Which start of the application this is. */
  get generation(): string {
    return `${this.#session}-${this.#count}`;
  }

  /** The application, if it can answer. */
  get worker(): ApplicationWorker | undefined {
    return this.#options.log.state === "running" ? this.#worker : undefined;
  }

  /** Why the application cannot answer, if it cannot. */
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
    const { application, log, checks, hasInspector, blockedAfter } =
      this.#options;
    const old = this.#worker;
    if (log.state !== "loading") this.#settled = Promise.withResolvers();
    this.#count++;
    this.#startedAt = performance.now();
    log.state = "loading";
    this.#options.onEvent({ type: "loading", changed });
    const { generation } = this;
    this.#worker = new ApplicationWorker(
      { application, checks, generation, hasInspector, blockedAfter },
      this,
    );
    if (old !== undefined) this.#retire(old);
    this.#watch();
  }

  #retire(worker: ApplicationWorker): void {
    const retired = worker.retire((exchange) =>
      this.#options.answer(exchange, RELOADED)
    );
    this.#retiring.add(retired);
    retired.finally(() => this.#retiring.delete(retired));
  }

  async #watch(): Promise<void> {
    if (this.#entry === undefined) return;
    // Before anything can fail.
    this.#watcher.add([toFilePath(this.#entry)]);
    const urls = await findModules(this.#entry, isOwnFile);
    this.#modules = new Set(Array.from(urls, toFilePath));
    this.#watcher.add(this.#modules);
  }

  // What the worker says ------------------------------------------------------

  onLoaded(worker: ApplicationWorker): void {
    if (worker !== this.#worker || this.failure !== undefined) return;
    this.#options.log.state = "running";
    const time = performance.now() - this.#startedAt;
    this.#options.onEvent({ type: "loaded", time, count: this.#count });
    this.#settled.resolve();
  }

  onFailed(worker: ApplicationWorker, failure: Failure): void {
    if (worker !== this.#worker) return;
    const isUncaught = failure.during === "running";
    this.#fail(withExcerpt(
      isUncaught ? { hint: UNCAUGHT_HINT, ...failure } : failure,
    ));
    // A program would have ended, and its requests with it.
    worker.terminate();
  }

  onBlocked(worker: ApplicationWorker, isBlocked: boolean): void {
    if (worker !== this.#worker) return;
    if (isBlocked) return this.#fail(withExcerpt(this.#toBlocked(worker)));
    if (this.failure?.during !== "blocked") return;
    this.#options.log.state = "running";
    this.#options.onEvent({ type: "unblocked" });
  }

  #toBlocked({ exchanges, definition }: ApplicationWorker): Failure {
    const seconds = this.#options.blockedAfter / 1_000;
    const requests = exchanges.slice(0, 5).map(({ recording }) =>
      `${recording.method} ${recording.target}`
    );
    const since = requests.length === 0
      ? "while it was loading"
      : `while it was working on ${requests.join(", ")}`;
    const message =
      `The application has not let go of its thread for ${seconds} s, ${since}`;
    return {
      error: {
        name: "Blocked",
        message,
        frames: definition ? [definition] : [],
      },
      during: "blocked",
      hint: "look for an endless loop; saving a file ends it",
    };
  }

  onFiles(paths: readonly string[]): void {
    const isSystem = /^\/(?:proc|sys|dev|etc)\//;
    this.#watcher.add(
      paths.filter((path) =>
        !isSystem.test(path) && !isOwnFile(toModuleUrl(path))
      ),
    );
  }

  onRequestOver(recording: Recording): void {
    this.#options.onRequestOver(recording);
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

  /** Ends the application. */
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

/**
 * {@linkcode DevelopmentServer}: an HTTP server in front of a worker that runs the
 * application.
 *
 * @module
 */

import { toFilePath } from "../cli/load_module.ts";
import type { AccessRecord } from "../gateway/access_record.ts";
import { makeHttpServer } from "../server/make_server.ts";
import type { WsgiServer } from "../server/types.ts";
import type { Application, Environ } from "../wsgi/types.ts";
import { AccessGuard } from "./access_guard.ts";
import { Checker } from "./check/checker.ts";
import type { RecordedRequest } from "./conversation.ts";
import { ConversationLog } from "./conversation_log.ts";
import type { DevServerOptions } from "./dev_options.ts";
import { exchangeOf } from "./front/exchange.ts";
import { Front } from "./front/front.ts";
import { FrontLog } from "./front/front_log.ts";
import { FrontProtocol } from "./front/received.ts";
import { replayRequest } from "./front/replay.ts";
import { Supervisor, type SupervisorEvent } from "./front/supervisor.ts";
import type { InspectorOptions } from "./inspector_options.ts";
import { wantsColor } from "./terminal/paint.ts";
import { Reporter } from "./terminal/reporter.ts";

/** A running development server. */
export interface DevServer extends WsgiServer {
  /** The URL of the inspector; `undefined` if its pages are off. */
  readonly inspectorUrl: string | undefined;
  /** The number of requests whose response is incomplete. */
  readonly running: number;
  /** Resolves when the application has been loaded, or has failed to load. */
  readonly settled: Promise<void>;
}

const BLOCKED_AFTER_MS = 10_000;

/** A development server. */
export class DevelopmentServer implements DevServer {
  readonly #server: WsgiServer;
  readonly #supervisor: Supervisor;
  readonly #front: Front;
  readonly #guard: AccessGuard;
  readonly #log = new ConversationLog();
  readonly #reporter: Reporter;
  readonly #checker: Checker;
  readonly #wantsCheck: boolean;
  #protocol: FrontProtocol | undefined;
  #stopped: Promise<void> | undefined;

  /**
   * Starts to listen, and starts the application.
   *
   * @param options The options, already checked.
   * @param createInspector Creates the inspector.
   */
  constructor(
    options: DevServerOptions,
    createInspector: (options: InspectorOptions) => Application,
  ) {
    const { module, hostname = "127.0.0.1", port = 8000 } = options;
    const { allowHosts = [], check = false, path, write, signal } = options;
    const application = module instanceof URL ? module.href : module;
    const name = application === "" ? "the demo application" : application;
    const log = this.#log;
    const isUnixSocket = path !== undefined;
    this.#guard = new AccessGuard({ hostname, isUnixSocket, allowHosts });
    this.#wantsCheck = check;
    this.#reporter = new Reporter({
      form: options.log ?? "dev",
      hasColor: write === undefined && wantsColor(),
      name,
      linkTo: (rule) => `${this.inspectorUrl ?? "/__wsgi__/"}rules/${rule}`,
      inspectorUrl: () => this.inspectorUrl,
      write,
    });
    this.#checker = new Checker(
      application,
      log,
      (outcome, isFirst) => this.#reporter.onCheck(outcome, isFirst),
    );
    const inspector = createInspector({
      log,
      guard: this.#guard,
      module: name,
      replay: (request) => this.#replay(request),
      source: (file) => this.#readSource(file),
      check: () => this.#checker.run(),
    });
    this.#front = new Front({
      supervisor: () => this.#supervisor,
      log,
      guard: this.#guard,
      inspector,
      onReport: (...args) => this.#reporter.onReport(...args),
    });
    this.#server = this.#listen(hostname, port, options);
    this.#supervisor = new Supervisor({
      application,
      log,
      checks: { profile: options.profile, rules: options.rules },
      hasInspector: this.#guard.isOn,
      isUnixSocket,
      blockedAfter: options.blockedAfter ?? BLOCKED_AFTER_MS,
      onEvent: (event) => this.#onEvent(event),
      answer: (...args) => this.#front.answer(...args),
    });
    this.#server.serveForever();
    const stop = (): void => void this.shutdown();
    signal?.addEventListener("abort", stop, { once: true });
    this.finished.then(() => signal?.removeEventListener("abort", stop));
  }

  #listen(
    hostname: string,
    port: number,
    options: DevServerOptions,
  ): WsgiServer {
    const { cert, key, path, mode, signal, shutdownTimeout } = options;
    const { headersTimeout, keepAliveTimeout, requestTimeout } = options;
    const { maxHeaderSize, maxRequestBodySize } = options;
    const log = new FrontLog((record, environ) => this.#onEnd(record, environ));
    return makeHttpServer(
      hostname,
      port,
      this.#front.app,
      {
        cert,
        key,
        path,
        mode,
        signal,
        shutdownTimeout,
        headersTimeout,
        keepAliveTimeout,
        requestTimeout,
        maxHeaderSize,
        maxRequestBodySize,
      },
      {
        log,
        createProtocol: (...args) =>
          this.#protocol = new FrontProtocol(...args),
      },
    );
  }

  get hostname(): string {
    return this.#server.hostname;
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return this.#server.url;
  }

  get finished(): Promise<void> {
    return this.#server.finished;
  }

  get inspectorUrl(): string | undefined {
    return this.#guard.isOn ? `${this.url}__wsgi__/` : undefined;
  }

  get running(): number {
    return this.#front.running;
  }

  get settled(): Promise<void> {
    return this.#supervisor.settled;
  }

  #onEvent(event: SupervisorEvent): void {
    this.#reporter.onSupervisorEvent(event);
    if (event.type === "loaded" && this.#wantsCheck) void this.#checker.run();
  }

  #onEnd(record: AccessRecord, environ: Environ | undefined): void {
    if (environ !== undefined) this.#front.finishResponse(record, environ);
    else this.#reporter.onRefused(record);
  }

  async #replay(request: RecordedRequest): Promise<number> {
    const time = new Date();
    const end = await replayRequest(request, this.#front.app, this.#protocol!);
    const { environ, status, bytesSent, duration } = end;
    const exchange = exchangeOf(environ);
    if (exchange === undefined) {
      throw new Error(
        "Cannot send the request again: it is for a page of the development server",
      );
    }
    const { method, target, protocol } = request;
    this.#front.finishResponse({
      time,
      method,
      target,
      protocol,
      status,
      bytesSent,
      duration,
      clientLeft: false,
      remoteAddress: undefined,
      remoteUser: undefined,
      referer: undefined,
      userAgent: undefined,
    }, environ);
    return exchange.recording.id;
  }

  async #readSource(file: string): Promise<string | undefined> {
    const path = toFilePath(file);
    if (!this.#supervisor.modules.has(path)) return undefined;
    try {
      return await Deno.readTextFile(path);
    } catch {
      return undefined;
    }
  }

  serveForever(): Promise<void> {
    return this.#server.serveForever();
  }

  handleRequest(): Promise<void> {
    return this.#server.handleRequest();
  }

  shutdown(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#front.stop();
    this.#checker.stop();
    await this.#server.shutdown();
    await this.#supervisor.close();
    this.#reporter.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

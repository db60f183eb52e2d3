/**
 * {@linkcode Front}: the application of the development server's own server. It
 * forwards requests to the worker, and answers those that the worker cannot.
 *
 * @module
 */

import type { AccessRecord } from "../../gateway/access_record.ts";
import type {
  Application,
  Environ,
  ResponseBody,
  StartResponse,
} from "../../wsgi/types.ts";
import type { Failure } from "../application_state.ts";
import type { ConversationLog } from "../conversation_log.ts";
import { RELOAD_PATH } from "../reload_script.ts";
import { EnvironCollector } from "../wire/environ_strings.ts";
import type { AccessGuard } from "../access_guard.ts";
import { Exchange, exchangeOf } from "./exchange.ts";
import {
  type OwnResponse,
  toFailureResponse,
  toText,
} from "./failure_response.ts";
import { Interrupter } from "./interrupter.ts";
import { Recording } from "./recording.ts";
import { reloadStream } from "./reload_stream.ts";
import { type OnReport, RequestEnd } from "./request_end.ts";
import type { Supervisor } from "./supervisor.ts";

/** The path of the pages of the development server. */
const PAGES = "/__wsgi__";

/** The parts that a {@linkcode Front} connects. */
export interface FrontOptions {
  readonly supervisor: () => Supervisor;
  readonly log: ConversationLog;
  readonly guard: AccessGuard;
  readonly inspector: Application;
  readonly onReport: OnReport;
}

function isPage(path: string): boolean {
  return path === PAGES || path.startsWith(`${PAGES}/`);
}

/** Answers all requests of the development server. */
export class Front {
  readonly #options: FrontOptions;
  readonly #inspector: Application;
  readonly #interrupter = new Interrupter();
  readonly #environs = new EnvironCollector();
  #running = 0;

  /**
   * @param options The parts to connect.
   */
  constructor(options: FrontOptions) {
    this.#options = options;
    this.#inspector = this.#interrupter.wrap(options.inspector);
  }

  /** The application, for a server with a `FrontProtocol`. */
  readonly app: Application = (environ, startResponse) => {
    const path = `${environ.SCRIPT_NAME ?? ""}${environ.PATH_INFO ?? ""}`;
    return this.#options.guard.isOn && isPage(path)
      ? this.#showPage(path, environ, startResponse)
      : this.#forward(environ, startResponse);
  };

  /** The number of requests whose response is incomplete. */
  get running(): number {
    return this.#running;
  }

  /** Ends the streams of the development server's own pages. */
  stop(): void {
    this.#interrupter.stop();
  }

  // The pages of the development server ---------------------------------------

  #showPage(
    path: string,
    environ: Environ,
    startResponse: StartResponse,
  ): ResponseBody | Promise<ResponseBody> {
    return path === RELOAD_PATH
      ? this.#sendReload(environ, startResponse)
      : this.#inspector(environ, startResponse);
  }

  #sendReload(
    environ: Environ,
    startResponse: StartResponse,
  ): ResponseBody | Promise<ResponseBody> {
    const { guard, log } = this.#options;
    const refusal = guard.refusal(environ, "resource");
    if (refusal !== undefined) {
      const { status, headers, body } = toText("403 Forbidden", refusal);
      startResponse(status, headers);
      return [body];
    }
    const supervisor = this.#options.supervisor();
    const query = new URLSearchParams(environ.QUERY_STRING);
    const app: Application = (_environ, start) => {
      start("200 OK", [
        ["Content-Type", "text/event-stream"],
        ["Cache-Control", "no-store"],
      ]);
      return reloadStream(
        log,
        () => supervisor.generation !== query.get("generation"),
      );
    };
    return this.#interrupter.wrap(app)(environ, startResponse);
  }

  // The application -----------------------------------------------------------

  #forward(
    environ: Environ,
    startResponse: StartResponse,
  ): Promise<ResponseBody> {
    const { log, onReport, supervisor } = this.#options;
    const strings = this.#environs.collect(environ);
    const recording = new Recording(environ, strings, log);
    const end = new RequestEnd(recording, onReport);
    const exchange = new Exchange(environ, startResponse, recording, end);
    this.#running++;
    if (supervisor().worker === undefined) void this.#await(exchange);
    else this.#pass(exchange);
    return exchange.response;
  }

  /** Waits until the application has been loaded, or has failed. */
  async #await(exchange: Exchange): Promise<void> {
    await this.#options.supervisor().settled;
    this.#pass(exchange);
  }

  #pass(exchange: Exchange): void {
    if (exchange.isCancelled) return;
    const { worker, failure } = this.#options.supervisor();
    if (failure !== undefined) {
      return exchange.fail("cut", () => this.answer(exchange, failure));
    }
    // Another reload may have started in the meantime.
    if (worker === undefined) return void this.#await(exchange);
    worker.forward(exchange, this.#showsDetails(exchange.environ));
  }

  /** Source code is shown to this machine, and to hosts that the user allows. */
  #showsDetails(environ: Environ): boolean {
    const { guard } = this.#options;
    return guard.isOn && guard.mayShowSource(environ);
  }

  /**
   * Answers a request that the application cannot answer.
   *
   * @param exchange The request.
   * @param failure The reason.
   * @returns The answer.
   */
  answer({ environ, recording }: Exchange, failure: Failure): OwnResponse {
    const { guard, supervisor } = this.#options;
    recording.addError(failure.error);
    return toFailureResponse(failure, {
      environ,
      showsDetails: this.#showsDetails(environ),
      hasPages: guard.isOn && guard.refusal(environ, "page") === undefined,
      generation: supervisor().generation,
    });
  }

  /**
   * Reports that the server has sent a response.
   *
   * @param record The record for the access log.
   * @param environ The environ of the request.
   */
  finishResponse(record: AccessRecord, environ: Environ): void {
    const exchange = exchangeOf(environ);
    // The pages of the development server are not logged.
    if (exchange === undefined) return;
    this.#running--;
    exchange.end.finishResponse(record);
  }
}

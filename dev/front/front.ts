/**
 * {@linkcode Front}: the application of the development server's own server. It
 * passes requests on to the worker, and answers where the worker cannot.
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
import type { AccessGuard } from "./access_guard.ts";
import { Exchange, type OwnResponse } from "./exchange.ts";
import { toFailureResponse, toText } from "./failure_response.ts";
import { Interrupter } from "./interruptible.ts";
import { Recording } from "./recording.ts";
import { reloadStream } from "./reload_stream.ts";
import type { Supervisor } from "./supervisor.ts";

/** The path below which the pages of the development server are. */
const PAGES = "/__wsgi__";

/**
 * Called when a response was sent; once more if the application has gone on and
 * done something notable afterwards.
 */
export type OnRecorded = (
  recording: Recording,
  record: AccessRecord,
  isFirst: boolean,
) => void;

/** What a front works with. */
export interface FrontOptions {
  readonly supervisor: () => Supervisor;
  readonly log: ConversationLog;
  readonly guard: AccessGuard;
  /** The inspector, if there is one. */
  readonly inspector: Application | undefined;
  readonly onRecorded: OnRecorded;
}

/** How far a request has come. */
interface Progress {
  readonly recording: Recording;
  /** Whether the worker may still record something. */
  isRecorded: boolean;
  record: AccessRecord | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  isReported: boolean;
}

/** How long the line of a request waits for an application that goes on. */
const LINE_DELAY_MS = 250;

function isPage(path: string): boolean {
  return path === PAGES || path.startsWith(`${PAGES}/`);
}

/** Answers all requests of the development server. */
export class Front {
  readonly #options: FrontOptions;
  readonly #pages: Application | undefined;
  readonly #interrupter = new Interrupter();
  readonly #byEnviron = new WeakMap<Environ, Progress>();
  readonly #byRecording = new Map<Recording, Progress>();

  /**
   * @param options What to work with.
   */
  constructor(options: FrontOptions) {
    this.#options = options;
    const { inspector } = options;
    this.#pages = inspector && this.#interrupter.wrap(inspector);
  }

  /** The application, for a server of this package. */
  readonly app: Application = (environ, startResponse) => {
    const path = `${environ.SCRIPT_NAME ?? ""}${environ.PATH_INFO ?? ""}`;
    return this.#options.guard.isOn && isPage(path)
      ? this.#showPage(path, environ, startResponse)
      : this.#forward(environ, startResponse);
  };

  /** How many requests the application is working on. */
  get running(): number {
    return [...this.#byRecording.values()]
      .filter(({ record }) => record === undefined).length;
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
    const refusal = this.#options.guard.refusal(environ);
    if (refusal !== undefined) {
      return sendOwn(
        toText(
          "403 Forbidden",
          `Cannot show this page: ${refusal}. Start the development server with --allow-host NAME to allow a host.`,
        ),
        startResponse,
      );
    }
    if (path === RELOAD_PATH) return this.#sendReload(environ, startResponse);
    return this.#pages?.(environ, startResponse) ??
      sendOwn(toText("404 Not Found", "There is no such page."), startResponse);
  }

  #sendReload(
    environ: Environ,
    startResponse: StartResponse,
  ): ResponseBody | Promise<ResponseBody> {
    const supervisor = this.#options.supervisor();
    const query = new URLSearchParams(environ.QUERY_STRING);
    const app: Application = (_environ, start) => {
      start("200 OK", [
        ["Content-Type", "text/event-stream"],
        ["Cache-Control", "no-store"],
      ]);
      return reloadStream(
        this.#options.log,
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
    const recording = new Recording(environ, this.#options.log);
    const progress: Progress = {
      recording,
      isRecorded: true,
      record: undefined,
      timer: undefined,
      isReported: false,
    };
    this.#byEnviron.set(environ, progress);
    this.#byRecording.set(recording, progress);
    const exchange = new Exchange(environ, startResponse, recording);
    const { worker } = this.#options.supervisor();
    if (worker === undefined) this.#await(exchange, progress);
    else this.#pass(exchange, progress);
    return exchange.response;
  }

  /** Waits until the application is loaded. */
  async #await(exchange: Exchange, progress: Progress): Promise<void> {
    await this.#options.supervisor().settled;
    this.#pass(exchange, progress);
  }

  #pass(exchange: Exchange, progress: Progress): void {
    if (exchange.isCancelled) return;
    const { worker, failure } = this.#options.supervisor();
    if (failure !== undefined) {
      return exchange.fail("cut", () => this.answer(exchange, failure));
    }
    // It was saved once more in the meantime.
    if (worker === undefined) return void this.#await(exchange, progress);
    progress.isRecorded = false;
    worker.forward(exchange, this.#showsDetails(exchange.environ));
  }

  /** Source lines are for this machine, and for those whom the user allows. */
  #showsDetails(environ: Environ): boolean {
    const { guard } = this.#options;
    return guard.isOn && guard.mayShowSource(environ);
  }

  /**
   * Answers a request that the application does not answer.
   *
   * @param exchange The request.
   * @param failure Why.
   * @returns The answer.
   */
  answer(
    { environ, recording }: Exchange,
    failure: Failure,
  ): OwnResponse {
    const { supervisor, guard } = this.#options;
    const { error } = failure;
    // The terminal has shown it when it happened.
    recording.add({ type: "error", error, time: recording.elapsed });
    return toFailureResponse(failure, {
      environ,
      showsDetails: this.#showsDetails(environ),
      hasPages: guard.isOn && guard.refusal(environ) === undefined,
      generation: supervisor().generation,
    });
  }

  // The end of a request ------------------------------------------------------

  /**
   * Returns what was recorded of a request.
   *
   * @param environ The environ of the request.
   * @returns The recording; nothing if it was for a page of the server's own.
   */
  recordingOf(environ: Environ): Recording | undefined {
    return this.#byEnviron.get(environ)?.recording;
  }

  /**
   * Takes note that the server has sent a response.
   *
   * @param record What is known of it.
   * @param environ Its environ, if it got one.
   */
  onEnd(record: AccessRecord, environ: Environ): void {
    const progress = this.#byEnviron.get(environ);
    if (progress === undefined) return;
    progress.record = record;
    progress.recording.finish(record);
    if (progress.isRecorded) return this.#settle(progress);
    progress.timer = setTimeout(() => this.#report(progress), LINE_DELAY_MS);
  }

  /**
   * Takes note that the application has let go of a request.
   *
   * @param recording The request.
   */
  onRequestOver(recording: Recording): void {
    const progress = this.#byRecording.get(recording);
    if (progress === undefined) return;
    progress.isRecorded = true;
    if (progress.record !== undefined) this.#settle(progress);
  }

  #settle(progress: Progress): void {
    clearTimeout(progress.timer);
    this.#byRecording.delete(progress.recording);
    this.#report(progress);
  }

  #report(progress: Progress): void {
    const { recording, record, isReported } = progress;
    if (record === undefined) return;
    progress.isReported = true;
    if (isReported && recording.notable.length === 0) return;
    this.#options.onRecorded(recording, record, !isReported);
  }
}

function sendOwn(
  { status, headers, body }: OwnResponse,
  startResponse: StartResponse,
): ResponseBody {
  startResponse(status, headers);
  return [body];
}

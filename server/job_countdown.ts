/**
 * {@linkcode JobCountdown}: waits a few promise jobs.
 *
 * @module
 */

/**
 * The number of promise jobs that the next chunk of a body has after a write. An
 * async generator needs three if it does not wait for the event loop, so its
 * chunks are gathered like those of a sync generator.
 */
const MAX_JOBS = 8;

const RESOLVED = Promise.resolve();

/** Calls a function after a few promise jobs, unless it is stopped before. */
export class JobCountdown {
  readonly #onOver: () => void;
  /** The number of jobs until the end. */
  #jobs = 0;
  readonly #onJob = (): void => this.#count();

  /**
   * Creates a countdown that is not running.
   *
   * @param onOver Called at the end.
   */
  constructor(onOver: () => void) {
    this.#onOver = onOver;
  }

  /** Whether the end has not been reached. */
  get isRunning(): boolean {
    return this.#jobs > 0;
  }

  /** Starts from the beginning. It must not be running. */
  start(): void {
    this.#jobs = MAX_JOBS;
    RESOLVED.then(this.#onJob);
  }

  /** Stops without calling the function. */
  stop(): void {
    this.#jobs = 0;
  }

  #count(): void {
    if (this.#jobs === 0) return;
    if (--this.#jobs > 0) RESOLVED.then(this.#onJob);
    else this.#onOver();
  }
}

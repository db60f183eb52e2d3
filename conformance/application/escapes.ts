/**
 * Errors that reach nobody: rejections that no program has handled, and what a
 * timer throws.
 *
 * @module
 */

/** What this file needs of the two events. */
interface EscapeEvent extends Event {
  readonly reason?: unknown;
  readonly error?: unknown;
}

const TYPES = ["unhandledrejection", "error"] as const;

/**
 * Watches for errors that escape while it lives. They end no process then. A
 * runtime without these events is not watched.
 */
export class Escapes implements Disposable {
  readonly #found: unknown[] = [];
  readonly #listener = (event: Event): void => {
    event.preventDefault();
    const { reason, error } = event as EscapeEvent;
    this.#found.push(event.type === "error" ? error : reason);
  };

  constructor() {
    for (const type of TYPES) {
      globalThis.addEventListener?.(type, this.#listener);
    }
  }

  /** Gives what has escaped since the last call. */
  take(): unknown[] {
    return this.#found.splice(0);
  }

  [Symbol.dispose](): void {
    for (const type of TYPES) {
      globalThis.removeEventListener?.(type, this.#listener);
    }
  }
}

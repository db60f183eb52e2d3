/**
 * {@linkcode MessageQueue}: messages that leave together.
 *
 * @module
 */

/** Smaller buffers cost less to copy than to transfer. */
const MIN_TRANSFERRED = 8_192;

/**
 * So many messages leave at once: with more of them, one thread would wait while
 * the other one works.
 */
const MAX_GATHERED = 16;

/** Anything that messages can be posted to. */
export interface Target {
  /** Sends a message to the other side. */
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/**
 * Gathers messages until the current job is done, and sends them as one array:
 * waking a thread costs more than all that a message carries.
 */
export class MessageQueue<Message extends readonly unknown[]> {
  readonly #target: Target;
  #waiting: Message[] = [];
  #transfer: Transferable[] = [];
  #isScheduled = false;
  readonly #onTurn = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  /**
   * @param target Where the messages go.
   */
  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * Adds a message.
   *
   * @param message The message.
   * @param bytes Bytes in the message that belong to it alone: they may be
   * transferred, and must not be used afterwards.
   */
  add(message: Message, bytes?: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(message);
    if (bytes !== undefined && bytes.byteLength >= MIN_TRANSFERRED) {
      this.#transfer.push(bytes.buffer);
    }
    if (this.#waiting.length >= MAX_GATHERED) return this.flush();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Jobs that wait already, such as those of other connections, come first.
    queueMicrotask(() => queueMicrotask(this.#onTurn));
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const messages = this.#waiting;
    const transfer = this.#transfer;
    this.#waiting = [];
    this.#transfer = [];
    this.#target.postMessage(messages, transfer);
  }
}

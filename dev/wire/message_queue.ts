/**
 * {@linkcode MessageQueue}: sends several messages to a thread at once.
 *
 * @module
 */

/** Smaller buffers are cheaper to copy than to transfer, in bytes. */
const MIN_TRANSFERRED = 8_192;

/**
 * The maximum number of messages that are sent at once. With more of them, one
 * thread is idle while the other works; with fewer, it has to be woken more
 * often.
 */
const MAX_GATHERED = 8;

/** A destination of messages, such as a `MessagePort`. */
export interface Target {
  /** Sends a message. */
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/**
 * Collects messages until the end of the current job, and sends them as one
 * array: it costs more to wake a thread than to send a message.
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
   * @param target The destination.
   */
  constructor(target: Target) {
    this.#target = target;
  }

  /**
   * Adds a message.
   *
   * @param message The message.
   * @param bytes Bytes in the message that may be transferred. They must not be
   * used afterwards.
   */
  add(message: Message, bytes?: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(message);
    if (bytes !== undefined && bytes.byteLength >= MIN_TRANSFERRED) {
      this.#transfer.push(bytes.buffer);
    }
    if (this.#waiting.length >= MAX_GATHERED) return this.flush();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Jobs that are already waiting, such as those of other connections, may add
    // further messages.
    queueMicrotask(() => queueMicrotask(this.#onTurn));
  }

  /**
   * Replaces a message.
   *
   * @param message The same array that `add()` got.
   * @param other The message to send instead, with the same transferred bytes.
   * @returns Whether the message was still waiting.
   */
  replace(message: Message, other: Message): boolean {
    const index = this.#waiting.lastIndexOf(message);
    if (index === -1) return false;
    this.#waiting[index] = other;
    return true;
  }

  /** Sends the waiting messages now. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const messages = this.#waiting;
    const transfer = this.#transfer;
    this.#waiting = [];
    this.#transfer = [];
    this.#target.postMessage(messages, transfer);
  }
}

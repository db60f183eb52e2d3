/** Transports that accept chunks at any pace, and detect those sent too early. */

import { Gate } from "../../gateway/gate.ts";
import {
  PlainTransport,
  RecordingTransport,
  RespondingTransport,
} from "./recording_transport.ts";

/** Detects chunks of the body that are sent before it accepts them. */
class PacedTransport extends RecordingTransport {
  /** The number of chunks of write(), for which the application need not wait. */
  readonly #unpaced: number;
  /** The square root of the jobs that each chunk takes. */
  readonly #delay: () => number;
  #count = 0;
  #isWaiting = false;

  constructor(unpaced: number, delay: () => number) {
    super();
    this.#unpaced = unpaced;
    this.#delay = delay;
  }

  override write(chunk: Uint8Array): void | PromiseLike<void> {
    if (this.#isWaiting && this.#count >= this.#unpaced) {
      this.faults.push("write while busy");
    }
    this.#count++;
    this.#isWaiting = true;
    super.write(chunk);
  }

  /** Calls a function when the chunk is accepted. */
  protected take(call: () => void): void {
    const delay = this.#delay();
    later(delay * delay, () => {
      this.#isWaiting = false;
      call();
    });
  }
}

/** Returns promises that resolve by themselves, or `undefined`. */
class PromisingTransport extends PacedTransport {
  override write(chunk: Uint8Array): void | Promise<void> {
    super.write(chunk);
    const { promise, resolve } = Promise.withResolvers<void>();
    let isTaken = false;
    this.take(() => {
      isTaken = true;
      resolve();
    });
    if (!isTaken) return promise;
  }
}

/** Returns one gate again and again, which opens at once, soon, or late. */
class GatedTransport extends PacedTransport {
  readonly #gate = new Gate();

  override write(chunk: Uint8Array): PromiseLike<void> {
    super.write(chunk);
    this.#gate.close();
    this.take(() => this.#gate.open());
    return this.#gate;
  }
}

/** Calls a function after some jobs. */
function later(jobs: number, call: () => void): void {
  if (jobs === 0) call();
  else queueMicrotask(() => later(jobs - 1, call));
}

/** Creates a transport of each kind. The first `unpaced` chunks don't wait. */
export function transportsOf(
  unpaced: number,
  delays: readonly number[],
): RecordingTransport[] {
  let turn = 0;
  const delay = (): number => delays[turn++ % delays.length] ?? 0;
  return [
    new RecordingTransport(),
    new RespondingTransport(),
    new PlainTransport(),
    new PromisingTransport(unpaced, delay),
    new GatedTransport(unpaced, delay),
  ];
}

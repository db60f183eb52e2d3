/**
 * Listens to what an application in another process tells.
 *
 * @module
 */

import type { Violation } from "../validator/violation.ts";
import type { Listener } from "./probe.ts";

/** What `remoteProbe()` sends. */
interface Message {
  readonly run: string;
  readonly event?: string;
  readonly value?: unknown;
  readonly gate?: string;
  readonly violation?: Violation;
}

/** A listener on 127.0.0.1, opened when it is needed. */
export class Collector implements AsyncDisposable {
  readonly #listener: Listener;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;

  /** @param listener Where it goes. */
  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Opens it, if it is not open. Gives its address. */
  listen(): string {
    this.#server ??= Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
    }, async (request) => {
      const message: Message = await request.json();
      await this.#take(message);
      return new Response();
    });
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.shutdown();
  }

  async #take({ run, event, value, gate, violation }: Message): Promise<void> {
    if (event !== undefined) await this.#listener.tell(run, event, value);
    if (violation !== undefined) this.#listener.violation(run, violation);
    if (gate !== undefined) await this.#listener.gate(run, gate);
  }
}

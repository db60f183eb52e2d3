/**
 * The process of one contender.
 *
 * @module
 */

import { ask } from "../tests/raw_client.ts";
import type { Contender } from "./contenders.ts";
import { requestOf, type Scenario } from "./scenarios.ts";

/** The time limit for a program to listen, in milliseconds. */
const START = 15_000;

/** The running processes. */
const running = new Set<Deno.ChildProcess>();

/**
 * Ends all contenders if the harness is ended by a signal.
 *
 * @param cleanUp Further work to do then.
 */
export function endWithContenders(cleanUp: () => void = () => {}): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      // Not SIGKILL, because the workers of gunicorn would keep running.
      for (const child of running) child.kill("SIGTERM");
      cleanUp();
      Deno.exit(1);
    });
  }
}

/** A running contender. It is ended at the end of its scope. */
export class Serving implements AsyncDisposable {
  /** The port on this machine. */
  readonly port: number;
  readonly #child: Deno.ChildProcess;
  #hasEnded = false;

  private constructor(child: Deno.ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    running.add(child);
    child.status.then(() => {
      this.#hasEnded = true;
      running.delete(child);
    });
  }

  /**
   * Starts a contender and waits until it listens.
   *
   * @param contender The contender.
   * @param scenario The scenario that it serves.
   * @param file The file that the scenario `file` sends.
   * @throws {Error} If it ends early, or does not listen in time.
   */
  static async start(
    contender: Contender,
    scenario: Scenario,
    file: string,
  ): Promise<Serving> {
    const port = freePort();
    const [program = "", ...args] = contender.command;
    const child = new Deno.Command(program, {
      args: [...args, scenario.id, String(port), file],
      env: { ...contender.env },
      stdin: "null",
      stdout: "null",
      stderr: Deno.env.has("BENCH_VERBOSE") ? "inherit" : "null",
    }).spawn();
    const serving = new Serving(child, port);
    try {
      await serving.#listening(contender.id);
    } catch (error) {
      await serving[Symbol.asyncDispose]();
      throw error;
    }
    return serving;
  }

  /** The id of the process. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Sends one request and checks the response.
   *
   * @returns The problem; `""` if there is none.
   */
  async wrongAnswer(scenario: Scenario): Promise<string> {
    const { head, body, complete } = await ask(
      this,
      requestOf(scenario, this.port),
    );
    const answer = scenario.answer(this.port);
    const length = scenario.hasLength ? String(answer.length) : undefined;
    if (head.status !== 200) return `the status is ${head.status}`;
    if (head.get("content-type") !== scenario.type) {
      return `Content-Type is ${head.get("content-type")}`;
    }
    if (head.get("content-length") !== length) {
      return `Content-Length is ${head.get("content-length")}, not ${length}`;
    }
    if (!complete) return "the response is incomplete";
    if (body === answer) return "";
    return `the body of ${body.length} bytes is not that of ${answer.length}` +
      (body.length < 1000 ? `: ${body}, not ${answer}` : "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    // gunicorn must end its workers itself.
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 3000);
    await this.#child.status;
    clearTimeout(timer);
  }

  async #listening(id: string): Promise<void> {
    const deadline = performance.now() + START;
    for (;;) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port: this.port }))
          .close();
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      }
      if (this.#hasEnded) {
        throw new Error(
          `${id} ended at its start; run with BENCH_VERBOSE=1 to see why`,
        );
      }
      if (performance.now() > deadline) {
        throw new Error(`${id} does not listen`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Returns a free port. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

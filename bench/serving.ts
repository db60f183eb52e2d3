/**
 * The process of one contender.
 *
 * @module
 */

import { ask } from "../conformance/raw_client.ts";
import type { Contender } from "./contenders.ts";
import { requestOf, type Scenario } from "./scenarios.ts";

/** How long a program may take until it listens, in milliseconds. */
const START = 15_000;

/** What runs at this moment. */
const running = new Set<Deno.ChildProcess>();

/**
 * Lets no contender outlive a harness that is told to end.
 *
 * @param cleanUp What else is to be done then.
 */
export function endWithContenders(cleanUp: () => void = () => {}): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      // Not SIGKILL: the workers of gunicorn would outlive it.
      for (const child of running) child.kill("SIGTERM");
      cleanUp();
      Deno.exit(1);
    });
  }
}

/** A contender that serves a scenario. At the end of its scope it is killed. */
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
   * @param scenario What it shall serve.
   * @param file The file that the scenario `file` sends.
   * @throws {Error} If it ends before, or does not listen in time.
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

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Asks once and looks at the answer.
   *
   * @returns What is wrong with it; `""` if nothing is.
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
    if (!complete) return "the answer breaks off";
    if (body === answer) return "";
    return `the body of ${body.length} bytes is not that of ${answer.length}` +
      (body.length < 1000 ? `: ${body}, not ${answer}` : "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    // gunicorn has to end its workers itself.
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
        throw new Error(`${id} ended at its start; BENCH_VERBOSE=1 shows why`);
      }
      if (performance.now() > deadline) {
        throw new Error(`${id} does not listen`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** A port that nobody listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

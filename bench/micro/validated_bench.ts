/**
 * Measures the cost of the validator for one request without a socket, compared
 * with the same request without the validator: a plain request, and one with
 * the headers of a browser. The cost is the difference between the two lines of
 * a group. `--alternate` runs both in turn and prints the difference of their
 * best rounds, which a busy machine affects less:
 *
 *     deno run -A bench/micro/validated_bench.ts --alternate
 *
 * @module
 */

import { runApplication, type Transport } from "../../gateway/mod.ts";
import { EnvironTemplate } from "../../gateway/environ/environ_template.ts";
import { createRequestEnviron } from "../../gateway/environ/request_environ.ts";
import { RequestInput } from "../../gateway/input/input_stream.ts";
import { type Application, validator } from "../../mod.ts";
import { hello } from "../applications.ts";
import { SCENARIOS } from "../scenarios.ts";

const silent: Transport = {
  respond: () => {},
  sendHead: () => {},
  write: () => {},
  end: () => {},
  abort: () => {},
};

const { signal } = new AbortController();
const toSignal = (): AbortSignal => signal;
const host = "127.0.0.1:8000";
const target = { path: "/", query: "", uri: "/", authority: "" };

/**
 * Returns a function that runs a request with these headers, as makeServer
 * does.
 */
function toRequest(
  app: Application,
  headers: readonly string[],
): () => void {
  const template = new EnvironTemplate();
  return () => {
    const limits = {};
    const environ = createRequestEnviron(
      {
        method: "GET",
        target,
        protocol: "HTTP/1.1",
        scheme: "http",
        serverName: "127.0.0.1",
        serverPort: "8000",
        remoteAddress: "127.0.0.1",
        remotePort: "50000",
        isUnixSocket: false,
        host,
        headers,
        input: new RequestInput(() => null, limits),
        limits,
        signal: toSignal,
      },
      {},
      template,
    );
    runApplication(app, environ, silent);
  };
}

const browser = SCENARIOS.find(({ id }) => id === "browser")?.headers ?? [];
const REQUESTS: Readonly<Record<string, readonly string[]>> = {
  "plain": ["Host", host],
  "13 browser headers": ["Host", host, ...browser.flat()],
};

/** Returns the average nanoseconds of one run in a round. */
function measure(run: () => void): number {
  const runs = 20_000;
  const start = performance.now();
  for (let i = 0; i < runs; i++) run();
  return (performance.now() - start) * 1e6 / runs;
}

function alternate(runs: readonly (() => void)[]): number[] {
  const best = runs.map(() => Infinity);
  for (let round = 0; round < 100; round++) {
    for (const [i, run] of runs.entries()) {
      best[i] = Math.min(best[i]!, measure(run));
    }
  }
  return best;
}

for (const [name, headers] of Object.entries(REQUESTS)) {
  const bare = toRequest(hello, headers);
  const validated = toRequest(validator(hello), headers);
  if (Deno.args.includes("--alternate")) {
    const [without = 0, within = 0] = alternate([bare, validated]);
    // deno-lint-ignore no-console -- a program's output
    console.log(
      `${name}: ${without.toFixed(0)} ns, validated ${within.toFixed(0)} ns: ${
        (within - without).toFixed(0)
      } ns more`,
    );
  }
  Deno.bench(`${name}, unvalidated`, { group: name, baseline: true }, bare);
  Deno.bench(`${name}, validated`, { group: name }, validated);
}

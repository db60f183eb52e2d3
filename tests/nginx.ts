/** An nginx that runs beside a test, with the configuration of the examples. */

import { within } from "./raw_client.ts";
import { testsWith } from "./tool.ts";

const CONFIG = new URL("../examples/deploy/nginx_proxy.conf", import.meta.url);

/** Where Debian puts it is not on the path of every user. */
const FOLDERS = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin"];

function find(name: string): string | undefined {
  for (const folder of FOLDERS) {
    try {
      const path = `${folder}/${name}`;
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // It is not there.
    }
  }
  return undefined;
}

/** The program; `undefined` where it is not installed. */
export const nginx: string | undefined = find("nginx");

/** Registers a test that needs nginx. */
export function test(name: string, fn: () => Promise<void>): void {
  const missing = nginx === undefined
    ? " (ignored: nginx is not installed)"
    : "";
  testsWith(missing)(`nginx ${name}`, fn);
}

/** A port that nobody listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** What a test changes in the configuration: a text that is there, and another. */
export type Edits = readonly (readonly [from: string, to: string])[];

function edit(config: string, edits: Edits): string {
  for (const [from, to] of edits) {
    if (!config.includes(from)) {
      throw new Error(`Cannot edit the configuration: it has no "${from}"`);
    }
    config = config.replaceAll(from, to);
  }
  return config;
}

/** An nginx in front of a server. At the end of its scope it is stopped. */
export class Nginx implements AsyncDisposable {
  /** Where it listens. */
  readonly port: number;
  /** Where it listens for TLS, if an edit lets it. */
  readonly tlsPort: number;
  readonly #folder: string;
  readonly #child: Deno.ChildProcess;
  #log = "";
  readonly #logged: Promise<void>;
  readonly #ready = Promise.withResolvers<void>();

  private constructor(
    folder: string,
    child: Deno.ChildProcess,
    ports: readonly [port: number, tlsPort: number],
  ) {
    [this.port, this.tlsPort] = ports;
    this.#folder = folder;
    this.#child = child;
    this.#logged = this.#read();
  }

  /** Starts it. */
  static async start(
    upstream: { readonly port: number },
    edits: Edits = [],
  ): Promise<Nginx> {
    const ports = [freePort(), freePort()] as const;
    const config = edit(await Deno.readTextFile(CONFIG), [
      ...edits,
      ["127.0.0.1:8080", `127.0.0.1:${ports[0]}`],
      ["127.0.0.1:8443", `127.0.0.1:${ports[1]}`],
      ["127.0.0.1:8000", `127.0.0.1:${upstream.port}`],
      // So that it tells when it is ready.
      ["error_log stderr warn;", "error_log stderr notice;"],
    ]);
    const folder = await Deno.makeTempDir({ prefix: "nginx_test_" });
    // Started by root, its workers are somebody else.
    await Deno.chmod(folder, 0o755);
    const file = `${folder}/nginx.conf`;
    await Deno.writeTextFile(file, config);
    const child = new Deno.Command(nginx ?? "nginx", {
      args: ["-e", "stderr", "-p", folder, "-c", file],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const started = new Nginx(folder, child, ports);
    try {
      await within(started.#ready.promise, "the start of nginx");
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
    return started;
  }

  /** Keeps what it logs: where it does not start, it says why. */
  async #read(): Promise<void> {
    for await (
      const text of this.#child.stderr.pipeThrough(new TextDecoderStream())
    ) {
      this.#log += text;
      // The sockets are open before there are workers.
      if (this.#log.includes("start worker process")) this.#ready.resolve();
    }
    this.#ready.reject(new Error(`nginx has ended\n${this.#log}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ready.promise.catch(() => {});
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended by itself.
    }
    try {
      await within(this.#child.status, "the end of nginx");
    } catch {
      this.#child.kill("SIGKILL");
      await this.#child.status;
    }
    await this.#logged;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

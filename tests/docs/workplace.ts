/**
 * An empty folder next to a stand-in for the clone, where the recipes of
 * `docs/deploy*.md` are followed.
 */

import { fromFileUrl } from "@std/path";
import { npmProgram } from "../../tools/matrix/npm_program.ts";
import type { Recipe, Talk } from "./recipes.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** The limits of a server that starts, and of commands that end. */
const DEADLINE_MS = 20_000;
const COMMAND_MS = 120_000;

/** The time between two attempts to reach a server that starts. */
const PAUSE_MS = 50;

/** The number of characters of output that an error shows. */
const SHOWN = 2000;

/** The ports of the pages, which other programs may use. */
const PORTS: readonly string[] = ["8000", "8080", "4000", "3031"];

function replaceWords(
  text: string,
  from: readonly string[],
  to: readonly string[],
): string {
  const words = new RegExp(`\\b(?:${from.join("|")})\\b`, "g");
  return text.replace(words, (word) => to[from.indexOf(word)] ?? word);
}

/** Finds free ports of four digits, so that a Content-Length stays the same. */
function findPorts(): string[] {
  const free = new Set<string>();
  while (free.size < PORTS.length) {
    const port = 2000 + Math.floor(Math.random() * 7900);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      free.add(`${port}`);
    } catch {
      // It is in use.
    }
  }
  return [...free];
}

/** Ends a process and all that it has started. */
function end(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch {
    // They have ended by themselves.
  }
}

/** The folders. At the end of their scope they are removed. */
export class Workplace implements AsyncDisposable {
  /** The empty folder. */
  readonly folder: string;
  readonly #parent: string;
  readonly #ports = findPorts();
  readonly #terminals: Deno.ChildProcess[] = [];

  private constructor(parent: string) {
    this.#parent = parent;
    this.folder = `${parent}/hello`;
  }

  /** Creates the folders. `npx` will find the programs, which come from npm. */
  static async create(programs: readonly string[] = []): Promise<Workplace> {
    const parent = await Deno.makeTempDir({ prefix: "wsgiref_recipe_" });
    // Servers that root starts run as another user.
    await Deno.chmod(parent, 0o755);
    const place = new Workplace(parent);
    await Deno.mkdir(place.folder);
    await place.#standIn();
    // npx looks into the folders above before it installs anything.
    const bin = `${parent}/node_modules/.bin`;
    await Deno.mkdir(bin, { recursive: true });
    for (const name of programs) {
      const path = await npmProgram(name);
      if (path !== undefined) await Deno.symlink(path, `${bin}/${name}`);
    }
    return place;
  }

  /** Puts a stand-in for the clone where the page has it. */
  async #standIn(): Promise<void> {
    const clone = `${this.#parent}/wsgi-ref`;
    const deploy = "examples/deploy";
    await Deno.mkdir(`${clone}/${deploy}`, { recursive: true });
    for await (const { name } of Deno.readDir(ROOT)) {
      if (name === "examples" || name.startsWith(".")) continue;
      await Deno.symlink(`${ROOT}${name}`, `${clone}/${name}`);
    }
    for await (const { name } of Deno.readDir(`${ROOT}${deploy}`)) {
      const text = await Deno.readTextFile(`${ROOT}${deploy}/${name}`);
      const copy = `${clone}/${deploy}/${name}`;
      await Deno.writeTextFile(copy, this.#put(text), { mode: 0o755 });
    }
  }

  /** Writes the files of a recipe. */
  async write({ files }: Recipe): Promise<void> {
    for (const [name, text] of files) {
      await Deno.writeTextFile(`${this.folder}/${name}`, this.#put(text));
    }
  }

  /**
   * Runs the commands of a terminal to their end.
   *
   * @throws {Error} If one of them fails.
   */
  async run(commands: string): Promise<void> {
    const child = this.#command(commands, true).spawn();
    const timer = setTimeout(() => end(child.pid, "SIGKILL"), COMMAND_MS);
    const { success, stderr } = await child.output();
    clearTimeout(timer);
    if (success) return;
    const reason = new TextDecoder().decode(stderr);
    throw new Error(`Cannot run ${commands}${reason}`);
  }

  /** Starts the commands of a terminal. */
  open(commands: string): void {
    const script = `exec >> ../terminals.log 2>&1\n${commands}`;
    this.#terminals.push(this.#command(script, true).spawn());
  }

  /** Runs a command again and again, until a server answers. */
  async ask({ command }: Talk): Promise<string> {
    const script = command.replace("curl ", "curl --silent --max-time 20 ");
    const late = Date.now() + DEADLINE_MS;
    while (Date.now() < late) {
      const { success, stdout } = await this.#command(script).output();
      const text = new TextDecoder().decode(stdout);
      // nginx is ready before the server behind it.
      if (success && !text.startsWith("HTTP/1.1 502")) {
        return replaceWords(text.replaceAll("\r", ""), this.#ports, PORTS);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    const log = await Deno.readTextFile(`${this.#parent}/terminals.log`);
    throw new Error(`Cannot reach the server\n${log.slice(0, SHOWN)}`);
  }

  /** Ends the programs that run in the terminals. */
  async closeTerminals(): Promise<void> {
    const terminals = this.#terminals.splice(0);
    for (const { pid } of terminals) end(pid, "SIGTERM");
    const timer = setTimeout(() => {
      for (const { pid } of terminals) end(pid, "SIGKILL");
    }, DEADLINE_MS / 4);
    await Promise.all(terminals.map((child) => child.output()));
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeTerminals();
    await Deno.remove(this.#parent, { recursive: true });
  }

  #put(text: string): string {
    return replaceWords(text, PORTS, this.#ports);
  }

  #command(script: string, detached = false): Deno.Command {
    return new Deno.Command("bash", {
      args: ["-ec", this.#put(script)],
      cwd: this.folder,
      env: { NO_COLOR: "1", PATH: `${Deno.env.get("PATH")}:/usr/sbin` },
      ...{ stdin: "null", stdout: "piped", stderr: "piped", detached },
    });
  }
}

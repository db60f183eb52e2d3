/**
 * Third-party servers, as processes of the matrix and the tests.
 *
 * @module
 */

/** A generous time limit for each of them. */
const DEADLINE = 20_000;

/** Folders with programs that are not on the path of every user. */
const FOLDERS = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin"];

/** Finds the path of a program, if it is installed. */
export function findProgram(name: string): string | undefined {
  for (const folder of FOLDERS) {
    try {
      const path = `${folder}/${name}`;
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // It is not in this folder.
    }
  }
  return undefined;
}

/**
 * Returns the version of a program: the first number with dots or dashes in its
 * output.
 */
export async function versionOf(
  program: string,
  option: string = "--version",
): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(program, {
    args: [option],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  return /[0-9]+(?:[.-][0-9]+)+/.exec(said)?.[0] ?? "unknown";
}

/** Finds a port for a server that cannot choose one by itself. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Creates a folder with files, for a server that may change its user. */
export async function makeFolder(
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "wsgiref_server_" });
  // The user of the server's programs must be able to write there.
  await Deno.chmod(folder, 0o777);
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    await Deno.chmod(`${folder}/${name}`, 0o755);
  }
  return folder;
}

/**
 * Changes in a file of an example: pairs of an existing text and its
 * replacement.
 */
export type Edits = readonly (readonly [from: string, to: string])[];

/** Applies changes to a text. Throws if a text to replace is missing. */
export function edit(text: string, edits: Edits): string {
  for (const [from, to] of edits) {
    if (!text.includes(from)) {
      throw new Error(`Cannot edit the example: it has no "${from}"`);
    }
    text = text.replaceAll(from, to);
  }
  return text;
}

/** Reads a file of `examples/deploy/` and makes changes in it. */
export async function readExample(name: string, edits: Edits): Promise<string> {
  const file = new URL(`../../examples/deploy/${name}`, import.meta.url);
  return edit(await Deno.readTextFile(file), edits);
}

/** Bundles a module for another runtime, or removes the folder and throws. */
export async function bundle(
  folder: string,
  from: string,
  to: string,
  platform: "browser" | "deno",
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", platform, "-o", to, from],
    cwd: platform === "deno" ? new URL("../../", import.meta.url) : folder,
    stdin: "null",
  }).output();
  if (success) return;
  await Deno.remove(folder, { recursive: true });
  throw new Error(new TextDecoder().decode(stderr));
}

/** The command that starts a server. */
export interface ServerCommand {
  /** The path of the program. */
  readonly program: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** Environment variables, in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working folder, which is removed at the end. */
  readonly folder: string;
  /**
   * The text that it writes when it is ready. The first group may be its port.
   */
  readonly ready: RegExp;
  /** The port, if `ready` has no group. */
  readonly port?: number;
}

/** A running server. It is stopped at the end of its scope. */
export class ServerProcess implements AsyncDisposable {
  /** The port on 127.0.0.1. */
  port = 0;
  /** The working folder. */
  readonly folder: string;
  readonly #child: Deno.ChildProcess;
  readonly #command: ServerCommand;
  readonly #reading: Promise<unknown>;
  readonly #ready = Promise.withResolvers<void>();
  #waiting: { part: RegExp; resolve: () => void } | undefined;
  #log = "";

  private constructor(command: ServerCommand) {
    this.#command = command;
    this.folder = command.folder;
    this.#child = new Deno.Command(command.program, {
      args: [...command.args],
      cwd: command.folder,
      env: { NO_COLOR: "1", ...command.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const { stdout, stderr, status } = this.#child;
    const reading = Promise.all([this.#read(stdout), this.#read(stderr)]);
    this.#reading = reading;
    this.#ready.promise.catch(() => {});
    Promise.all([reading, status]).then(() => {
      const name = command.program.split("/").at(-1);
      this.#ready.reject(new Error(`${name} has ended\n${this.#log}`));
    });
  }

  /** Starts a server; throws if it ends, or is not ready after 20 seconds. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command);
    const late = () =>
      server.#ready.reject(new Error(`It does not start\n${server.#log}`));
    const timer = setTimeout(late, DEADLINE);
    try {
      await server.#ready.promise;
    } catch (error) {
      await server.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return server;
  }

  /** The text that it has written so far, to stdout and stderr. */
  get log(): string {
    return this.#log;
  }

  /** Waits until it has written a text, and returns its whole log. */
  async logged(part: RegExp): Promise<string> {
    if (!part.test(this.#log)) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#waiting = { part, resolve };
      const late = () => reject(new Error(`No ${part} in\n${this.#log}`));
      const timer = setTimeout(late, DEADLINE);
      await promise.finally(() => clearTimeout(timer));
    }
    return this.#log;
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    this.#kill("SIGTERM");
    const timer = setTimeout(() => this.#kill("SIGKILL"), DEADLINE / 4);
    await this.#child.status;
    await this.#reading;
    clearTimeout(timer);
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has already ended.
    }
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#log += text;
      const found = this.port === 0 && this.#command.ready.exec(this.#log);
      if (found) {
        this.port = this.#command.port ?? Number(found[1]);
        this.#ready.resolve();
      }
      if (this.#waiting?.part.test(this.#log)) this.#waiting.resolve();
    }
  }
}

/** Starts `node_program.ts` in a runtime. It reports to a URL. */
export async function startNodeProgram(
  program: string,
  address: string,
): Promise<ServerProcess> {
  const folder = await makeFolder({});
  const main = new URL("node_program.ts", import.meta.url).pathname;
  await bundle(folder, main, `${folder}/program.mjs`, "deno");
  return await ServerProcess.start({
    program,
    args: ["program.mjs", address],
    folder,
    ready: /^listening on ([0-9]+)$/m,
  });
}

/**
 * Servers of fetch handlers as processes: `deno serve`, Bun and workerd, with
 * the programs of `examples/`.
 *
 * @module
 */

import { npmProgram } from "./npm_program.ts";
import {
  bundle,
  edit,
  type Edits,
  makeFolder,
  ServerProcess,
} from "./server_process.ts";

const NETWORK =
  '(name = "internet", network = (allow = ["private", "local"])),';

const ROOT = new URL("../../", import.meta.url);

/** An application: its module, and the name of an export or a call of one. */
export interface Subject {
  readonly module: URL;
  readonly name: string;
}

/** Returns a module that exports the application as `app`. */
function subjectModule({ module, name }: Subject): string {
  return `import * as module from "${module.pathname}";\n` +
    `export const app = module.${name};\n`;
}

async function example(path: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(`examples/${path}`, ROOT));
  const fetchModule = new URL("gateway/fetch/fetch.ts", ROOT).pathname;
  return text.replace("../../gateway/fetch/fetch.ts", fetchModule)
    .replace("../hello.ts", "./subject.ts");
}

/** Starts `deno serve`, with `--parallel` for several jobs. */
export async function startDenoServe(
  subject: Subject,
  jobs: number | undefined = undefined,
): Promise<ServerProcess> {
  const fetchModule = new URL("gateway/fetch/fetch.ts", ROOT).pathname;
  const options = jobs === undefined ? "" : ", { multiprocess: true }";
  const folder = await makeFolder({
    "subject.ts": subjectModule(subject),
    "main.ts": `import { toFetchHandler } from "${fetchModule}";
import { app } from "./subject.ts";
export default { fetch: toFetchHandler(app${options}) };
`,
  });
  const parallel = jobs === undefined ? [] : ["--parallel"];
  return await ServerProcess.start({
    program: Deno.execPath(),
    args: [
      "serve",
      "--allow-net=127.0.0.1",
      ...parallel,
      ...["--host", "127.0.0.1", "--port", "0", "main.ts"],
    ],
    env: { DENO_JOBS: String(jobs ?? 1) },
    folder,
    ready: /http:\/\/127\.0\.0\.1:([0-9]+)\//,
  });
}

/** Starts Bun with an application, using `examples/deploy/bun.ts`. */
export async function startBun(subject: Subject): Promise<ServerProcess> {
  const program = await npmProgram("bun") ?? "bun";
  const main = await example("deploy/bun.ts");
  const folder = await makeFolder({
    "subject.ts": subjectModule(subject),
    "main.ts": main.replace("port: 8000", "port: 0"),
  });
  return await ServerProcess.start({
    program,
    args: ["run", "main.ts"],
    folder,
    ready: /http:\/\/127\.0\.0\.1:([0-9]+)\//,
  });
}

/** Starts workerd, using `examples/deploy/workerd.capnp` and `worker.ts`. */
export async function startWorkerd(
  subject: Subject,
  edits: Edits = [],
): Promise<ServerProcess> {
  const program = await npmProgram("workerd") ?? "workerd";
  const worker = await example("deploy/worker.ts");
  const config = await example("deploy/workerd.capnp");
  const folder = await makeFolder({
    "subject.ts": subjectModule(subject),
    "worker.ts": edit(worker, edits),
    "workerd.capnp": edit(config, [
      ["127.0.0.1:8080", "127.0.0.1:0"],
      // Lets a worker report its observations to a test.
      ["services = [", `services = [${NETWORK}`],
    ]),
  });
  await bundle(folder, "worker.ts", "worker.js", "browser");
  return await ServerProcess.start({
    program,
    // It reports to a file descriptor that it listens: here, to stdout.
    args: ["serve", "--control-fd=1", "workerd.capnp"],
    folder,
    ready: /"event":\s*"listen".*"port":\s*([0-9]+)/,
  });
}

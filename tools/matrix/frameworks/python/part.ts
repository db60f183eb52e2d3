/**
 * A framework of Python on our server: what Debian has packaged, run by pyodide
 * through the bridge of `examples/python/`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { fromPython } from "../../../../examples/python/bridge.ts";
import {
  type DebianPython,
  importFrom,
  importPyodide,
  loadDebianPython,
  PACKAGES,
} from "../../../../examples/python/debian.ts";
import { StderrStream } from "../../../../wsgi/error_stream.ts";
import { mount } from "../../../../middleware/mount.ts";
import { makeServer, validator } from "../../../../mod.ts";
import type { FrameworkPart } from "../../part.ts";
import {
  EXERCISES,
  MOUNTED,
} from "../../../../tests/frameworks/python/exercises.ts";

/** What is known of a framework. */
export interface PythonFramework {
  /** Its name, such as `"Flask"`. */
  readonly name: string;
  /** The package of Debian. */
  readonly debian: string;
  /** The module, which is also what its application's file begins with. */
  readonly module: string;
  /** The validator's rules that it breaks, with the reason of each. */
  readonly known?: Readonly<Record<string, string>>;
}

/** A server that runs a framework. */
export interface RunningFramework {
  /** Where it listens. */
  readonly url: URL;
  /** What the validator has found so far that is not known. */
  readonly findings: readonly string[];
  /** The rules that were broken as it is known. */
  readonly seen: ReadonlySet<string>;
  /** What went to `wsgi.errors` and to Python's `sys.stderr`. */
  readonly log: readonly string[];
  /** Ends the server, and fails if a response was never closed. */
  stop(): Promise<void>;
}

/** How to start a framework otherwise. */
export interface StartOptions {
  /**
   * Stands between the bridge and the framework: a program of Python whose last
   * line gives the middleware.
   */
  readonly middleware?: string | undefined;
}

/** A framework of Python for the matrix. */
export interface PythonPart extends FrameworkPart {
  /** The validator's rules that it breaks, with the reason of each. */
  readonly known: Readonly<Record<string, string>>;
  /** As that of every framework, and more can be seen and asked for. */
  start(options?: StartOptions): Promise<RunningFramework>;
}

/** One Python for all frameworks of this process, loaded when it is needed. */
let loading: Promise<DebianPython> | undefined;
/** The logs of the frameworks that run: each gets what Python prints. */
const logs = new Set<string[]>();

function load(): Promise<DebianPython> {
  return loading ??= loadDebianPython({
    stderr: (line) => logs.forEach((log) => log.push(`${line}\n`)),
  });
}

/** Runs a line of Python that gives a text. */
async function tell(line: string): Promise<string> {
  return (await load()).runPython(line) as string;
}

async function findMissing(
  { debian, module }: PythonFramework,
): Promise<string | undefined> {
  try {
    await Deno.stat(`${PACKAGES}/${module}`);
  } catch {
    return `${debian} is not installed`;
  }
  try {
    await importPyodide();
  } catch (error) {
    return `pyodide cannot be had: ${error}`.split("\n")[0]!;
  }
  return undefined;
}

async function start(
  { module, known = {} }: PythonFramework,
  { middleware = "lambda app: app" }: StartOptions,
): Promise<RunningFramework> {
  const file = new URL(
    `../../../../examples/python/${module}_app.py`,
    import.meta.url,
  );
  const python = await load();
  const wrap = python.runPython(middleware) as (app: unknown) => unknown;
  const findings: string[] = [];
  const seen = new Set<string>();
  const log: string[] = [];
  logs.add(log);
  const handle = importFrom(python, fromFileUrl(file), "app");
  const app = validator(fromPython(python, wrap(handle)), {
    profile: "paranoid",
    throws: false,
    onViolation: ({ rule, message }) => {
      if (rule in known) seen.add(rule);
      else findings.push(`${rule}: ${message}`);
    },
  });
  const errors = new StderrStream((text) => void log.push(text));
  const both = mount({ "/": app, [MOUNTED]: app });
  const server = makeServer("127.0.0.1", 0, both, {
    log: false,
    // A request that does not end shall be an error, not a wait.
    shutdownTimeout: 2000,
    environ: { "wsgi.errors": errors },
  });
  server.serveForever();
  return {
    url: new URL(server.url),
    findings,
    seen,
    log,
    stop: async () => {
      await server.shutdown();
      logs.delete(log);
      app.assertFinished();
    },
  };
}

/**
 * Makes a part of the matrix of a framework.
 *
 * @param framework What is known of it.
 * @returns The part. All of one process share one Python.
 */
export function pythonPart(framework: PythonFramework): PythonPart {
  const { name, module, known = {} } = framework;
  return {
    name,
    known,
    missing: () => findMissing(framework),
    versions: async () => ({
      [name]: await tell(
        `__import__("importlib.metadata").metadata.version("${module}")`,
      ),
      Python: await tell(`__import__("sys").version.split()[0]`),
    }),
    start: (options = {}) => start(framework, options),
    exercises: EXERCISES,
  };
}

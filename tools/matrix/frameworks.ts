/**
 * The frameworks that run on our server, under the validator. Each is a row of
 * the matrix. Frameworks of fetch handlers come from npm. Those of Python are
 * Debian packages, which pyodide runs through the bridge in `examples/python/`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { fromPython } from "../../examples/python/bridge.ts";
import {
  type DebianPython,
  importFrom,
  importPyodide,
  loadDebianPython,
  PACKAGES,
} from "../../examples/python/debian.ts";
import {
  type FetchFunction,
  type FetchModule,
  fromFetchHandler,
} from "../../gateway/from_fetch/from_fetch.ts";
import { mount } from "../../middleware/mount.ts";
import { type Application, makeServer, validator } from "../../mod.ts";
import { EXERCISES as FETCH_EXERCISES } from "../../tests/frameworks/fetch/exercises.ts";
import {
  EXERCISES as PYTHON_EXERCISES,
  MOUNTED,
} from "../../tests/frameworks/python/exercises.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { FrameworkPart, RunningFramework, Texts } from "./part.ts";

const ROOT = new URL("../../", import.meta.url);

/** Serves an application at `/` and at {@linkcode MOUNTED}. */
function serve(
  inner: Application,
  known: Texts,
  log: string[],
  onStop: () => void = () => {},
): RunningFramework {
  const findings: string[] = [];
  const seen = new Set<string>();
  const app = validator(inner, {
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
    // A request that does not end is an error here.
    shutdownTimeout: 2000,
    environ: { "wsgi.errors": errors },
  });
  server.serveForever();
  const stop = async (): Promise<void> => {
    await server.shutdown();
    onStop();
    app.assertFinished();
  };
  return { url: new URL(server.url), findings, seen, log, stop };
}

type CreateApp = () => FetchFunction | FetchModule;

/** Returns the versions of an npm package and its dependencies. */
async function versionsInNpm(npm: string): Promise<Texts> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `npm:${npm}`],
    stdin: "null",
    stderr: "null",
  }).output();
  const { npmPackages } = JSON.parse(new TextDecoder().decode(stdout)) as {
    npmPackages: Record<string, { name: string; version: string }>;
  };
  return Object.fromEntries(
    Object.values(npmPackages).map(({ name, version }) => [name, version]),
  );
}

/**
 * Creates a row for a framework of fetch handlers.
 *
 * @param name The name of the framework.
 * @param file The application, in `tests/frameworks/fetch/`.
 * @param npm The package with a version range: `"hono@^4"`.
 * @returns The row.
 */
export function fetchPart(
  name: string,
  file: string,
  npm?: string,
): FrameworkPart {
  // Imported only when needed, because npm may be unreachable.
  const load = async (): Promise<CreateApp> => {
    const { href } = new URL(`tests/frameworks/fetch/${file}`, ROOT);
    return (await import(href) as { createApp: CreateApp }).createApp;
  };
  return {
    name,
    known: {},
    exercises: FETCH_EXERCISES,
    versions: async () => npm === undefined ? {} : await versionsInNpm(npm),
    async missing(): Promise<string | undefined> {
      try {
        await load();
        return undefined;
      } catch (error) {
        if (npm === undefined) throw error;
        return `Cannot load ${npm} from npm: ${error}`.split("\n")[0]!;
      }
    },
    async start(): Promise<RunningFramework> {
      const createApp = await load();
      return serve(fromFetchHandler(createApp()), {}, []);
    },
  };
}

/** One Python for all frameworks of this process, loaded when needed. */
let loading: Promise<DebianPython> | undefined;
/** The logs of the running frameworks. Each receives the output of Python. */
const logs = new Set<string[]>();

function loadPython(): Promise<DebianPython> {
  return loading ??= loadDebianPython({
    stderr: (line) => logs.forEach((log) => log.push(`${line}\n`)),
  });
}

/** Creates a row for a framework of Python, whose module names its files. */
function pythonPart(
  name: string,
  module: string,
  known: Texts = {},
): FrameworkPart {
  const evaluate = async (line: string): Promise<string> =>
    (await loadPython()).runPython(line) as string;
  return {
    name,
    known,
    exercises: PYTHON_EXERCISES,
    versions: async () => ({
      [name]: await evaluate(
        `__import__("importlib.metadata").metadata.version("${module}")`,
      ),
      Python: await evaluate(`__import__("sys").version.split()[0]`),
    }),
    async missing(): Promise<string | undefined> {
      try {
        await Deno.stat(`${PACKAGES}/${module}`);
      } catch {
        return `python3-${module} is not installed`;
      }
      try {
        await importPyodide();
        return undefined;
      } catch (error) {
        return `Cannot load pyodide: ${error}`.split("\n")[0]!;
      }
    },
    async start(middleware = "lambda app: app"): Promise<RunningFramework> {
      const file = new URL(`examples/python/${module}_app.py`, ROOT);
      const python = await loadPython();
      const wrap = python.runPython(middleware) as (app: unknown) => unknown;
      const log: string[] = [];
      logs.add(log);
      const handle = importFrom(python, fromFileUrl(file), "app");
      const app = fromPython(python, wrap(handle));
      return serve(app, known, log, () => void logs.delete(log));
    },
  };
}

/** Hono 4. */
export const hono: FrameworkPart = fetchPart("Hono", "hono_app.ts", "hono@^4");
/** h3 2, the basis of Nitro and Nuxt. */
export const h3: FrameworkPart = fetchPart("h3", "h3_app.ts", "h3@^2");
/** A handler as for `Deno.serve`. */
export const plainFetch: FrameworkPart = fetchPart(
  "plain fetch handler",
  "plain_app.ts",
);
/** Flask, based on Werkzeug. */
export const flask: FrameworkPart = pythonPart("Flask", "flask", {
  "http/server-headers":
    "Werkzeug's make_conditional() sets Date: a 304 must have one, and not " +
    "every server adds it. Ours adds only one",
});
/** Django. */
export const django: FrameworkPart = pythonPart("Django", "django", {
  "headers/outer-space":
    "Django makes the value of Set-Cookie with http.cookies, which leaves " +
    "the space that follows the colon. HTTP drops it",
});
/** Pyramid, based on WebOb. */
export const pyramid: FrameworkPart = pythonPart("Pyramid", "pyramid");

/** The rows. */
export const FRAMEWORKS: readonly FrameworkPart[] = [
  hono,
  h3,
  plainFetch,
  flask,
  django,
  pyramid,
];

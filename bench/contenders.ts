/**
 * The contenders, and the commands that start them.
 *
 * @module
 */

/** A program that serves the scenarios. */
export interface Contender {
  /** The name on the command line and in results. */
  readonly id: string;
  /**
   * The program and its first arguments. The arguments of the scenario follow.
   */
  readonly command: readonly string[];
  /** The scenarios that it cannot serve, with the reasons. */
  readonly cannot?: Readonly<Record<string, string>> | undefined;
  /** The only scenarios to run; by default all. */
  readonly only?: readonly string[] | undefined;
  /** The environment variables of its process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Returns the reason why it cannot run on this machine; `""` if it can. */
  readonly missing: () => Promise<string>;
  /** The version, which is determined once. */
  readonly version?: (() => Promise<string>) | undefined;
}

/** The contender with which all others are compared. */
export const BASELINE = "bare";

const HERE = new URL("contenders/", import.meta.url);
const ROOT = new URL("..", import.meta.url);

function pathOf(file: string): string {
  return new URL(file, HERE).pathname;
}

/**
 * Returns the output of a program; `undefined` if it fails or is not installed.
 */
async function outputOf(
  name: string,
  ...args: string[]
): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(name, {
      args,
      cwd: ROOT,
      stdin: "null",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function present(): Promise<string> {
  return Promise.resolve("");
}

function deno(
  id: string,
  file: string,
  rest: Partial<Contender> = {},
): Contender {
  return {
    id,
    command: [
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-check",
      "--no-lock",
      "-A",
      pathOf(file),
      id,
    ],
    missing: present,
    version: () => Promise.resolve(`Deno ${Deno.version.deno}`),
    ...rest,
  };
}

/**
 * Returns the reason why a package from npm is not available in Deno's cache or
 * the registry.
 */
async function missingPackage(specifier: string): Promise<string> {
  const found = await outputOf(
    Deno.execPath(),
    "cache",
    "--quiet",
    "--no-lock",
    specifier,
  );
  return found === undefined ? `${specifier} cannot be loaded` : "";
}

/** Returns the version of a package from npm: `"hono 4.13.19"`. */
async function resolvedPackage(specifier: string): Promise<string> {
  const found = await outputOf(
    Deno.execPath(),
    "info",
    "--json",
    "--no-lock",
    specifier,
  );
  const { redirects = {} } = JSON.parse(found ?? "{}");
  return String(redirects[specifier]).replace(
    /^npm:\/|@(?=[^@]*$)/g,
    (part) => part === "@" ? " " : "",
  );
}

function fromNpm(
  id: string,
  file: string,
  specifier: string,
  only?: readonly string[],
): Contender {
  return deno(id, file, {
    only,
    missing: () => missingPackage(specifier),
    version: async () =>
      `Deno ${Deno.version.deno}, ${await resolvedPackage(specifier)}`,
  });
}

async function missingNode(): Promise<string> {
  const version = await outputOf("node", "--version");
  return version === undefined ? "node is not installed" : "";
}

async function missingExpress(modules: string): Promise<string> {
  const reason = await missingNode();
  if (reason !== "") return reason;
  const installed = await outputOf(
    "npm",
    "install",
    "--prefix",
    modules,
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "express@5",
  );
  return installed === undefined ? "npm cannot install express@5" : "";
}

function node(id: string, file: string, modules: string): Contender {
  return {
    id,
    command: ["node", pathOf(file), id],
    env: { NODE_ENV: "production", BENCH_MODULES: modules },
    missing: id === "express" ? () => missingExpress(modules) : missingNode,
    async version(): Promise<string> {
      const runtime = `Node ${await outputOf("node", "--version")}`;
      if (id !== "express") return runtime;
      const path = `${modules}/node_modules/express/package.json`;
      const { version } = JSON.parse(await Deno.readTextFile(path));
      return `${runtime}, express ${version}`;
    },
  };
}

const NO_ASYNC = { async: "Python's WSGI has no async bodies" };

/**
 * Debian's Python has Debian's servers. The first Python of the path may lack
 * them.
 */
const PYTHON = "/usr/bin/python3";

function python(id: string): Contender {
  // wsgiref has no version, because it is part of Python.
  const ask = `import importlib.metadata as m; print(m.version("${id}"))`;
  return {
    id,
    command: [PYTHON, pathOf("python.py"), id],
    cannot: NO_ASYNC,
    async missing(): Promise<string> {
      const found = await outputOf(PYTHON, "-c", `import ${id}`);
      return found === undefined ? `${PYTHON} has no ${id}` : "";
    },
    async version(): Promise<string> {
      const own = await outputOf(PYTHON, "-c", ask);
      const runtime = await outputOf(PYTHON, "--version");
      return own === undefined ? `${runtime}` : `${runtime}, ${id} ${own}`;
    },
  };
}

/**
 * Returns all contenders, the upper limit first. `bare-headers` reads every
 * header, although no application needs them; `floor` does only the work of
 * every gateway. `access-log` is makeServer with its log, which is written to
 * /dev/null; all others have no log.
 *
 * @param modules The folder for npm packages.
 */
export function contendersWith(modules: string): readonly Contender[] {
  return [
    deno(BASELINE, "bare.mjs"),
    deno("bare-headers", "bare.mjs", { only: ["hello", "browser"] }),
    deno("floor", "bare.mjs", { only: ["hello", "browser"] }),
    deno("makeServer", "ours.ts"),
    deno("toFetchHandler", "ours.ts"),
    deno("toNodeListener", "ours_node.ts"),
    deno("validator", "ours.ts"),
    deno("access-log", "ours.ts", { only: ["hello"] }),
    fromNpm("hono", "hono.mjs", "npm:hono@4"),
    fromNpm("oak", "oak.mjs", "npm:@oakserver/oak@14"),
    fromNpm("express-deno", "express.mjs", "npm:express@5", ["hello", "json"]),
    node("express", "express.mjs", modules),
    deno("node:http-deno", "node.mjs"),
    node("node:http", "node.mjs", modules),
    python("gunicorn"),
    python("waitress"),
    python("wsgiref"),
  ];
}

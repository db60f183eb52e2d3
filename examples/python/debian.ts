/**
 * CPython in this process, by pyodide, with the packages that Debian has
 * installed for its own Python, such as `python3-flask`.
 *
 * ```ts ignore
 * import { makeServer } from "@wsgi/ref";
 * import { fromPython } from "./bridge.ts";
 * import { importFrom, loadDebianPython } from "./debian.ts";
 *
 * const python = await loadDebianPython();
 * const app = fromPython(python, importFrom(python, "site/wsgi.py", "app"));
 * await makeServer("127.0.0.1", 8000, app).serveForever();
 * ```
 *
 * What is written in Python alone can be imported, and what can do without its
 * part in C. Debian 12 has packages for Python 3.11, and Python is 3.14 here:
 * `debian.py` says what it changes for them.
 *
 * @module
 */

import { basename, dirname, resolve } from "@std/path";
import type { Python } from "./bridge.ts";

/** Where Debian has its Python packages. */
export const PACKAGES = "/usr/lib/python3/dist-packages";

/** What Python gets of this machine: the packages, and what they need. */
const FOLDERS = [PACKAGES, "/usr/lib/python3.11", "/usr/share/zoneinfo"];

/** Not a literal where it is imported: only who runs it fetches its 14 MB. */
const PYODIDE: string = "npm:pyodide@314.0.7";

/** What is needed of pyodide. */
export interface DebianPython extends Python {
  /** Makes a folder of this machine one of Python's. */
  mountNodeFS(path: string, hostPath: string): void;
}

/** Options of {@linkcode loadDebianPython}. */
export interface DebianPythonOptions {
  /** Takes the lines of Python's `sys.stderr`; the console's if it is absent. */
  stderr?: (line: string) => void;
}

/** The module of pyodide. */
export interface PyodideModule {
  /** Loads Python. */
  loadPyodide(options: DebianPythonOptions): Promise<DebianPython>;
}

/**
 * Gets pyodide from npm, which fails where npm does not answer.
 *
 * @returns Its module.
 */
export async function importPyodide(): Promise<PyodideModule> {
  return await import(PYODIDE);
}

/**
 * Loads Python, which takes about two seconds.
 *
 * @param options Where what it prints goes.
 * @returns Python, ready to import what Debian has installed.
 */
export async function loadDebianPython(
  options: DebianPythonOptions = {},
): Promise<DebianPython> {
  const { loadPyodide } = await importPyodide();
  const python = await loadPyodide(options);
  for (const folder of FOLDERS) {
    if (await isFolder(folder)) python.mountNodeFS(folder, folder);
  }
  const prepare = importFrom(
    python,
    resolve(import.meta.dirname!, "debian.py"),
    "prepare",
  ) as (...folders: string[]) => void;
  prepare(...FOLDERS);
  return python;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** The folders of files that were imported, for each Python. */
const imported = new WeakMap<DebianPython, Set<string>>();

/** Imports a module by the path of its file, and gives what has this name. */
const IMPORT = `lambda folder, module, name: (
    sys := __import__("sys"),
    folder in sys.path or sys.path.append(folder),
    getattr(__import__("importlib").import_module(module), name)
)[-1]`;

/**
 * Imports a Python file. Its folder becomes one of those from which Python
 * imports.
 *
 * @param python What `loadDebianPython()` gave.
 * @param file The path of the file, with `.py` at its end.
 * @param name What is wanted of it.
 * @returns A handle on what the file gives that name.
 */
export function importFrom(
  python: DebianPython,
  file: string,
  name: string,
): unknown {
  const path = resolve(file);
  const folder = dirname(path);
  const folders = imported.get(python) ?? new Set();
  if (!folders.has(folder)) python.mountNodeFS(folder, folder);
  imported.set(python, folders.add(folder));
  const load = python.runPython(IMPORT) as (...names: string[]) => unknown;
  return load(folder, basename(path, ".py"), name);
}

/**
 * Runs CPython in this process with pyodide, with the packages that Debian has
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
 * Packages can be imported if they are pure Python or work without their C
 * code. Debian 12 has packages for Python 3.11, while pyodide is Python 3.14;
 * `debian.py` describes the adaptations.
 *
 * @module
 */

import { basename, dirname, resolve } from "@std/path";
import type { Python } from "./bridge.ts";

/** The folder of Debian's Python packages. */
export const PACKAGES = "/usr/lib/python3/dist-packages";

/**
 * The folders of this machine that Python can read: the packages and their
 * dependencies.
 */
const FOLDERS = [PACKAGES, "/usr/lib/python3.11", "/usr/share/zoneinfo"];

/**
 * Not a literal in the import, so that the 14 MB are only downloaded when
 * needed.
 */
const PYODIDE: string = "npm:pyodide@314.0.7";

/** The parts of pyodide that are used here. */
export interface DebianPython extends Python {
  /** Makes a folder of this machine available to Python. */
  mountNodeFS(path: string, hostPath: string): void;
}

/** Options of {@linkcode loadDebianPython}. */
export interface DebianPythonOptions {
  /**
   * Receives the lines of Python's `sys.stderr`. The default writes to the
   * console.
   */
  stderr?: (line: string) => void;
}

/** The module of pyodide. */
export interface PyodideModule {
  /** Loads Python. */
  loadPyodide(options: DebianPythonOptions): Promise<DebianPython>;
}

/** Loads pyodide from npm. This fails if npm is unreachable. */
export async function importPyodide(): Promise<PyodideModule> {
  return await import(PYODIDE);
}

/**
 * Loads Python, which takes about two seconds.
 *
 * @param options The destination of `sys.stderr`.
 * @returns Python, which can import the packages of Debian.
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

/** The folders of the imported files, for each Python. */
const imported = new WeakMap<DebianPython, Set<string>>();

/** Imports a module by the path of its file, and returns one of its names. */
const IMPORT = `lambda folder, module, name: (
    sys := __import__("sys"),
    folder in sys.path or sys.path.append(folder),
    getattr(__import__("importlib").import_module(module), name)
)[-1]`;

/**
 * Imports a Python file. Python can then import other files of its folder.
 *
 * @param python The result of `loadDebianPython()`.
 * @param file The path of the file, which ends with `.py`.
 * @param name A name that the file defines.
 * @returns A handle on the object of that name.
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

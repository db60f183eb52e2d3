/** CPython in this process, for tests that need the real one. */

import type { Python } from "../examples/python/bridge.ts";

/** Not a literal where it is imported: only who runs it fetches its 14 MB. */
const PACKAGE: string = "npm:pyodide@314.0.7";

/** What the tests use of pyodide. */
export interface Pyodide extends Python {
  /** Runs a program and gives the value of its last line. */
  runPython(
    program: string,
    options?: { globals: unknown; filename: string },
  ): unknown;
  /** Makes a Python value of a JavaScript value. */
  toPy(value: unknown): unknown;
  /** Makes a folder of this machine one of Python's. */
  mountNodeFS(path: string, hostPath: string): void;
}

/** Python, or the reason why it cannot be had. */
export type Loaded =
  | { python: Pyodide; missing?: undefined }
  | { python?: undefined; missing: string };

/**
 * Loads pyodide, which takes about two seconds. Python finds further modules in
 * the folders, which are by their names.
 */
export async function loadPython(
  folders: Readonly<Record<string, string>> = {},
): Promise<Loaded> {
  for (const [name, folder] of Object.entries(folders)) {
    try {
      await Deno.stat(folder);
    } catch {
      return { missing: `${name} is not installed in ${folder}` };
    }
  }
  let pyodide: { loadPyodide(): Promise<Pyodide> };
  try {
    pyodide = await import(PACKAGE);
  } catch (error) {
    return { missing: `${PACKAGE} cannot be had: ${error}`.split("\n")[0]! };
  }
  const python = await pyodide.loadPyodide();
  for (const [name, folder] of Object.entries(folders)) {
    python.mountNodeFS(`/site/${name}`, folder);
  }
  run(python, "import sys; sys.path.append('/site')");
  return { python };
}

/** Runs a program with these names only, and gives the value of its last line. */
export function run(
  python: Pyodide,
  program: string,
  names: Readonly<Record<string, unknown>> = {},
): unknown {
  const globals = python.toPy(names);
  return python.runPython(program, { globals, filename: "<test>" });
}

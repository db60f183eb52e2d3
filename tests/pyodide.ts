/** CPython in this process, for tests that need the real one. */

import { type DebianPython, importPyodide } from "../examples/python/debian.ts";

/** The part of pyodide that the tests use. */
export interface Pyodide extends DebianPython {
  /** Runs a program and returns the value of its last line. */
  runPython(
    program: string,
    options?: { globals: unknown; filename: string },
  ): unknown;
  /** Converts a JavaScript value to a Python value. */
  toPy(value: unknown): unknown;
}

/** Python, or the reason why it is not available. */
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
  const module = await importPyodide().catch((error) => `${error}`);
  if (typeof module === "string") return { missing: module.split("\n")[0]! };
  const python = await module.loadPyodide({}) as Pyodide;
  for (const [name, folder] of Object.entries(folders)) {
    python.mountNodeFS(`/site/${name}`, folder);
  }
  run(python, "import sys; sys.path.append('/site')");
  return { python };
}

/** Runs a program with only these names; returns the value of its last line. */
export function run(
  python: Pyodide,
  program: string,
  names: Readonly<Record<string, unknown>> = {},
): unknown {
  const globals = python.toPy(names);
  return python.runPython(program, { globals, filename: "<test>" });
}

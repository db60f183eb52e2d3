/** Python applications for the tests of the bridge. */

import { fromPython } from "../../../examples/python/bridge.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import {
  type Application,
  type Environ,
  type HeaderTuple,
  type ResponseBody,
  setupTestingDefaults,
  type Write,
} from "../../../mod.ts";
import { loadPython, run } from "../../pyodide.ts";

const { python, missing } = await loadPython();

/** A test that is ignored where Python is missing. */
export function test(name: string, fn: () => void | Promise<void>): void {
  const isMissing = missing !== undefined;
  const reason = isMissing ? ` (${missing})` : "";
  Deno.test({ name: `${name}${reason}`, ignore: isMissing, fn });
}

/** A Python application, and what it has told by `note(value)`. */
export interface PythonApp {
  app: Application;
  notes: string[];
}

/**
 * Makes an application of a Python program that calls it `app`. In it, TEXT is a
 * header list, and `note()` tells something.
 */
export function make(program: string): PythonApp {
  const notes: string[] = [];
  const tell = (text: string): void => void notes.push(text);
  const lines = `
TEXT = [("Content-Type", "text/plain")]
def note(value):
    tell(str(value))
${program}
app`;
  return { app: fromPython(python!, run(python!, lines, { tell })), notes };
}

/** Makes an environ whose wsgi.errors goes nowhere. */
export function environOf(variables: Partial<Environ> = {}): Environ {
  return setupTestingDefaults({
    "wsgi.errors": new StderrStream(() => {}),
    ...variables,
  });
}

/** What startResponse was called with. */
export type Start = [
  status: string,
  headers: readonly HeaderTuple[],
  excInfo?: unknown,
];

/** What came of a call. */
export interface Called {
  body: ResponseBody;
  starts: Start[];
}

/** Calls an application as a server does that only takes down what it is told. */
export async function call(
  app: Application,
  environ: Environ = environOf(),
  write: Write = () => Promise.resolve(),
): Promise<Called> {
  const starts: Start[] = [];
  const body = await app(environ, (...args) => {
    starts.push(args);
    return write;
  });
  return { body, starts };
}

/** Gives the iterator of a body that is no array. */
export function iterate(body: ResponseBody): Iterator<Uint8Array, void> {
  return (body as Iterable<Uint8Array, void>)[Symbol.iterator]();
}

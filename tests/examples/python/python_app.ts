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
import { testsWith } from "../../tool.ts";

const { python, missing } = await loadPython();

/** A test that is ignored where Python is missing. */
export const test: ReturnType<typeof testsWith> = testsWith(
  missing === undefined ? "" : ` (${missing})`,
);

/** A Python application, and the values that it has passed to `note()`. */
export interface PythonApp {
  app: Application;
  notes: string[];
}

/**
 * Creates an application from a Python program that names it `app`. TEXT is a
 * header list, and `note()` records a value.
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

/** Creates an application that is a function, from the lines of its body. */
export function define(...lines: readonly string[]): PythonApp {
  const body = lines.map((line) => `    ${line}\n`).join("");
  return make(`def app(environ, start_response):\n${body}`);
}

/** Creates an environ whose wsgi.errors discards its text. */
export function environOf(variables: Partial<Environ> = {}): Environ {
  return setupTestingDefaults({
    "wsgi.errors": new StderrStream(() => {}),
    ...variables,
  });
}

/** The arguments of a call to startResponse. */
export type Start = [
  status: string,
  headers: readonly HeaderTuple[],
  excInfo?: unknown,
];

/** The outcome of a call. */
export interface Called {
  body: ResponseBody;
  starts: Start[];
}

/** Calls an application like a server that only records what it receives. */
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

/** Returns the iterator of a body that is not an array. */
export function iterate(body: ResponseBody): Iterator<Uint8Array, void> {
  return (body as Iterable<Uint8Array, void>)[Symbol.iterator]();
}

/**
 * Detects which files the application reads. Saving one of them reloads it.
 *
 * The functions of `Deno` that read files are replaced. Files that the
 * application writes are ignored: otherwise it would cause its own reload.
 *
 * @module
 */

const READERS = [
  "readFile",
  "readFileSync",
  "readTextFile",
  "readTextFileSync",
] as const;
const OPENERS = ["open", "openSync"] as const;
const WRITERS = [
  "writeFile",
  "writeFileSync",
  "writeTextFile",
  "writeTextFileSync",
  "create",
  "createSync",
] as const;

type AnyFunction = (...args: unknown[]) => unknown;
type Functions = Record<string, AnyFunction>;

function toPath(file: unknown): string | undefined {
  if (typeof file === "string") return file;
  if (!(file instanceof URL) || file.protocol !== "file:") return undefined;
  return decodeURIComponent(file.pathname);
}

function toAbsolute(path: string): string {
  return /^(?:\/|[A-Za-z]:)/.test(path) ? path : `${Deno.cwd()}/${path}`;
}

/** Returns whether a file is opened for writing. */
function isWriting(options: unknown): boolean {
  const { write, append, truncate } = (options ?? {}) as Deno.OpenOptions;
  return write === true || append === true || truncate === true;
}

/**
 * Starts to report the files that are read.
 *
 * @param onRead Called with the absolute path of each file, once.
 */
export function noteReadFiles(onRead: (path: string) => void): void {
  const seen = new Set<string>();
  const written = new Set<string>();

  function note(file: unknown, isWritten: boolean): void {
    const path = toPath(file);
    if (path === undefined) return;
    const absolute = toAbsolute(path);
    if (isWritten) written.add(absolute);
    if (isWritten || seen.has(absolute) || written.has(absolute)) return;
    seen.add(absolute);
    onRead(absolute);
  }

  function replace(
    names: readonly string[],
    isWritten: (options: unknown) => boolean,
  ): void {
    const functions = Deno as unknown as Functions;
    for (const name of names) {
      const original = functions[name]!;
      functions[name] = function (this: unknown, ...args): unknown {
        try {
          note(args[0], isWritten(args[1]));
        } catch {
          // The original function reports the problem.
        }
        return original.apply(this, args);
      };
    }
  }

  replace(READERS, () => false);
  replace(OPENERS, isWriting);
  replace(WRITERS, () => true);
}

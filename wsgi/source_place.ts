/**
 * Places in source files, read from the text of a stack.
 *
 * @module
 */

/** A place in a source file. */
export interface SourcePlace {
  /** The URL or path of the file, as the runtime names it. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** The column, from 1. */
  readonly column: number;
}

/** One line of a stack. */
export interface StackFrame extends SourcePlace {
  /** The name of the function; empty at the top level of a module. */
  readonly name: string;
}

const FRAME = /^\s+at (?:(.*?) \()?(?:async )?([^()]+?):(\d+):(\d+)\)?$/;

/** Code of the runtime itself. */
const RUNTIME = /^(?:ext|node|deno|bun|internal|wasm):|^(?:native|eval)\b|^</;
/** Code that somebody else has published. */
const DEPENDENCY =
  /\/node_modules\/|^https:\/\/(?:jsr\.io|esm\.sh|deno\.land)\//;

/** The folders of this package. Programs in `examples/` and `tests/` are not part of it. */
const ROOMS = [
  "cli",
  "conformance",
  "dev",
  "gateway",
  "http1",
  "middleware",
  "server",
  "static_files",
  "test_client",
  "validator",
  "wsgi",
];
const DOORS = ["mod", "server", "validator"];

function ownLocations(): string[] {
  const own = /^(.*\/)wsgi\/source_place\.[cm]?[jt]s$/.exec(
    // A bundle may have no address of its own.
    import.meta.url ?? "",
  )?.[1];
  if (own === undefined) return [];
  return [
    ...ROOMS.map((room) => `${own}${room}/`),
    ...DOORS.map((door) => `${own}${door}.`),
  ];
}

const OWN = ownLocations();

/**
 * Reads the frames of a stack that lie in files.
 *
 * @param stack The text of a stack, as V8 writes it.
 * @returns The frames, innermost first.
 */
export function readFrames(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const text of stack.split("\n")) {
    const frame = readFrame(text);
    if (frame !== undefined) frames.push(frame);
  }
  return frames;
}

/**
 * Reads one line of a stack.
 *
 * @param text The line.
 * @returns The frame, or nothing if the line does not name a place.
 */
export function readFrame(text: string): StackFrame | undefined {
  const [, name = "", file, line, column] = FRAME.exec(text) ?? [];
  if (file === undefined) return undefined;
  return {
    name: name.replace(/^async /, ""),
    file,
    line: Number(line),
    column: Number(column),
  };
}

/**
 * Checks whether a file is one of this package.
 *
 * @param file The URL of the file.
 * @returns Whether it is; always false in a bundle.
 */
export function isOwnFile(file: string): boolean {
  return OWN.some((location) => file.startsWith(location));
}

/**
 * Checks whether a file can be the user's: neither this package nor the runtime.
 *
 * @param file The URL or path of the file.
 * @returns Whether it can be.
 */
export function isUserFile(file: string): boolean {
  return !RUNTIME.test(file) && !isOwnFile(file);
}

/**
 * Picks the frame that its reader can do something about: the first one in a
 * file of the program, else the first one of a dependency.
 *
 * @param frames The frames, innermost first.
 * @returns The frame, or nothing if all are of this package or of the runtime.
 */
export function findUserFrame(
  frames: readonly StackFrame[],
): StackFrame | undefined {
  const users = frames.filter(({ file }) => isUserFile(file));
  return users.find(({ file }) => !DEPENDENCY.test(file)) ?? users[0];
}

/**
 * Removes the frames of this package from a stack.
 *
 * @param stack The text of a stack.
 * @returns The text without them.
 */
export function cutOwnFrames(stack: string): string {
  return stack.split("\n").filter((text) => {
    const frame = readFrame(text);
    return frame === undefined || !isOwnFile(frame.file);
  }).join("\n");
}

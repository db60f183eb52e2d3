/**
 * Finds places in source files in the text of a stack.
 *
 * @module
 */

import { readQuietly } from "./read_quietly.ts";

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

/** This module, wherever it was loaded from. */
const THIS_FILE = /^(.*\/|)wsgi\/source_place\.[cm]?[jt]s$/;
/** The line that a bundler writes before a module. */
const MODULE_MARK = /^\/\/ (?:[a-z]+:)?(\S+\.[cm]?[jt]sx?)$/;

const FRAME = /^\s+at (?:(.*?) \()?(?:async )?([^()]+?):(\d+):(\d+)\)?$/;

/** Code of the runtime itself. */
const RUNTIME = /^(?:ext|node|deno|bun|internal|wasm):|^(?:native|eval)\b|^</;
/** Code from a package registry. */
const DEPENDENCY =
  /\/node_modules\/|\/npm\/registry\.npmjs\.org\/|^https:\/\/(?:jsr\.io|esm\.sh|deno\.land)\//;

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
/** The entry points next to these folders. */
const DOORS = ["mod", "server", "validator"];

/** The location of this package. */
interface OwnCode {
  /** The start of the URLs of its files. */
  readonly locations: readonly string[];
  /** The bundle that contains it, if there is one. */
  readonly bundle: string | undefined;
  /** Its lines in the bundle: the first line, and the line after the last. */
  readonly ranges: readonly (readonly [first: number, end: number])[];
}

let ownCode: OwnCode | undefined;

function locationsIn(folder: string): string[] {
  return [
    ...ROOMS.map((room) => `${folder}${room}/`),
    ...DOORS.map((door) => `${folder}${door}.`),
  ];
}

/** Locates this function, and thereby the package. */
function findOwnCode(): OwnCode {
  const [self] = readFrames(new Error().stack ?? "");
  const NONE: OwnCode = { locations: [], bundle: undefined, ranges: [] };
  if (self === undefined) return NONE;
  // With a source map, the stack shows the original files even in a bundle.
  const folder = THIS_FILE.exec(self.file)?.[1];
  return folder === undefined
    ? { ...NONE, bundle: self.file, ranges: rangesIn(self) }
    : { ...NONE, locations: locationsIn(folder) };
}

/** Finds the lines of this package in a bundle that names its modules. */
function rangesIn(self: SourcePlace): [number, number][] {
  const lines = readQuietly(self.file)?.split("\n") ?? [];
  const marks = lines.flatMap((text, i) => {
    const module = MODULE_MARK.exec(text)?.[1];
    return module === undefined ? [] : [{ module, line: i + 1 }];
  });
  const own = marks.findLast(({ line }) => line < self.line);
  const folder = THIS_FILE.exec(own?.module ?? "")?.[1];
  if (folder === undefined) return [];
  const locations = locationsIn(folder);
  return marks.flatMap(({ module, line }, i): [number, number][] =>
    locations.some((location) => module.startsWith(location))
      ? [[line, marks[i + 1]?.line ?? Infinity]]
      : []
  );
}

/**
 * Parses the frames of a stack that are in files.
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
 * Parses one line of a stack.
 *
 * @param text The line.
 * @returns The frame; `undefined` if the line does not name a place.
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
 * Returns whether a file belongs to this package.
 *
 * @param file The URL of the file.
 * @returns Whether it does; `false` for a bundle that also contains other code.
 */
export function isOwnFile(file: string): boolean {
  const { locations } = ownCode ??= findOwnCode();
  return locations.some((location) => file.startsWith(location));
}

/**
 * Returns whether a file may belong to the user: it belongs neither to this
 * package nor to the runtime.
 *
 * @param file The URL or path of the file.
 */
export function isUserFile(file: string): boolean {
  return !RUNTIME.test(file) && !isOwnFile(file);
}

/**
 * Returns whether a frame belongs to this package.
 *
 * @param place The frame.
 * @returns Whether it does; `false` if it is in a bundle that does not name its
 * modules.
 */
export function isOwnFrame({ file, line }: SourcePlace): boolean {
  const { bundle, ranges } = ownCode ??= findOwnCode();
  return file === bundle
    ? ranges.some(([first, end]) => first <= line && line < end)
    : isOwnFile(file);
}

/**
 * Returns whether a frame may belong to the user's program: it belongs neither
 * to this package nor to the runtime.
 */
export function isUserFrame(place: SourcePlace): boolean {
  return !RUNTIME.test(place.file) && !isOwnFrame(place);
}

/**
 * Returns the frame that the user can fix: the first one in a file of the
 * program, or else the first one in a dependency.
 *
 * @param frames The frames, innermost first.
 * @returns The frame; `undefined` if all belong to this package or the runtime.
 */
export function findUserFrame(
  frames: readonly StackFrame[],
): StackFrame | undefined {
  const users = frames.filter(isUserFrame);
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
    return frame === undefined || !isOwnFrame(frame);
  }).join("\n");
}

/**
 * Where the program of a layer is: the application's name, and its lines.
 *
 * @module
 */

import { escapeControls } from "../wsgi/describe.ts";
import {
  findUserFrame,
  isUserFile,
  isUserFrame,
  readFrames,
  type SourcePlace,
  type StackFrame,
} from "../wsgi/source_place.ts";
import { findDefinition } from "./function_source.ts";
import { dataOf } from "./views/value_shape.ts";

/** A function that a program called, from which a stack is to start. */
// deno-lint-ignore ban-types -- captureStackTrace takes any
export type Entry = Function;

/** A stack whose text is made only when somebody reads it. */
export interface Capture {
  readonly stack?: string;
}

/**
 * Captures the stack. It costs some microseconds; most are never read.
 *
 * @param entry The function whose caller is the first frame.
 * @returns The stack.
 */
export function capture(entry: Entry): Capture {
  const captured: Capture = {};
  Error.captureStackTrace?.(captured, entry);
  return captured;
}

/**
 * Finds the user's line in a stack.
 *
 * @param captured The stack.
 * @returns The frame, if there is one of the user's.
 */
export function userFrameOf(
  captured: Capture | undefined,
): StackFrame | undefined {
  const { stack } = captured ?? {};
  return stack === undefined ? undefined : findUserFrame(readFrames(stack));
}

/** Stacks that are captured for one layer in a second. */
const STACKS = 50;
const PERIOD = 1000;
/** Under load the clock is read only at every so many requests. */
const MAX_STRIDE = 64;

/** Says for which requests stacks are captured: for all, unless they are many. */
class StackBudget {
  #left = STACKS;
  #stride = 1;
  #toSkip = 0;
  #since = Date.now();

  /** Whether this request gets one. */
  take(): boolean {
    if (this.#left > 0) {
      this.#left--;
      return true;
    }
    if (this.#toSkip > 0) {
      this.#toSkip--;
      return false;
    }
    return this.#refill();
  }

  #refill(): boolean {
    const now = Date.now();
    // A clock that was set back counts as a second too.
    if (Math.abs(now - this.#since) < PERIOD) {
      this.#stride = Math.min(2 * this.#stride, MAX_STRIDE);
      this.#toSkip = this.#stride;
      return false;
    }
    this.#since = now;
    this.#stride = 1;
    this.#left = STACKS - 1;
    return true;
  }

  /** The next requests get one each. */
  renew(): void {
    this.#left = STACKS;
  }
}

function baseName(file: string): string {
  const name = file.replace(/[?#].*$/s, "").split(/[/\\]/).at(-1) ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Names that say nothing of a function. */
const NO_NAMES: readonly string[] = ["", "default", "anonymous"];

/** The application of one layer, and where it is. */
export class ProgramPlaces {
  /** The application. */
  readonly app: unknown;
  readonly #module: string | undefined;
  readonly #made: Capture;
  readonly #budget = new StackBudget();
  #definition: SourcePlace | null | undefined;

  /**
   * @param app The application.
   * @param made The stack at which `validator()` was called.
   * @param module The URL of the module from which it comes, if that is known.
   */
  constructor(app: unknown, made: Capture, module?: string) {
    this.app = app;
    this.#made = made;
    this.#module = module;
  }

  /** Whether stacks are to be captured for the next request. */
  wantsStacks(): boolean {
    return this.#budget.take();
  }

  /** Has stacks captured for the requests that follow a finding. */
  renew(): void {
    this.#budget.renew();
  }

  /** The name of the application: that of the function, else of its module. */
  get name(): string | undefined {
    const name = this.#functionName;
    if (!NO_NAMES.includes(name)) return escapeControls(name.slice(0, 60));
    const file = this.#module ?? this.definition?.file ?? this.made?.file;
    return file === undefined ? undefined : escapeControls(baseName(file));
  }

  get #functionName(): string {
    const app = this.app;
    const name = typeof app === "function" ? dataOf(app, "name") : "";
    return typeof name === "string" ? name : "";
  }

  /** Where `validator()` was called, if that was in a file of the user's. */
  get made(): SourcePlace | undefined {
    return userFrameOf(this.#made);
  }

  /** Where the application is defined, if that can be found. */
  get definition(): SourcePlace | undefined {
    if (this.#definition === undefined) {
      this.#definition = this.#findDefinition() ?? null;
    }
    return this.#definition ?? undefined;
  }

  #findDefinition(): SourcePlace | undefined {
    if (typeof this.app !== "function") return undefined;
    const frames = readFrames(this.#made.stack ?? "");
    const files = new Set<string>();
    if (this.#module !== undefined) files.add(this.#module);
    for (const frame of frames) if (isUserFrame(frame)) files.add(frame.file);
    const main = mainModule();
    if (main !== undefined && isUserFile(main)) files.add(main);
    const source = Function.prototype.toString.call(this.app);
    return findDefinition(source, this.#functionName, files);
  }
}

/** The module with which the program was started, if it may be known. */
function mainModule(): string | undefined {
  const { Deno } = globalThis as { Deno?: typeof globalThis.Deno };
  try {
    const descriptor = { name: "read", path: "." } as const;
    const state = Deno?.permissions.querySync(descriptor).state;
    // Without the permission to read, some versions ask for it.
    return state === "granted" ? Deno?.mainModule : undefined;
  } catch {
    return undefined;
  }
}

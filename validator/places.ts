/**
 * {@linkcode ProgramPlaces}: the name of an application, and its lines.
 *
 * @module
 */

import { escapeControls } from "../wsgi/describe.ts";
import {
  isUserFile,
  isUserFrame,
  type SourcePlace,
  type StackFrame,
} from "../wsgi/source_place.ts";
import {
  type Capture,
  CaptureBudget,
  framesOf,
  NO_CAPTURE,
  userFrameOf,
} from "./captures.ts";
import { findDefinition } from "./function_source.ts";
import { dataOf } from "./views/value_shape.ts";

/** Requests per second for which stacks are captured. */
const REQUESTS = 50;
/** Findings of one rule per second for which stacks are read. */
const FINDINGS = 20;
/** Files of stacks in which the definition is looked for. */
const MAX_FILES = 40;

function baseName(file: string): string {
  const name = file.replace(/[?#].*$/s, "").split(/[/\\]/).at(-1) ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Names that say nothing about a function. */
const NO_NAMES: readonly string[] = ["", "default", "anonymous"];

/** Facts about the program of a layer that come from outside. */
export interface ProgramFacts {
  /** The URL of the module that exports the application. */
  readonly module?: string | undefined;
  /** The stack at which `validator()` was called. */
  readonly made?: Capture | undefined;
}

/** The application of one layer, and where it is. */
export class ProgramPlaces {
  /** The application. */
  readonly app: unknown;
  readonly #module: string | undefined;
  readonly #made: Capture;
  readonly #requests = new CaptureBudget(REQUESTS);
  readonly #findings = new Map<string, CaptureBudget>();
  #definition: SourcePlace | undefined;
  /** The files in which the definition is looked for. */
  #files: Set<string> | undefined;
  /** The number of them that were searched. */
  #searched = 0;

  /**
   * @param app The application.
   * @param facts The facts that come from outside.
   */
  constructor(app: unknown, { module, made = NO_CAPTURE }: ProgramFacts = {}) {
    this.app = app;
    this.#made = made;
    this.#module = module;
  }

  /** Returns whether stacks are captured for the next request. */
  wantsStacks(): boolean {
    return this.#requests.take();
  }

  /**
   * Returns whether the stacks of a finding are read. If they are, stacks are
   * captured for the next requests too.
   *
   * @param rule The id of the broken rule.
   */
  wantsStacksOf(rule: string): boolean {
    let budget = this.#findings.get(rule);
    if (budget === undefined) {
      budget = new CaptureBudget(FINDINGS);
      this.#findings.set(rule, budget);
    }
    const isWanted = budget.take();
    if (isWanted) this.#requests.renew();
    return isWanted;
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

  /** Where `validator()` was called, if the user's program called it. */
  get made(): SourcePlace | undefined {
    return userFrameOf(this.#made);
  }

  /** Where the application is defined, if that can be found. */
  get definition(): SourcePlace | undefined {
    const files = this.#files ??= this.#firstFiles();
    if (this.#definition === undefined && this.#searched < files.size) {
      this.#definition = this.#findDefinition(files);
      this.#searched = files.size;
    }
    return this.#definition;
  }

  /**
   * Notes the files of a stack: the application may be defined in one of them.
   *
   * @param frames The frames of the stack.
   */
  learn(frames: readonly StackFrame[]): void {
    if (this.#definition !== undefined) return;
    const files = this.#files ??= this.#firstFiles();
    for (const frame of frames) {
      if (files.size < MAX_FILES && isUserFrame(frame)) files.add(frame.file);
    }
  }

  #firstFiles(): Set<string> {
    const files = new Set<string>();
    if (typeof this.app !== "function") return files;
    if (this.#module !== undefined) files.add(this.#module);
    for (const frame of framesOf(this.#made)) {
      if (isUserFrame(frame)) files.add(frame.file);
    }
    const main = mainModule();
    if (main !== undefined && isUserFile(main)) files.add(main);
    return files;
  }

  #findDefinition(files: ReadonlySet<string>): SourcePlace | undefined {
    if (typeof this.app !== "function") return undefined;
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

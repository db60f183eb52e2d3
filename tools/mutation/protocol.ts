/**
 * What the tool and the processes that run tests say to each other.
 *
 * @module
 */

/** What begins a line that is a message. */
export const MARK = "@@mutation ";

/** A test that passes on the program as it is. */
export interface TestRecord {
  /** Its place among the tests of its files. */
  readonly index: number;
  readonly name: string;
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** The mutants whose places it comes to. */
  readonly reached: readonly number[];
}

/** A mutant, and the tests that may kill it. */
export interface Trial {
  readonly id: number;
  readonly tests: readonly Pick<TestRecord, "index" | "duration">[];
}

/** What a process is to do. */
export type Job =
  | { readonly kind: "record"; readonly files: readonly string[] }
  | {
    readonly kind: "try";
    readonly files: readonly string[];
    readonly mutants: readonly Trial[];
    /** The mutant that the modules are to be loaded as. */
    readonly atLoad?: number;
  };

/** What a process tells. */
export type Message =
  /** The process runs; from here on it may be the mutant's fault if it ends. */
  | { readonly kind: "ready" }
  | { readonly kind: "test"; readonly limit: number }
  | { readonly kind: "useless"; readonly name: string }
  | {
    readonly kind: "recorded";
    /** The mutants whose places are passed while modules load. */
    readonly atLoad: readonly number[];
    readonly records: readonly TestRecord[];
  }
  | {
    readonly kind: "done";
    readonly id: number;
    /** The test that failed. */
    readonly killer?: string | undefined;
  }
  | { readonly kind: "unclear"; readonly id: number };

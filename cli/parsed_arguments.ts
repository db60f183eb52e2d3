/**
 * Options and operands of a command line, before a program gives them meaning,
 * and the error about those that have none.
 *
 * @module
 */

import { findClosest } from "./closest.ts";

/**
 * A failure that the person at the terminal can correct. It ends the program
 * with one line and a hint: a stack would not help.
 */
export class UsageError extends Error {
  /** What to do about it. */
  readonly hint: string;

  /**
   * Makes an error.
   *
   * @param message What is wrong.
   * @param hint What to do about it.
   */
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** What a program understands. */
export interface Known<Value extends string, Switch extends string> {
  /** The options that need a value, without their dashes. */
  readonly values: readonly Value[];
  /** Those of them whose value may be left out: it is empty then. */
  readonly optional?: readonly Value[];
  /** The options that have none. Among them, `help` is also `-h`. */
  readonly switches: readonly Switch[];
  /** The one line that goes with a mistake. */
  readonly usage: string;
}

/** The options and operands of one command line. */
export class ParsedArguments<Value extends string, Switch extends string> {
  /** The value of each option; the last one, if it was given several times. */
  readonly values: Map<Value, string> = new Map();
  /** The options without a value. */
  readonly switches: Set<Switch> = new Set();
  /** What is no option. */
  readonly operands: string[] = [];
  readonly #known: Known<Value, Switch>;
  readonly #all: [name: Value, value: string][] = [];

  /**
   * Reads a command line.
   *
   * @param args The arguments.
   * @param known What the program understands.
   * @throws {UsageError} If there is an option that it does not.
   */
  constructor(args: readonly string[], known: Known<Value, Switch>) {
    this.#known = known;
    const rest = [...args];
    for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
      if (arg === "--") {
        this.operands.push(...rest);
        break;
      }
      // "-1" is no option, but a bad operand.
      if (/^-[^0-9]/.test(arg)) this.#option(arg, rest);
      else this.operands.push(arg);
    }
  }

  /** All values of an option that may be given several times. */
  all(name: Value): string[] {
    return this.#all.filter(([other]) => other === name)
      .map(([, value]) => value);
  }

  #option(arg: string, rest: string[]): void {
    const { values, switches, usage, optional = [] } = this.#known;
    const [, name = "", given] = /^([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const value = values.find((known) => name === `--${known}`);
    if (value !== undefined) {
      const isLeftOut = given === undefined && optional.includes(value) &&
        rest[0]?.startsWith("-") !== false;
      const text = isLeftOut ? "" : given ?? rest.shift();
      if (!isLeftOut && (text === undefined || text === "")) {
        throw new UsageError(`${name} needs a value`, usage);
      }
      this.values.set(value, text ?? "");
      this.#all.push([value, text ?? ""]);
      return;
    }
    const long = name === "-h" ? "--help" : name;
    const choice = switches.find((known) => long === `--${known}`);
    if (choice === undefined) throw this.#unknown(name);
    if (given !== undefined) {
      throw new UsageError(`${name} takes no value, got ${given}`, usage);
    }
    this.switches.add(choice);
  }

  #unknown(name: string): UsageError {
    const { values, switches, usage } = this.#known;
    const wanted = name.replace(/^-+/, "").toLowerCase();
    const close = findClosest(wanted, [...values, ...switches]);
    return new UsageError(
      `unknown option ${name}`,
      close === undefined ? usage : `did you mean --${close}?`,
    );
  }
}

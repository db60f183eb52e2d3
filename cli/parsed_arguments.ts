/**
 * Splits a command line into options and operands.
 *
 * @module
 */

import { findClosest } from "./closest.ts";

/**
 * An error that the user can correct. The program prints its message and hint,
 * without a stack, and ends.
 */
export class UsageError extends Error {
  /** The way to correct the error. */
  readonly hint: string;

  /**
   * @param message The problem.
   * @param hint The way to correct it.
   */
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Returns the choice with a name.
 *
 * @param what A description of the choices, for the message.
 * @param name The name that the user typed.
 * @param choices All choices.
 * @throws {UsageError} If the choice does not exist. It suggests a similar one.
 */
export function choose<Choice extends string>(
  what: string,
  name: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === name);
  if (found !== undefined) return found;
  const close = findClosest(name, choices);
  throw new UsageError(
    `unknown ${what}: ${name}`,
    close === undefined
      ? `Choose one of ${choices.join(", ")}`
      : `Did you mean ${close}? The choices are ${choices.join(", ")}`,
  );
}

/** The options of a program. */
export interface Known<Value extends string, Switch extends string> {
  /** The options that need a value, without their dashes. */
  readonly values: readonly Value[];
  /** The options whose value is optional. Without a value, it is empty. */
  readonly optional?: readonly Value[];
  /** The options without a value. `-h` is an alias of `help`. */
  readonly switches: readonly Switch[];
  /** The hint for a wrong command line. */
  readonly usage: string;
}

/** The options and operands of one command line. */
export class ParsedArguments<Value extends string, Switch extends string> {
  /** The value of each option. If an option repeats, its last value counts. */
  readonly values: Map<Value, string> = new Map();
  /** The options without a value. */
  readonly switches: Set<Switch> = new Set();
  /** The arguments that are not options. */
  readonly operands: string[] = [];
  readonly #known: Known<Value, Switch>;
  readonly #all: [name: Value, value: string][] = [];

  /**
   * Parses a command line.
   *
   * @param args The arguments.
   * @param known The options of the program.
   * @throws {UsageError} If an option is unknown, or its value is missing.
   */
  constructor(args: readonly string[], known: Known<Value, Switch>) {
    this.#known = known;
    const rest = [...args];
    for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
      if (arg === "--") {
        this.operands.push(...rest);
        break;
      }
      // "-1" is not an option, but an invalid operand.
      if (/^-[^0-9]/.test(arg)) this.#option(arg, rest);
      else this.operands.push(arg);
    }
  }

  /** Returns all values of an option that can repeat. */
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
      throw new UsageError(
        `${name} does not accept a value, got ${given}`,
        usage,
      );
    }
    this.switches.add(choice);
  }

  #unknown(name: string): UsageError {
    const { values, switches, usage } = this.#known;
    const wanted = name.replace(/^-+/, "").toLowerCase();
    const close = findClosest(wanted, [...values, ...switches]);
    return new UsageError(
      `unknown option ${name}`,
      close === undefined ? usage : `Did you mean --${close}?`,
    );
  }
}

/**
 * Prints violations for developers.
 *
 * @module
 */

import { StderrStream } from "../wsgi/error_stream.ts";
import { detailsOf, type Violation } from "./violation.ts";

interface Runtime {
  Deno?: {
    noColor?: boolean;
    stderr?: { isTerminal?: () => boolean };
  };
}

const BOLD_RED = "\x1b[1;31m";
const BOLD_YELLOW = "\x1b[1;33m";
const DIM = "\x1b[2m";
const RESET = "\x1b[0m";

/** Colors are used in a terminal unless NO_COLOR is set. */
function wantsColor(): boolean {
  const { Deno } = globalThis as Runtime;
  return Deno?.noColor === false && Deno.stderr?.isTerminal?.() === true;
}

/** Whether a count is 10, 100, 1000 and so on. */
function isPowerOfTen(count: number): boolean {
  return count >= 10 && Number.isInteger(Math.log10(count));
}

/** Prints the first violation of each rule, then only how often it was broken. */
export class ViolationPrinter {
  readonly #name: string | undefined;
  readonly #counts = new Map<string, number>();
  readonly #stream: StderrStream;
  readonly #color: () => boolean;

  /**
   * @param name The name of the layer.
   * @param sink Receives the text instead of stderr.
   * @param color Returns whether to use colors.
   */
  constructor(
    name: string | undefined,
    sink?: (text: string) => void,
    color: () => boolean = wantsColor,
  ) {
    this.#name = name;
    this.#stream = new StderrStream(sink);
    this.#color = color;
  }

  /**
   * Counts a violation about which nothing would be printed.
   *
   * @param rule The id of the broken rule.
   * @returns Whether it was counted. If not, it must be printed.
   */
  countSilently(rule: string): boolean {
    const count = this.#counts.get(rule) ?? 0;
    if (count === 0 || isPowerOfTen(count + 1)) return false;
    this.#counts.set(rule, count + 1);
    return true;
  }

  /**
   * Prints a violation, or counts it if its rule was printed before.
   *
   * @param violation The violation.
   */
  print(violation: Violation): void {
    const { rule, severity, message } = violation;
    const count = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, count);
    if (count > 1 && !isPowerOfTen(count)) return;
    const color = this.#color();
    const paint = (style: string, text: string): string =>
      color ? `${style}${text}${RESET}` : text;
    const label = paint(
      severity === "error" ? BOLD_RED : BOLD_YELLOW,
      this.#name === undefined ? severity : `${severity} [${this.#name}]`,
    );
    if (count > 1) {
      this.#stream.write(`${label}: ${rule} was broken ${count} times\n`);
      return;
    }
    const details = detailsOf(violation).map((line) => paint(DIM, line));
    const lines = [`${label}: ${message}`, ...details];
    this.#stream.write(`${lines.join("\n")}\n`);
  }
}

/**
 * Colors for the terminal.
 *
 * @module
 */

/** Functions that color a text, or return it unchanged. */
export interface Paint {
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
}

const CODES = {
  red: 31,
  yellow: 33,
  green: 32,
  cyan: 36,
  bold: 1,
  dim: 2,
} as const;

/**
 * Creates the functions that color texts.
 *
 * @param isWanted Whether texts are colored.
 */
export function createPaint(isWanted: boolean): Paint {
  const paint = (code: number) => (text: string): string =>
    isWanted ? `\x1b[${code}m${text}\x1b[0m` : text;
  return {
    red: paint(CODES.red),
    yellow: paint(CODES.yellow),
    green: paint(CODES.green),
    cyan: paint(CODES.cyan),
    bold: paint(CODES.bold),
    dim: paint(CODES.dim),
  };
}

/**
 * Returns whether the output of this program should be colored: in a terminal,
 * unless NO_COLOR is set.
 */
export function wantsColor(): boolean {
  return !Deno.noColor && Deno.stderr.isTerminal();
}

/**
 * Colors a status code by its class.
 *
 * @param paint The colors.
 * @param status The status code.
 */
export function paintStatus(paint: Paint, status: string): string {
  switch (status[0]) {
    case "2":
      return paint.green(status);
    case "3":
      return paint.cyan(status);
    case "4":
      return paint.yellow(status);
    default:
      return paint.red(status);
  }
}

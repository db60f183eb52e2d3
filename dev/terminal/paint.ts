/**
 * Colours for a terminal, where they are wanted.
 *
 * @module
 */

/** Colours a text, or leaves it as it is. */
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
 * Makes colours.
 *
 * @param isWanted Whether there are any.
 * @returns What colours a text.
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
 * Checks whether the output of this program is to be coloured: in a terminal,
 * unless the user has set NO_COLOR.
 *
 * @returns Whether it is.
 */
export function wantsColor(): boolean {
  return !Deno.noColor && Deno.stderr.isTerminal();
}

/**
 * Colours a status code by its class.
 *
 * @param paint The colours.
 * @param status The status code.
 * @returns The code, coloured.
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

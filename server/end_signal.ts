/**
 * The signals that ask a program to end.
 *
 * @module
 */

/** SIGINT is Ctrl+C, SIGTERM what supervisors send. */
const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Calls at the first SIGINT or SIGTERM. The second one ends the program at
 * once, with the exit code that a shell gives to a program ended by it.
 *
 * @param stop Begins a graceful end.
 */
export function onEndSignal(stop: () => void): void {
  let isStopping = false;
  function listen(signal: keyof typeof NUMBERS): void {
    Deno.addSignalListener(signal, () => {
      if (isStopping) Deno.exit(128 + NUMBERS[signal]);
      isStopping = true;
      stop();
    });
  }
  listen("SIGINT");
  if (Deno.build.os !== "windows") listen("SIGTERM");
}

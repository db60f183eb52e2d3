/**
 * Noticing that a web server wants a CGI program to end.
 *
 * @module
 */

/** What this file needs of Deno. */
interface Runtime {
  Deno?: {
    addSignalListener(signal: "SIGTERM", listener: () => void): void;
    removeSignalListener(signal: "SIGTERM", listener: () => void): void;
  };
}

/**
 * Calls at the first SIGTERM. A web server sends it when its client has left,
 * or has all that Content-Length promised; without a listener the program would
 * end at once, and nothing would be closed. The second one ends the program.
 *
 * @param stop Ends what is running.
 * @returns Stops listening.
 */
export function onTermination(stop: () => void): () => void {
  const { Deno } = globalThis as Runtime;
  const listener = (): void => {
    remove();
    stop();
  };
  const remove = (): void => Deno?.removeSignalListener("SIGTERM", listener);
  try {
    Deno?.addSignalListener("SIGTERM", listener);
  } catch {
    // Windows has no such signal.
    return () => {};
  }
  return remove;
}

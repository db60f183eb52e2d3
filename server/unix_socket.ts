/**
 * Unix sockets, also in place of one that a dead server left behind.
 *
 * @module
 */

/** How long a server may take to accept, in milliseconds. */
const PROBE_TIMEOUT_MS = 2_000;

const ANSWERED = 1;
const REFUSED = 2;

/** Connects, and stores the outcome. */
const PROBE = `
  onmessage = async ({ data: [path, outcome] }) => {
    let result = ${ANSWERED};
    try {
      (await Deno.connect({ transport: "unix", path })).close();
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) result = ${REFUSED};
    }
    Atomics.store(outcome, 0, result);
    Atomics.notify(outcome, 0);
  };
`;

/**
 * Returns whether a path is a socket on which no server listens any more.
 *
 * Deno can only connect asynchronously, and a server binds at once. So a worker
 * connects while this thread waits; it takes some 10 ms, and only where there
 * is a socket in the way.
 *
 * @param path The path.
 * @returns Whether the file can be removed. Where it is no socket, or the
 * question stays open, it cannot.
 */
function isStaleSocket(path: string): boolean {
  if (!Deno.lstatSync(path).isSocket) return false;
  const outcome = new Int32Array(new SharedArrayBuffer(4));
  const probe = new Worker(
    `data:text/javascript,${encodeURIComponent(PROBE)}`,
    { type: "module" },
  );
  try {
    probe.postMessage([path, outcome]);
    Atomics.wait(outcome, 0, 0, PROBE_TIMEOUT_MS);
  } finally {
    probe.terminate();
  }
  return outcome[0] === REFUSED;
}

/**
 * Binds to a Unix socket, in place of one that a dead server left behind.
 *
 * @param path The path.
 * @param bind Binds and returns.
 * @returns What `bind` returns.
 * @throws What `bind` throws.
 */
export function bindUnix<T>(path: string, bind: () => T): T {
  try {
    return bind();
  } catch (error) {
    const isInTheWay = error instanceof Deno.errors.AddrInUse;
    if (!isInTheWay || !isStaleSocket(path)) throw error;
    Deno.removeSync(path);
    return bind();
  }
}

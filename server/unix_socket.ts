/**
 * {@linkcode bindUnix}: binds Unix sockets, and replaces those of dead servers.
 *
 * @module
 */

/** The maximum time for the probe of a socket, in milliseconds. */
const PROBE_TIMEOUT_MS = 2_000;

const ANSWERED = 1;
const REFUSED = 2;

/** The code of a worker that connects and stores the outcome. */
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
 * Tests whether a path is a socket without a server.
 *
 * Deno can only connect asynchronously, but binding is sync. Therefore a worker
 * connects while this thread waits. This takes about 10 ms, and happens only if
 * the file exists.
 *
 * @param path The path.
 * @returns Whether the file can be removed; `false` if it is not a socket, or in
 * doubt.
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
 * Binds a Unix socket. If a dead server left its file behind, it is replaced.
 *
 * @param path The path.
 * @param bind The function that binds.
 * @returns The result of `bind`.
 * @throws The error of `bind`.
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

/**
 * {@linkcode listenUnix}: listens on a Unix socket, and removes its file at the
 * end unless another server has replaced it.
 *
 * @module
 */

import { listening } from "./listen.ts";
import { type Accepted, acceptFrom, type Listener } from "./listener.ts";
import { bindUnix } from "./unix_socket.ts";

/** The maximum path length that all systems allow for sockets, in bytes. */
const MAX_PATH_SIZE = 100;

/**
 * Listens on a Unix socket.
 *
 * @param givenPath The path of the socket.
 * @param mode The file mode of the socket; by default, the umask decides.
 * @returns The listener.
 * @throws As `listening()` does.
 */
export function listenUnix(
  givenPath: string,
  mode: number | undefined,
): Listener {
  const path = toAbsolute(givenPath);
  const listener = listening(
    givenPath,
    () => bindUnix(path, () => Deno.listen({ transport: "unix", path })),
  );
  try {
    if (mode !== undefined) Deno.chmodSync(path, mode);
  } catch (error) {
    listener.close();
    throw error;
  }
  return new UnixListener(listener, path);
}

/**
 * Converts a path to an absolute one, so that it stays valid if the program
 * changes its working directory.
 */
function toAbsolute(path: string): string {
  if (path.startsWith("/") || Deno.build.os === "windows") return path;
  try {
    const absolute = `${Deno.cwd()}/${path}`;
    const { length } = new TextEncoder().encode(absolute);
    return length <= MAX_PATH_SIZE ? absolute : path;
  } catch {
    // The program may lack the permission.
    return path;
  }
}

/** Accepts connections on a Unix socket. */
class UnixListener implements Listener {
  readonly port = 0;
  readonly #listener: Deno.UnixListener;
  readonly #path: string;
  /** The identity of the socket file. */
  readonly #own: string | undefined;
  /** Rejects the pending `accept()`. */
  #reject: ((reason: unknown) => void) | undefined;
  #onClosed: (() => void) | undefined;

  constructor(listener: Deno.UnixListener, path: string) {
    this.#listener = listener;
    this.#path = path;
    this.#own = identityOf(path);
  }

  accept(): Promise<Accepted | undefined> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      acceptFrom(this.#listener).then((socket) => {
        if (this.#end(reject)) {
          resolve(socket && { socket, remote: undefined });
        } else socket?.close();
      }, (error) => {
        if (this.#end(reject)) reject(error);
      });
    });
  }

  /** Ends an `accept()`; returns whether it was still pending. */
  #end(reject: (reason: unknown) => void): boolean {
    if (this.#reject !== reject) return false;
    this.#reject = undefined;
    this.#onClosed?.();
    return true;
  }

  /** Closes the listener. Deno removes any file that has the path by then. */
  close(): void {
    const found = identityOf(this.#path);
    if (found === undefined || found === this.#own) {
      return this.#listener.close();
    }
    const restore = keepFile(this.#path);
    if (restore === undefined) return this.#abandon();
    this.#listener.close();
    // Deno keeps the listener until the pending accept() has ended.
    if (this.#reject === undefined) restore();
    else this.#onClosed = restore;
  }

  /**
   * Leaves the listener open until the program ends. Clients cannot reach it,
   * because its file has been replaced.
   */
  #abandon(): void {
    const reject = this.#reject;
    this.#reject = undefined;
    this.#listener.unref();
    reject?.(new Deno.errors.BadResource("The listener is closed"));
  }
}

/**
 * Saves the file that another program has created in place of the socket.
 *
 * @returns A function that restores the file after the listener was closed;
 * `undefined` if the program lacks the permission.
 */
function keepFile(path: string): (() => void) | undefined {
  const kept = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    Deno.linkSync(path, kept);
  } catch {
    // The permission may cover one name only, and folders cannot be linked.
    return undefined;
  }
  return () => {
    try {
      Deno.linkSync(kept, path);
    } catch {
      // The file exists, or a newer one.
    }
    Deno.removeSync(kept);
  };
}

/** Returns the identity of a file; `undefined` if it cannot be determined. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/**
 * {@linkcode listenUnix}: listening on a Unix socket, whose file is removed at
 * the end unless another server has put its own in that place.
 *
 * @module
 */

import { listening } from "./listen.ts";
import { type Accepted, acceptFrom, type Listener } from "./listener.ts";
import { bindUnix } from "./unix_socket.ts";

/** The longest path that every system allows for a socket, in bytes. */
const MAX_PATH_SIZE = 100;

/**
 * Listens on a Unix socket.
 *
 * @param givenPath Its path.
 * @param mode The file mode of the socket; the umask decides without it.
 * @returns The listener, bound.
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
 * Makes a path absolute, so that it leads to the same file when the program
 * changes its folder.
 */
function toAbsolute(path: string): string {
  if (path.startsWith("/") || Deno.build.os === "windows") return path;
  try {
    const absolute = `${Deno.cwd()}/${path}`;
    const { length } = new TextEncoder().encode(absolute);
    return length <= MAX_PATH_SIZE ? absolute : path;
  } catch {
    // The program may not know where it is.
    return path;
  }
}

/** Accepts connections on a Unix socket. */
class UnixListener implements Listener {
  readonly port = 0;
  readonly #listener: Deno.UnixListener;
  readonly #path: string;
  /** Which file the socket is. */
  readonly #own: string | undefined;
  /** Rejects the `accept()` that waits. */
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

  /** Ends an `accept()`; returns whether it was waited for. */
  #end(reject: (reason: unknown) => void): boolean {
    if (this.#reject !== reject) return false;
    this.#reject = undefined;
    this.#onClosed?.();
    return true;
  }

  /** Deno removes whatever has the name that a listener was bound to. */
  close(): void {
    const found = identityOf(this.#path);
    if (found === undefined || found === this.#own) {
      return this.#listener.close();
    }
    const restore = keepFile(this.#path);
    if (restore === undefined) return this.#abandon();
    this.#listener.close();
    // Deno holds the listener until the last accept() is over.
    if (this.#reject === undefined) restore();
    else this.#onClosed = restore;
  }

  /**
   * Leaves the listener open until the program ends. No client can reach it any
   * more, since its file is gone.
   */
  #abandon(): void {
    const reject = this.#reject;
    this.#reject = undefined;
    this.#listener.unref();
    reject?.(new Deno.errors.BadResource("The listener is closed"));
  }
}

/**
 * Keeps a file that another program has put in place of the socket.
 *
 * @returns Puts the file back, once the listener is closed; nothing if the
 * program may not keep it.
 */
function keepFile(path: string): (() => void) | undefined {
  const kept = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    Deno.linkSync(path, kept);
  } catch {
    // The permission may be for one name only, and a folder has no links.
    return undefined;
  }
  return () => {
    try {
      Deno.linkSync(kept, path);
    } catch {
      // It is there, or a newer one.
    }
    Deno.removeSync(kept);
  };
}

/** Which file a path leads to; `undefined` if none, or none that can be seen. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

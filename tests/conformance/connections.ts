/** Servers that handle bytes instead of requests. */

import type { RunningServer } from "../../conformance/mod.ts";
import { toBytes } from "../../wsgi/byte_string.ts";

/** Sends a ByteString. */
export async function send(to: Deno.Conn, piece: string): Promise<void> {
  let bytes = toBytes(piece);
  while (bytes.length > 0) bytes = bytes.subarray(await to.write(bytes));
}

/** Closes a connection, unless it was closed before. */
export function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed before.
  }
}

/** Answers each connection by itself, and closes it then. */
export function answers(
  answer: (connection: Deno.TcpConn, signal: AbortSignal) => Promise<void>,
  stop: () => unknown = () => {},
): RunningServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const stopped = new AbortController();
  const all = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const end = () => close(connection);
      stopped.signal.addEventListener("abort", end, { once: true });
      const one = answer(connection, stopped.signal).catch(() => {})
        .finally(() => {
          stopped.signal.removeEventListener("abort", end);
          end();
          all.delete(one);
        });
      all.add(one);
    }
  })();
  return {
    hostname: "127.0.0.1",
    port: listener.addr.port,
    stop: async () => {
      listener.close();
      await accepting;
      await stop();
      stopped.abort();
      await Promise.all(all);
    },
  };
}

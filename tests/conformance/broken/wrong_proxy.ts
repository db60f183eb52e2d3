/**
 * A proxy in front of our server that changes bytes on their way: with it a
 * server is wrong on the wire, and right in everything else.
 */

import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import type { RunningServer } from "../../../conformance/mod.ts";
import { type BrokenServer, serve } from "./server.ts";

/** The mistakes on one connection. Pieces of bytes are ByteStrings. */
export interface Wrong {
  /** Changes the bytes from the client. */
  readonly sent?: (piece: string) => string;
  /** Changes the bytes from the server. */
  readonly received?: (piece: string) => string;
  /** Whether to end the connection after the bytes sent so far. */
  readonly isOver?: () => boolean;
  /** The bytes to send when the server ends the connection. */
  readonly last?: () => string;
  /** Whether the connection ends as soon as the client ends its side. */
  readonly cuts?: boolean;
  /** Whether the connection stays open when the server ends it. */
  readonly stays?: () => boolean;
}

async function pump(
  from: Deno.Conn,
  take: (piece: string) => Promise<boolean>,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const count = await from.read(buffer);
      if (count === null || !await take(fromBytes(buffer.subarray(0, count)))) {
        return;
      }
    }
  } catch {
    // A broken connection is also an end.
  }
}

async function send(to: Deno.Conn, piece: string): Promise<void> {
  let bytes = toBytes(piece);
  while (bytes.length > 0) bytes = bytes.subarray(await to.write(bytes));
}

function quietly(close: () => void): void {
  try {
    close();
  } catch {
    // It was closed before.
  }
}

async function connect(
  client: Deno.TcpConn,
  open: () => Promise<Deno.Conn>,
  wrong: Wrong,
): Promise<void> {
  const { sent = (one) => one, received = (one) => one } = wrong;
  const server = await open();
  const there = (async () => {
    await pump(client, async (piece) => {
      await send(server, sent(piece));
      return true;
    });
    // The client has ended its side: it has left, or waits for its response.
    if (wrong.cuts) quietly(() => client.close());
    await server.closeWrite().catch(() => {});
  })();
  const back = (async () => {
    await pump(server, async (piece) => {
      await send(client, received(piece));
      return !wrong.isOver?.();
    });
    await send(client, wrong.last?.() ?? "").catch(() => {});
    quietly(() => server.close());
    if (!wrong.stays?.()) quietly(() => client.close());
  })();
  await Promise.all([there, back]);
  quietly(() => client.close());
}

/** Puts a proxy in front of a server; `open` connects to it, if not by port. */
export function before(
  server: RunningServer,
  wrong: () => Wrong,
  open: () => Promise<Deno.Conn> = () =>
    Deno.connect({ hostname: "127.0.0.1", port: server.port }),
): RunningServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Promise<void>>();
  const clients = new Set<Deno.TcpConn>();
  const accepting = (async () => {
    for await (const client of listener) {
      clients.add(client);
      const connection = connect(client, open, wrong()).catch(() => {})
        .finally(() => {
          // The server may have refused its connection.
          quietly(() => client.close());
          connections.delete(connection);
          clients.delete(client);
        });
      connections.add(connection);
    }
  })();
  return {
    ...server,
    port: listener.addr.port,
    stop: async () => {
      listener.close();
      await accepting;
      await server.stop();
      for (const client of clients) quietly(() => client.close());
      await Promise.all(connections);
    },
  };
}

/** Creates a server that is wrong on the wire. */
export function wire(
  name: string,
  wrong: () => Wrong,
  found: string,
): BrokenServer {
  return { name, start: (app) => before(serve(app), wrong), found };
}

/** Makes a mistake that depends on what the client has sent. */
export function after(
  part: RegExp,
  wrong: (isSent: () => boolean) => Wrong,
): () => Wrong {
  return () => {
    let isSent = false;
    const sent = (piece: string): string => {
      isSent ||= part.test(piece);
      return piece;
    };
    return { sent, ...wrong(() => isSent) };
  };
}

/** A mistake in reading: its name, the part to replace, with what, the cases. */
export type Replacing = readonly [string, string | RegExp, string, string];

/** Creates a server that reads requests in another way. */
export function reads(
  name: string,
  sent: (piece: string) => string,
  found: string,
): BrokenServer {
  return wire(name, () => ({ sent }), found);
}

/** Creates servers that read one part of a piece as another. */
export function replacing(rows: readonly Replacing[]): BrokenServer[] {
  return rows.map(([name, from, to, found]) =>
    reads(name, (piece) => piece.replace(from, to), found)
  );
}

/** Creates a server that sends something else. */
export function sends(
  name: string,
  received: (piece: string) => string,
  found: string,
): BrokenServer {
  return wire(name, () => ({ received }), found);
}

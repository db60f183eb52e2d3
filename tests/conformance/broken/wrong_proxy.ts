/**
 * A proxy in front of our server that changes bytes on their way: with it a
 * server is wrong on the wire, and right in everything else.
 */

import { fromBytes } from "../../../wsgi/byte_string.ts";
import type { RunningServer } from "../../../conformance/mod.ts";
import { answers, close, send } from "../connections.ts";
import { type BrokenServer, type Create, serve, type Swap } from "./server.ts";

/** The mistakes on one connection. Pieces of bytes are ByteStrings. */
export interface Wrong {
  /** Changes the bytes from the client. */
  readonly sent?: (piece: string) => string;
  /** Changes the bytes from the server. */
  readonly received?: (piece: string) => string;
  /** Whether to leave unread what the client sends from now on. */
  readonly stopsReading?: () => boolean;
  /** Whether to end the connection after the bytes sent so far. */
  readonly isOver?: () => boolean;
  /** The bytes to send when the server ends the connection. */
  readonly last?: () => string;
  /** Whether the connection ends as soon as the client ends its side. */
  readonly cuts?: boolean;
  /** Whether the connection stays open when the server ends it. */
  readonly stays?: () => boolean;
}

/** Returns whether the other side has ended, and nothing has failed. */
async function pump(
  from: Deno.Conn,
  take: (piece: string) => Promise<boolean>,
): Promise<boolean> {
  const buffer = new Uint8Array(65_536);
  try {
    for (;;) {
      const count = await from.read(buffer);
      if (count === null) return true;
      if (!await take(fromBytes(buffer.subarray(0, count)))) return false;
    }
  } catch {
    return false;
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
      // If the server has gone, the client may still be sending.
      await send(server, sent(piece)).catch(() => {});
      return !wrong.stopsReading?.();
    });
    // The client has ended its side: it has left, or waits for its response.
    if (wrong.cuts) close(client);
    await server.closeWrite().catch(() => {});
  })();
  const back = (async () => {
    const hasEnded = await pump(server, async (piece) => {
      await send(client, received(piece));
      return !wrong.isOver?.();
    });
    await send(client, wrong.last?.() ?? "").catch(() => {});
    if (!wrong.stays?.()) {
      // The client may still be sending, and the server may read that.
      if (hasEnded) await client.closeWrite().catch(() => {});
      else close(client);
      await there;
    }
    close(server);
  })();
  await Promise.all([there, back]);
}

/** Puts a proxy in front of a server; `open` connects to it, if not by port. */
export function before(
  server: RunningServer,
  wrong: () => Wrong,
  open: () => Promise<Deno.Conn> = () => Deno.connect({ port: server.port }),
): RunningServer {
  const connected = (client: Deno.TcpConn) => connect(client, open, wrong());
  return { ...server, ...answers(connected, () => server.stop()) };
}

/** Creates a server that is wrong on the wire. */
export const wire: Create<() => Wrong> = (name, wrong, found) => ({
  name,
  start: (app) => before(serve(app), wrong),
  found,
});

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

/** Creates a server that reads requests in another way. */
export const reads: Create<Swap<string>> = (name, sent, found) =>
  wire(name, () => ({ sent }), found);

/** Creates a server that sends something else. */
export const sends: Create<Swap<string>> = (name, received, found) =>
  wire(name, () => ({ received }), found);

/**
 * Creates servers that replace a part of what they read or send.
 *
 * @param rows A line for each, with ` | ` between its name, the pattern of the
 * part, the text instead of it (`-` for none), and the cases that find it.
 * @param create Creates a server from a change.
 */
export function replacing(
  rows: string,
  create: Create<Swap<string>>,
): BrokenServer[] {
  return rows.trim().split(/\n +/).map((row) => {
    const [name = "", part = "", text = "", found = ""] = row.split(" | ");
    const to = text.replaceAll("\\r\\n", "\r\n").replace(/^-$/, "");
    const pattern = new RegExp(part, "g");
    return create(name, (piece) => piece.replace(pattern, to), found);
  });
}

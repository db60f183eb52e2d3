/** Servers that no client can work with: each of them ends a check early. */

import { setTimeout as delay } from "node:timers/promises";
import type { RunningServer } from "../../conformance/mod.ts";
import type { Application, ResponseBody } from "../../mod.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { aborted } from "../server/serving.ts";
import { serve } from "./broken/server.ts";

/** A server, and the words with which the report describes its fault. */
export interface HostileServer {
  readonly name: string;
  readonly start: (app: Application) => RunningServer;
  /** A part of the reason why cases were not run; `undefined` if all were. */
  readonly skipped?: RegExp;
  /** Whether it keeps this process busy. */
  readonly isBusy?: boolean;
}

function quietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed before.
  }
}

/** Answers each connection by itself, whatever the client sends. */
export function answers(
  answer: (connection: Deno.TcpConn, signal: AbortSignal) => Promise<void>,
): RunningServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const stopped = new AbortController();
  const all = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const end = () => quietly(connection);
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
      stopped.abort();
      await accepting;
      await Promise.all(all);
    },
  };
}

/** Reads until the client leaves. */
async function drain(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(16_384);
  while (await connection.read(buffer) !== null);
}

async function send(connection: Deno.TcpConn, text: string): Promise<void> {
  let bytes = toBytes(text);
  while (bytes.length > 0) {
    bytes = bytes.subarray(await connection.write(bytes));
  }
}

/** Answers each request with a text, and continues with another one. */
function endless(name: string, begin: string, more: string): HostileServer {
  const start = () =>
    answers(async (connection) => {
      void drain(connection).catch(() => {});
      await send(connection, begin);
      for (;;) await send(connection, more);
    });
  const skipped =
    /sends more than 4 MiB|does not (?:complete its response|respond)/;
  return { name, start, skipped, isBusy: true };
}

/** Answers each request with the same text, one byte per second. */
function dripping(text: string): RunningServer {
  return answers(async (connection, signal) => {
    void drain(connection).catch(() => {});
    for (const byte of text) {
      await send(connection, byte);
      await delay(1000, undefined, { signal });
    }
  });
}

function always(response: string): RunningServer {
  return answers(async (connection) => {
    await connection.read(new Uint8Array(16_384));
    await send(connection, response);
    await connection.closeWrite();
    await drain(connection);
  });
}

const OK =
  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/** Collects a whole response before it passes on the first byte. */
function bufferingProxy(app: Application): RunningServer {
  const server = serve(app);
  const proxy = answers(async (connection, signal) => {
    const upstream = await Deno.connect({ port: server.port });
    signal.addEventListener("abort", () => quietly(upstream), { once: true });
    void (async () => {
      const buffer = new Uint8Array(65_536);
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) return await upstream.closeWrite();
        const piece = fromBytes(buffer.subarray(0, count));
        // One response for each connection, which shows the end of the response.
        await send(
          upstream,
          piece.replace(/ HTTP\/1\.[01]\r\n/, "$&Connection: close\r\n"),
        );
      }
    })().catch(() => {});
    const kept = await Array.fromAsync(upstream.readable);
    for (const piece of kept) await send(connection, fromBytes(piece));
  });
  return {
    ...proxy,
    stop: async () => {
      await proxy.stop();
      await server.stop();
    },
  };
}

/** Collects a whole body before it passes it to the server, even for HEAD. */
async function collect(body: ResponseBody): Promise<ResponseBody> {
  const kept: Uint8Array[] = [];
  try {
    for await (const chunk of body) kept.push(chunk);
  } finally {
    await body.close?.();
  }
  return kept;
}

/** All hostile servers. */
export const HOSTILE_SERVERS: readonly HostileServer[] = [
  { name: "buffers whole responses", start: bufferingProxy },
  {
    name: "buffers whole bodies in the process",
    start: (app) => serve(async (...args) => await collect(await app(...args))),
  },
  {
    name: "calls the application and discards its body",
    start: (app) =>
      serve(async (...args) => {
        await app(...args);
        return await new Promise<never>(() => {});
      }),
  },
  {
    name: "never answers",
    start: () => answers(drain),
    skipped: /accepts connections, but does not respond/,
  },
  {
    name: "never reads",
    start: () => answers((_connection, signal) => aborted(signal)),
    skipped: /accepts connections, but does not respond/,
  },
  {
    name: "closes immediately",
    start: () => answers(() => Promise.resolve()),
    skipped: /closes the connection without a response/,
  },
  endless(
    "sends a head without an end",
    "HTTP/1.1 200 OK\r\n",
    `X-More: ${"x".repeat(8000)}\r\n`,
  ),
  endless(
    "sends 100 without an end",
    "",
    "HTTP/1.1 100 Continue\r\n\r\n".repeat(100),
  ),
  endless(
    "sends a body without an end",
    "HTTP/1.1 200 OK\r\n\r\n",
    "x".repeat(65_536),
  ),
  endless(
    "sends chunks without an end",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "1\r\nx\r\n".repeat(1000),
  ),
  {
    name: "sends one byte per second",
    start: () => dripping(OK),
    skipped: /does not complete its response/,
  },
  {
    name: "announces a body that never comes",
    start: () => always("HTTP/1.1 200 OK\r\nContent-Length: 1e15\r\n\r\n"),
    skipped: /was not called/,
  },
  {
    name: "answers everything with 200",
    start: () => always(OK),
    skipped: /responds with "HTTP\/1\.1 200 OK", but .* was not called/,
  },
];

/** Servers that no client can work with: each of them ends a check early. */

import { setTimeout as delay } from "node:timers/promises";
import type { RunningServer } from "../../conformance/mod.ts";
import type { Application, ResponseBody } from "../../mod.ts";
import { aborted, never } from "../server/serving.ts";
import { serve } from "./broken/server.ts";
import { before } from "./broken/wrong_proxy.ts";
import { answers, send } from "./connections.ts";

/** A server, and the words with which the report describes its fault. */
export interface HostileServer {
  readonly name: string;
  readonly start: (app: Application) => RunningServer;
  /** A part of the reason why cases were not run; `undefined` if all were. */
  readonly skipped?: RegExp;
  /** Whether it keeps this process busy. */
  readonly isBusy?: boolean;
}

/** Reads until the client leaves. */
async function drain(connection: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(16_384);
  while (await connection.read(buffer) !== null);
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
  return before(serve(app), () => {
    let kept = "";
    return {
      // One response for each connection, which shows the end of the response.
      sent: (piece) =>
        piece.replace(/ HTTP\/1\.[01]\r\n/, "$&Connection: close\r\n"),
      received: (piece) => {
        kept += piece;
        return "";
      },
      last: () => kept,
    };
  });
}

/** Collects a whole body before it passes it to the server, even for HEAD. */
async function collect(body: ResponseBody): Promise<ResponseBody> {
  try {
    return await Array.fromAsync(body);
  } finally {
    await body.close?.();
  }
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
    start: (app) => serve((...args) => Promise.try(app, ...args).then(never)),
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
    name: "loses the reports of the application",
    start: (app) =>
      serve((environ, startResponse) => {
        const mark = environ.HTTP_WSGI_CASE?.replace(/\.[^.]*$/, ".lost");
        return app({ ...environ, HTTP_WSGI_CASE: mark }, startResponse);
      }),
    skipped: /, or its reports do not arrive$/,
  },
  {
    name: "hides the header of the kit",
    start: (app) =>
      serve(({ HTTP_WSGI_CASE: _, ...environ }, startResponse) =>
        app(environ, startResponse)
      ),
    skipped: /without the header Wsgi-Case/,
  },
  {
    name: "answers everything with 200",
    start: () => always(OK),
    skipped: /responds with "HTTP\/1\.1 200 OK", but .* was not called/,
  },
];

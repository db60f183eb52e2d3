/**
 * Sends a recorded request to the application again, without a socket.
 *
 * @module
 */

import type { BodySource } from "../../gateway/input/body_source.ts";
import { runApplication } from "../../gateway/run_application.ts";
import type { Channel } from "../../server/protocol.ts";
import type { Socket } from "../../server/listener.ts";
import { SocketWriter } from "../../server/socket_writer.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { RecordedRequest } from "../conversation.ts";
import type { FrontProtocol } from "./received.ts";

/** The outcome of a replayed request. */
export interface ReplayEnd {
  readonly environ: Environ;
  readonly status: number;
  readonly bytesSent: number;
  /** The time from start to end, in milliseconds. */
  readonly duration: number;
}

/** A request body in one piece. */
class WholeBody implements BodySource {
  #body: Uint8Array | undefined;

  constructor(body: Uint8Array) {
    this.#body = body.length === 0 ? undefined : body.slice();
  }

  read(): Promise<Uint8Array | undefined> {
    const body = this.#body;
    this.#body = undefined;
    return Promise.resolve(body);
  }

  release(): void {}

  cancel(): void {}
}

/** A connection to a client that ignores everything it receives. */
function openChannel(): Channel {
  const socket: Socket = {
    write: (bytes: Uint8Array) => Promise.resolve(bytes.length),
    read: () => Promise.resolve(null),
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
  return {
    writer: new SocketWriter(socket, { onWriteError: () => {} }),
    time: Date.now(),
    mayKeepAlive: () => false,
    cutOff: () => {},
  };
}

function headOf(request: RecordedRequest): Uint8Array<ArrayBuffer> {
  const { method, target, protocol, headers } = request;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return toBytes(`${method} ${target} ${protocol}\r\n${lines.join("")}\r\n`);
}

/**
 * Sends a request again, exactly as it was received.
 *
 * @param request The request.
 * @param app The application of the front.
 * @param protocol The protocol of the front's server.
 * @returns The outcome, when the response is complete.
 * @throws {Error} If only a part of the request was kept.
 */
export async function replayRequest(
  request: RecordedRequest,
  app: Application,
  protocol: FrontProtocol,
): Promise<ReplayEnd> {
  if (!request.isBodyComplete) {
    throw new Error(
      "Cannot send the request again: only the beginning of its body was kept",
    );
  }
  const parser = protocol.createParser();
  const bytes = headOf(request);
  parser.receive(bytes, bytes.length);
  const event = parser.next();
  if (event?.type !== "head") {
    throw new Error("Cannot send the request again: its head is incomplete");
  }
  const { head } = event;
  const startedAt = performance.now();
  const transport = protocol.createTransport(openChannel(), head);
  const remote = { hostname: "127.0.0.1", port: "0" };
  const { environ } = protocol.createEnviron(
    head,
    parser,
    remote,
    () => head.fields.hasBody ? new WholeBody(request.body) : null,
    () => transport.cancellation.signal,
  );
  await runApplication(app, environ, transport);
  return {
    environ,
    status: transport.status,
    bytesSent: transport.bytesSent,
    duration: performance.now() - startedAt,
  };
}

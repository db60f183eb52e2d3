/**
 * What the front knows of a request beside its environ, and its protocol, which
 * hands that over.
 *
 * @module
 */

import { Cancellation } from "../../gateway/cancellation.ts";
import type { OpenBody } from "../../gateway/input/request_body.ts";
import {
  type ResponseHead,
  withContentLength,
} from "../../gateway/response_head.ts";
import type { RequestHead } from "../../http1/request_head.ts";
import { ResponseEncoder } from "../../http1/response_encoder.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { HttpProtocol } from "../../server/http_protocol.ts";
import { HttpTransport } from "../../server/http_transport.ts";
import type { Channel, ServedEnviron } from "../../server/protocol.ts";
import type { Environ } from "../../wsgi/types.ts";

/** A cancellation that has a listener of the front, beside that of the gateway. */
class FrontCancellation extends Cancellation {
  onCancel: ((reason: unknown) => void) | undefined;

  override cancel(reason: unknown): void {
    const before = this.cancelled;
    super.cancel(reason);
    if (!before && this.cancelled) this.onCancel?.(reason);
  }
}

/** A transport that remembers the head of its response. */
class FrontTransport extends HttpTransport {
  override readonly cancellation: FrontCancellation = new FrontCancellation();
  readonly #request: RequestHead;
  #sent: SentHead | undefined;

  constructor(
    channel: Channel,
    request: RequestHead,
    encoder: ResponseEncoder,
  ) {
    super(channel, request, encoder);
    this.#request = request;
  }

  override sendHead(head: ResponseHead): void {
    super.sendHead(head);
    this.#keep(head);
  }

  override respond(head: ResponseHead, body: Uint8Array): void {
    super.respond(head, body);
    this.#keep(withContentLength(head, body.length));
  }

  #keep(head: ResponseHead): void {
    const { keepsAlive } = this;
    const sentAt = Date.now();
    this.#sent = { request: this.#request, head, keepsAlive, sentAt };
  }

  /** The head that was sent, if there is one. */
  get sent(): SentHead | undefined {
    return this.#sent;
  }
}

/** What the front knows of a request. */
export interface Received {
  readonly head: RequestHead;
  readonly transport: FrontTransport;
}

const RECEIVED = Symbol("received");

const silence = new StderrStream(() => {});

/**
 * Returns what the front knows of a request.
 *
 * @param environ Its environ.
 * @returns The head and the transport; nothing if this protocol did not make it.
 */
export function receivedOf(environ: Environ): Received | undefined {
  return (environ as { [RECEIVED]?: Received })[RECEIVED];
}

/** The head of a response, and what it took to encode it. */
export interface SentHead {
  readonly request: RequestHead;
  readonly head: ResponseHead;
  readonly keepsAlive: boolean;
  /** When it was sent, in milliseconds since the epoch. */
  readonly sentAt: number;
}

/**
 * Encodes the head of a response once more, as it was sent.
 *
 * @param sent The head.
 * @returns The bytes, a ByteString.
 */
export function encodeSent(sent: SentHead): string {
  const { request: { method, version }, head, keepsAlive, sentAt } = sent;
  const context = { method, version, keepsAlive };
  return fromBytes(new ResponseEncoder().encode(head, context, sentAt).bytes);
}

/** HTTP/1.1, with the head and the transport attached to each environ. */
export class FrontProtocol extends HttpProtocol {
  readonly #encoder = new ResponseEncoder();
  readonly #transports = new WeakMap<RequestHead, FrontTransport>();

  override createTransport(
    channel: Channel,
    head: RequestHead,
  ): HttpTransport {
    const transport = new FrontTransport(channel, head, this.#encoder);
    this.#transports.set(head, transport);
    return transport;
  }

  override createEnviron(
    head: RequestHead,
    parser: Parameters<HttpProtocol["createEnviron"]>[1],
    remote: Deno.NetAddr | undefined,
    openBody: OpenBody,
    signal: () => AbortSignal,
  ): ServedEnviron {
    const served = super.createEnviron(head, parser, remote, openBody, signal);
    // What the front's own application fails with, the worker has reported.
    served.environ["wsgi.errors"] = silence;
    const transport = this.#transports.get(head);
    if (transport !== undefined) {
      Object.assign(served.environ, { [RECEIVED]: { head, transport } });
    }
    return served;
  }
}

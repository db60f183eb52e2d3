/**
 * {@linkcode FrontProtocol}: the HTTP/1.1 of the development server, which keeps
 * the head and the transport of each request with its environ.
 *
 * @module
 */

import { Cancellation } from "../../gateway/cancellation.ts";
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

/** A cancellation with a second listener, next to that of the gateway. */
class FrontCancellation extends Cancellation {
  onCancel: ((reason: unknown) => void) | undefined;

  override cancel(reason: unknown): void {
    const before = this.cancelled;
    super.cancel(reason);
    if (!before && this.cancelled) this.onCancel?.(reason);
  }
}

/** A transport that keeps the head of its response. */
class FrontTransport extends HttpTransport {
  override readonly cancellation: FrontCancellation = new FrontCancellation();
  readonly #channel: Channel;
  readonly #request: RequestHead;
  #sent: SentHead | undefined;

  constructor(
    channel: Channel,
    request: RequestHead,
    encoder: ResponseEncoder,
  ) {
    super(channel, request, encoder);
    this.#channel = channel;
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
    const { method, version } = this.#request;
    const { keepsAlive } = this;
    const sentAt = this.#channel.time;
    this.#sent = { method, version, head, keepsAlive, sentAt };
  }

  /** The head; `undefined` until it was sent. */
  get sent(): SentHead | undefined {
    return this.#sent;
  }
}

/** A request, as the server has received it. */
export interface Received {
  readonly head: RequestHead;
  readonly transport: FrontTransport;
}

// Symbols rather than a WeakMap: V8 would keep each request until a full garbage
// collection, because the values refer to their keys.
const RECEIVED: unique symbol = Symbol("received");
const TRANSPORT: unique symbol = Symbol("transport");

/** `wsgi.errors` of the front: the worker has already reported all errors. */
const silence = new StderrStream(() => {});

/**
 * Returns the request that belongs to an environ.
 *
 * @param environ An environ made by {@linkcode FrontProtocol}.
 * @returns The head and the transport.
 */
export function receivedOf(environ: Environ): Received {
  return (environ as unknown as { [RECEIVED]: Received })[RECEIVED];
}

/** The head of a response, with everything needed to encode it again. */
export interface SentHead {
  readonly method: string;
  readonly version: RequestHead["version"];
  readonly head: ResponseHead;
  readonly keepsAlive: boolean;
  /** When it was sent, in milliseconds since the epoch. */
  readonly sentAt: number;
}

/**
 * Encodes the head of a response again, exactly as it was sent.
 *
 * @param sent The head.
 * @returns The bytes, a ByteString.
 */
export function encodeSent(sent: SentHead): string {
  const { method, version, head, keepsAlive, sentAt } = sent;
  const context = { method, version, keepsAlive };
  return fromBytes(new ResponseEncoder().encode(head, context, sentAt).bytes);
}

/** HTTP/1.1, with the head and the transport attached to each environ. */
export class FrontProtocol extends HttpProtocol {
  readonly #encoder = new ResponseEncoder();

  override createTransport(
    channel: Channel,
    head: RequestHead & { [TRANSPORT]?: FrontTransport | undefined },
  ): HttpTransport {
    return head[TRANSPORT] = new FrontTransport(channel, head, this.#encoder);
  }

  override createEnviron(
    head: RequestHead & { [TRANSPORT]?: FrontTransport | undefined },
    ...args: Parameters<HttpProtocol["createEnviron"]> extends
      [unknown, ...infer Rest] ? Rest : never
  ): ServedEnviron {
    const served = super.createEnviron(head, ...args);
    const received = { head, transport: head[TRANSPORT] };
    head[TRANSPORT] = undefined;
    return {
      ...served,
      environ: Object.assign(served.environ, {
        "wsgi.errors": silence,
        [RECEIVED]: received,
      }),
    };
  }
}

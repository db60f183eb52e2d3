/**
 * {@linkcode Connection}: the requests of one connection, in order.
 *
 * @module
 */

import { ClientDisconnected } from "../gateway/cancellation.ts";
import { RequestError } from "../http1/request_error.ts";
import type {
  ActiveRequest,
  ConnectionHost,
  ServedConnection,
} from "./connection_host.ts";
import type { Expiring } from "./deadlines.ts";
import type { LoggedHead } from "./log_entry.ts";
import type { Channel, Parser } from "./protocol.ts";
import { RequestSource } from "./request_source.ts";
import { HalfCloseGrace, SocketEnd } from "./socket_end.ts";
import { type Receiver, SocketReader } from "./socket_reader.ts";
import { type Socket, SocketWriter } from "./socket_writer.ts";

/** How many received bytes wait while a request is handled. */
const MAX_AHEAD = 65_536;

/** How much of a body that nobody has read is read to keep a connection. */
const MAX_DISCARDED = 65_536;

/** A body up to this many bytes is read without a buffer from the pool. */
const SMALL_BODY = 2_048;

/** What a connection is doing. */
type Phase =
  /** Nothing has come since it was accepted. */
  | "new"
  /** The last request is over, the next one has not begun. */
  | "idle"
  /** A part of a head has come. */
  | "head"
  /** A request waits for a place. */
  | "queued"
  /** The application is at work. */
  | "running"
  /** The next request waits until the client has taken what is due. */
  | "draining"
  /** The response is sent, the rest of the request is read and dropped. */
  | "discarding"
  /** The last response is sent, and the client is given time to read it. */
  | "lingering";

/** One connection. */
export class Connection<Head>
  implements ServedConnection<Head>, Channel, Expiring, Receiver {
  readonly writer: SocketWriter;
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remote: Deno.NetAddr | undefined;
  readonly #host: ConnectionHost<Head>;
  /** Finds the requests. */
  readonly parser: Parser<Head>;
  readonly #reader: SocketReader;
  readonly #end: SocketEnd;
  readonly #grace = new HalfCloseGrace();
  #phase: Phase = "new";
  /** Since which tick it has been doing that. */
  #since: number;
  #request: ActiveRequest<Head> | undefined;
  /** A head whose request waits for a place. */
  #queued: Head | undefined;
  /** Whether the client has ended its sending side. */
  #hasEnded = false;
  /** How much of a body was dropped that nobody has read. */
  #discarded = 0;
  /** Whether the client may be sending what is not read any more. */
  #hasUnread = false;
  /** How many bytes the client had taken at the last tick. */
  #taken = 0;

  /**
   * @param socket The connection, accepted.
   * @param remote The address of the client.
   * @param host The server.
   */
  constructor(
    socket: Socket,
    remote: Deno.NetAddr | undefined,
    host: ConnectionHost<Head>,
  ) {
    this.#host = host;
    this.remote = remote;
    this.#since = host.now;
    this.parser = host.protocol.createParser();
    this.writer = new SocketWriter(socket, () => this.#lose());
    this.#reader = new SocketReader(socket);
    this.#end = new SocketEnd(socket, this.writer, host.protocol.lingering);
  }

  /** Whether no request is on its way. */
  get #isIdle(): boolean {
    return this.#phase === "new" || this.#phase === "idle" ||
      this.#phase === "head" || this.#phase === "draining" ||
      this.#phase === "lingering";
  }

  /** Whether closing now might cost the client the response. */
  get mustLinger(): boolean {
    return this.#phase === "lingering" && this.#hasUnread && !this.#hasEnded;
  }

  /** Whether nothing can be sent or received any more. */
  get isClosed(): boolean {
    return this.#end.isClosed;
  }

  /** The request on its way, if there is one. */
  get request(): ActiveRequest<Head> | undefined {
    return this.#request;
  }

  /** What a log shows of the request on its way, or of one that is refused. */
  get logged(): LoggedHead | undefined {
    const head = this.#request?.head ?? this.#queued;
    return this.#host.protocol.toLogged?.(head, this.parser);
  }

  /**
   * Reads until the connection ends.
   *
   * @returns A promise that resolves when nothing more is read.
   */
  read(): Promise<void> {
    return this.#reader.run(this);
  }

  /**
   * Whether the next bytes are those of a body that is large, or of unknown
   * length. What comes while a connection lingers is too little to hold a large
   * buffer for it.
   */
  get wantsMuch(): boolean {
    const isBody = this.#request?.source.isComplete === false ||
      this.#phase === "discarding";
    const { missing } = this.parser;
    return isBody && (missing === 0 || missing > SMALL_BODY);
  }

  /** Whether so much waits that no more is read now. */
  get isFull(): boolean {
    return this.#isBusy && this.parser.size >= MAX_AHEAD;
  }

  /** How many bytes wait until they can be used. */
  get ahead(): number {
    return this.#isBusy ? this.parser.size : 0;
  }

  /** Whether what comes has to wait. */
  get #isBusy(): boolean {
    return this.#phase === "running" || this.#phase === "queued" ||
      this.#phase === "draining";
  }

  receive(buffer: Uint8Array, count: number): void {
    if (this.isClosed) return;
    if (this.#phase === "lingering") {
      if (!this.#end.discard(count)) this.#close();
      return;
    }
    this.parser.receive(buffer, count);
    if (this.#isBusy) {
      this.parser.keep();
      this.#request?.source.arrive();
      return;
    }
    this.#advance();
    if (this.parser.size > 0) this.parser.keep();
  }

  /** Takes requests out of what has come, as long as each is over at once. */
  #advance(): void {
    try {
      if (this.#phase === "discarding" && !this.#discard()) return;
      while (!this.isClosed && this.#phase !== "lingering") {
        if (this.writer.isFull) return this.#drain();
        const event = this.parser.next();
        if (event === undefined) return this.#waitForHead();
        if (event.type !== "head") continue;
        // Also for the answer to one that gets no place.
        this.#queued = event.head;
        if (!this.#host.admit(this)) return this.#enter("queued");
        this.#queued = undefined;
        if (!this.#run(event.head)) return;
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.refuse(error);
    }
  }

  /** Goes on once the client has taken what is due to it. */
  #drain(): void {
    this.#enter("draining");
    this.writer.drained().then(() => {
      if (this.isClosed || this.#phase !== "draining") return;
      this.#enter("idle");
      this.#reader.resume();
      this.#advance();
    }).catch((error) => this.#host.onFault(this, error));
  }

  #waitForHead(): void {
    if (this.#hasEnded) this.#closeWhenDrained();
    else if (this.parser.isIdle) {
      if (this.#phase !== "new") this.#enter("idle");
    } else if (this.#phase !== "head") this.#enter("head");
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#since = this.#host.now;
  }

  /** Handles a request; returns whether the next one may follow at once. */
  #run(head: Head): boolean {
    const { protocol } = this.#host;
    const traits = protocol.traitsOf(head);
    // The application may read the body later, when the buffer that it came in
    // is used for something else.
    if (traits.hasBody) this.parser.keep();
    // The end of the request comes right after its head.
    else this.parser.next();
    const transport = protocol.createTransport(this, head);
    const source = traits.hasBody
      ? new RequestSource(this.parser, () => {
        if (traits.expectsContinue) transport.sendContinue?.();
        this.#reader.resume();
      })
      : RequestSource.none;
    const request: ActiveRequest<Head> = {
      head,
      traits,
      source,
      transport,
      entry: undefined,
      environ: undefined,
    };
    this.#request = request;
    this.#enter("running");
    if (this.#hasEnded) {
      source.end();
      this.#startGrace();
    }
    const done = this.#host.handle(request, this);
    if (done === undefined) return this.#finish(request);
    done.then(() => {
      if (this.#finish(request)) this.#advance();
    }).catch((error) => this.#host.onFault(this, error));
    return false;
  }

  /** A response is over; returns whether the next request may follow at once. */
  #finish(request: ActiveRequest<Head>): boolean {
    // It may have been given up before.
    if (this.#request !== request) return false;
    this.#request = undefined;
    this.#grace.stop();
    const { isComplete } = request.source;
    request.source.detach();
    this.#host.onRequestOver(this, request);
    if (this.isClosed || this.#phase !== "running") return false;
    this.#reader.resume();
    if (!request.transport.keepsAlive || this.#host.isStopping) {
      // Where each body has a length and is the last one, nothing can come any
      // more that would reset the connection.
      if (!this.#host.protocol.isPersistent && this.parser.missing === 0) {
        this.#closeWhenDrained();
      } else {
        this.#hasUnread = !isComplete && this.parser.missing > 0;
        this.#linger();
      }
      return false;
    }
    if (this.#hasEnded && this.parser.size === 0) {
      this.#linger();
      return false;
    }
    if (isComplete) {
      this.#enter("idle");
      return true;
    }
    this.#discarded = 0;
    this.#enter("discarding");
    if (this.#discard()) return true;
    // The rest will never come.
    if (this.#hasEnded) this.#linger();
    return false;
  }

  /** Drops what is left of a body; returns whether its end was reached. */
  #discard(): boolean {
    const before = this.parser.size;
    try {
      for (;;) {
        const event = this.parser.next();
        if (event === undefined) break;
        if (event.type === "end") {
          this.#enter("idle");
          return true;
        }
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // Its response is sent; a second one would answer another request.
      this.#host.onBrokenOff(this, error);
      this.#linger();
      return false;
    }
    this.#discarded += before - this.parser.size;
    if (this.#discarded > MAX_DISCARDED) this.#linger();
    return false;
  }

  mayKeepAlive(isWhole: boolean): boolean {
    const request = this.#request;
    if (request === undefined || this.#host.isStopping) return false;
    const { traits, source } = request;
    if (!traits.keepsAlive) return false;
    if (!isWhole || source.isComplete) return true;
    if (this.#hasEnded) return false;
    try {
      if (source.discard()) return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#host.onBrokenOff(this, error);
      return false;
    }
    // Whether a client that waits for 100 Continue sends the body is unknown.
    return this.parser.missing > 0 && this.parser.missing <= MAX_DISCARDED &&
      !traits.expectsContinue;
  }

  /** Calls the application for a request that has waited for a place. */
  proceed(): void {
    const head = this.#queued;
    if (head === undefined) return;
    this.#queued = undefined;
    try {
      if (this.#run(head)) this.#advance();
    } catch (error) {
      // What called this was about another connection.
      if (error instanceof RequestError) this.refuse(error);
      else this.#host.onFault(this, error);
    }
  }

  /**
   * Answers a request that no application sees, and ends the connection.
   *
   * @param error What is wrong with it.
   */
  refuse(error: RequestError): void {
    const head = this.#request?.head ?? this.#queued;
    const bytesSent = this.#host.protocol.refuse(
      this.writer,
      head,
      error.status,
    );
    this.#host.onRefused(this, error, bytesSent ?? 0);
    this.#hasUnread = head === undefined ||
      this.#host.protocol.traitsOf(head).hasBody;
    this.#queued = undefined;
    this.#request = undefined;
    if (bytesSent === undefined) this.#close();
    else this.#linger();
  }

  onReadError(error: unknown): void {
    // It was reset by the client, or closed here; or TLS has failed.
    if (error instanceof Deno.errors.InvalidData) {
      this.#host.onBrokenOff(
        this,
        new RequestError(
          /InvalidContentType/.test(error.message)
            ? "the client speaks no TLS, this port does"
            : error.message,
        ),
      );
    }
    this.#lose();
  }

  onEnd(): void {
    // A write may have failed just before: it got the error, and reading the end.
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    switch (this.#phase) {
      case "running":
        this.#request?.source.end();
        this.#startGrace();
        break;
      case "queued":
        this.#startGrace();
        break;
      case "draining":
        // Requests that have come are still served.
        break;
      default:
        this.#endBetween();
    }
  }

  /** The client has ended its sending side while no request is on its way. */
  #endBetween(): void {
    try {
      if (this.#phase !== "lingering") this.parser.end?.();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return this.refuse(error);
    }
    this.#closeWhenDrained();
  }

  #startGrace(): void {
    this.#grace.start(
      () => this.#request?.transport.bytesSent ?? 0,
      this.writer,
      () => this.#leave(),
    );
  }

  /**
   * Nobody is at the other end any more. It waits for the promise jobs that are
   * due: a body that has just ended must not be told to end.
   */
  #lose(): void {
    this.#hasEnded = true;
    if (this.isClosed) return;
    if (this.#request === undefined) return this.#close();
    this.#grace.end(() => this.#leave());
  }

  #leave(): void {
    if (this.isClosed) return;
    const { source, transport } = this.#request ?? {};
    // The application learns of it before what it waits for fails.
    transport?.cancellation.cancel(new ClientDisconnected());
    if (this.#request !== undefined) this.#host.onLeft(this.#request);
    source?.end();
    this.#close(transport?.cancellation.reason);
  }

  /**
   * Closes the connection at once.
   *
   * @param reason What those who wait for it are rejected with.
   */
  destroy(reason: unknown): void {
    const request = this.#request;
    request?.source.end();
    this.#close(reason);
    // Its application may never end.
    if (request !== undefined) this.#finish(request);
  }

  breakOff(reason: unknown): void {
    if (this.isClosed) return;
    this.#request?.source.end();
    this.#closeWhenDrained(reason);
  }

  #linger(): void {
    if (this.#phase === "lingering" || this.isClosed) return;
    this.#enter("lingering");
    this.#end.linger(() => this.#hasEnded, () => this.#close());
    this.#reader.resume();
  }

  /**
   * Ends a request whose time is up. Whether its application goes on or not,
   * it can neither write nor read any more.
   */
  #giveUp(): void {
    const request = this.#request;
    if (request === undefined) return;
    this.#host.onTimeout(request);
    if (this.#finish(request)) this.#advance();
  }

  #closeWhenDrained(reason?: unknown): void {
    if (this.isClosed) return;
    this.#enter("lingering");
    this.writer.flush();
    this.writer.drained().then(() => this.#close(reason));
  }

  #close(reason?: unknown): void {
    if (this.isClosed) return;
    this.#grace.stop();
    this.#end.close(reason);
    this.#reader.resume();
    this.#host.onClosed(this);
  }

  /** Closes the connection if it is idle; lets a request on it be the last. */
  stop(): void {
    if (this.#isIdle && this.#phase !== "lingering") this.#closeWhenDrained();
  }

  expire(now: number): void {
    const { headers, keepAlive, request } = this.#host.limits;
    if (this.writer.taken !== this.#taken) {
      this.#taken = this.writer.taken;
      // A client that reads slowly is not idle.
      if (this.#isIdle && this.#phase !== "head") this.#since = now;
    }
    const age = now - this.#since;
    if (this.isClosed) {
      // The application goes on without its client.
      if (age > request) this.#giveUp();
      return;
    }
    switch (this.#phase) {
      case "new":
        if (age > headers) this.#close();
        break;
      case "head":
        if (age > headers) {
          this.refuse(
            new RequestError("head of the request came too slowly", 408),
          );
        }
        break;
      case "idle":
      case "draining":
        if (age > keepAlive) this.#close();
        break;
      case "lingering":
        // Once all is sent, a timer of its own ends it.
        if (age > keepAlive && !this.writer.isDrained) this.#close();
        break;
      case "discarding":
        if (age > headers) this.#linger();
        break;
      case "running":
        if (age > request) this.#giveUp();
        break;
    }
  }
}

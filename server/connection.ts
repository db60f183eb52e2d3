/**
 * {@linkcode Connection}: the requests of one connection, in order.
 *
 * @module
 */

import { ClientDisconnected } from "../gateway/cancellation.ts";
import { RequestError } from "../http1/request_error.ts";
import type { Environ } from "../wsgi/types.ts";
import { READ_SIZE, returnBuffer, takeBuffer } from "./buffer_pool.ts";
import type { Expiring } from "./deadlines.ts";
import type { LogEntry, LoggedHead } from "./log_entry.ts";
import type {
  Channel,
  Parser,
  Protocol,
  RequestTraits,
  SocketTransport,
} from "./protocol.ts";
import { RequestSource } from "./request_source.ts";
import { type Socket, SocketWriter } from "./socket_writer.ts";

/** How many bytes an idle connection has room for. */
const IDLE_BUFFER_SIZE = 2_048;

/** How many received bytes wait while a request is handled. */
const MAX_AHEAD = 65_536;

/** How much of a body that nobody has read is read to keep a connection. */
const MAX_DISCARDED = 65_536;

/**
 * How long a client that has ended its sending side is waited for, in
 * milliseconds, while the application sends nothing: it has either left or
 * reads on, and only writing to it shows which.
 */
const HALF_CLOSE_GRACE_MS = 500;

/** One request on its way through a connection. */
export interface ActiveRequest<Head> {
  /** Its head. */
  readonly head: Head;
  /** What the connection has to know of it. */
  readonly traits: RequestTraits;
  /** Its body. */
  readonly source: RequestSource;
  /** Its response. */
  readonly transport: SocketTransport;
  /** Its entry in the access log, if there is one. */
  entry: LogEntry | undefined;
  /** Its variables, once they are known. */
  environ: Environ | undefined;
}

/** What connections need of their server. */
export interface ConnectionHost<Head> {
  /** What is spoken. */
  readonly protocol: Protocol<Head>;
  /** The limits, in ticks of the server's clock. */
  readonly limits: {
    readonly headers: number;
    readonly keepAlive: number;
    readonly request: number;
  };
  /** The tick that it is. */
  readonly now: number;
  /** Whether connections end with the request that they carry. */
  readonly isStopping: boolean;
  /**
   * Asks for a place for a request.
   *
   * @param connection The connection.
   * @returns Whether there is one now; if not, the server calls
   * {@linkcode Connection.proceed} or {@linkcode Connection.refuse} later.
   */
  admit(connection: Connection<Head>): boolean;
  /**
   * Calls the application.
   *
   * @returns A promise if it is not over at once.
   * @throws {RequestError} If no application may see the request.
   */
  handle(
    request: ActiveRequest<Head>,
    connection: Connection<Head>,
  ): void | Promise<void>;
  /** Ends a request whose time is up. */
  onTimeout(request: ActiveRequest<Head>): void;
  /** Takes note that the client left while its request was handled. */
  onLeft(request: ActiveRequest<Head>): void;
  /** Takes note that a request that was admitted is over. */
  onRequestOver(
    connection: Connection<Head>,
    request: ActiveRequest<Head>,
  ): void;
  /** Takes note that a request was refused, with a body of some bytes. */
  onRefused(
    connection: Connection<Head>,
    error: RequestError,
    bytesSent: number,
  ): void;
  /** Takes note that a body which the application does not read is malformed. */
  onBrokenOff(connection: Connection<Head>, error: RequestError): void;
  /** Takes note of an error that nothing but a fault of this package causes. */
  onFault(connection: Connection<Head>, error: unknown): void;
  /** Takes note that the connection is closed. */
  onClosed(connection: Connection<Head>): void;
}

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
  | "lingering"
  | "closed";

/** One connection. */
export class Connection<Head> implements Channel, Expiring {
  readonly writer: SocketWriter;
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remote: Deno.NetAddr | undefined;
  readonly #socket: Socket;
  readonly #host: ConnectionHost<Head>;
  /** Finds the requests. */
  readonly parser: Parser<Head>;
  readonly #idleBuffer = new Uint8Array(IDLE_BUFFER_SIZE);
  #phase: Phase = "new";
  /** Since which tick it has been doing that. */
  #since: number;
  #request: ActiveRequest<Head> | undefined;
  /** A head whose request waits for a place. */
  #queued: Head | undefined;
  /** Whether the client has ended its sending side. */
  #hasEnded = false;
  #graceTimer: ReturnType<typeof setTimeout> | undefined;
  #lingerTimer: ReturnType<typeof setTimeout> | undefined;
  #discarded = 0;
  /** How many bytes the client had taken at the last tick. */
  #taken = 0;
  /** Goes on reading, which has stopped because enough waits. */
  #resume: (() => void) | undefined;

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
    this.#socket = socket;
    this.#host = host;
    this.remote = remote;
    this.#since = host.now;
    this.parser = host.protocol.createParser();
    this.writer = new SocketWriter(socket, () => this.#lose());
  }

  /** Whether no request is on its way. */
  get isIdle(): boolean {
    return this.#phase === "new" || this.#phase === "idle" ||
      this.#phase === "head" || this.#phase === "draining" ||
      this.#phase === "lingering";
  }

  /** Whether nothing can be sent or received any more. */
  get isClosed(): boolean {
    return this.#phase === "closed";
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
  async read(): Promise<void> {
    while (this.#phase !== "closed") {
      const large = this.#wantsMuch ? takeBuffer() : undefined;
      // What waits already counts.
      const ahead = this.#isBusy ? this.parser.size : 0;
      const buffer = large?.subarray(0, READ_SIZE - ahead) ?? this.#idleBuffer;
      let count: number | null;
      try {
        count = await this.#socket.read(buffer);
      } catch (error) {
        // Reset by the client, or closed here; or it speaks no TLS.
        if (large !== undefined) returnBuffer(large);
        if (error instanceof Deno.errors.InvalidData) {
          this.#host.onBrokenOff(this, new RequestError(error.message));
        }
        return this.#lose();
      }
      if (count === null) {
        if (large !== undefined) returnBuffer(large);
        return this.#end();
      }
      this.#receive(buffer, count);
      if (large !== undefined) returnBuffer(large);
      if (this.#isFull) {
        await new Promise<void>((resolve) => this.#resume = resolve);
      }
    }
  }

  /** Whether the next bytes are those of a body. */
  get #wantsMuch(): boolean {
    return this.#request?.source.isComplete === false ||
      this.#phase === "lingering" || this.#phase === "discarding";
  }

  /** Whether so much waits that no more is read now. */
  get #isFull(): boolean {
    return this.#isBusy && this.parser.size >= MAX_AHEAD;
  }

  /** Whether what comes has to wait. */
  get #isBusy(): boolean {
    return this.#phase === "running" || this.#phase === "queued" ||
      this.#phase === "draining";
  }

  #receive(buffer: Uint8Array, count: number): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "lingering") {
      this.#discarded += count;
      const { size } = this.#host.protocol.lingering;
      if (this.#discarded > size) this.#close();
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
      while (this.#phase !== "closed" && this.#phase !== "lingering") {
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
      if (this.#phase !== "draining") return;
      this.#enter("idle");
      this.#resumeReading();
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
        this.#resumeReading();
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

  #resumeReading(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  /** A response is over; returns whether the next request may follow at once. */
  #finish(request: ActiveRequest<Head>): boolean {
    // It may have been given up before.
    if (this.#request !== request) return false;
    this.#request = undefined;
    this.#stopGrace();
    const { isComplete } = request.source;
    request.source.detach();
    this.#host.onRequestOver(this, request);
    if (this.#phase !== "running") return false;
    this.#resumeReading();
    if (!request.transport.keepsAlive || this.#host.isStopping) {
      // Where each body has a length and is the last one, nothing can come any
      // more that would reset the connection.
      if (!this.#host.protocol.isPersistent && this.parser.missing === 0) {
        this.#closeWhenDrained();
      } else this.#linger();
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
    this.#queued = undefined;
    this.#request = undefined;
    if (bytesSent === undefined) this.#close();
    else this.#linger();
  }

  /** The client has ended its sending side. */
  #end(): void {
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
    this.#stopGrace();
    const sent = this.#request?.transport.bytesSent ?? 0;
    this.#graceTimer = setTimeout(() => {
      this.#graceTimer = undefined;
      const now = this.#request?.transport.bytesSent ?? 0;
      if (now === sent && this.writer.isDrained) this.#leave();
      else this.#startGrace();
    }, HALF_CLOSE_GRACE_MS);
  }

  #stopGrace(): void {
    if (this.#graceTimer === undefined) return;
    clearTimeout(this.#graceTimer);
    this.#graceTimer = undefined;
  }

  /**
   * Nobody is at the other end any more. It waits for the promise jobs that are
   * due: a body that has just ended must not be told to end.
   */
  #lose(): void {
    this.#hasEnded = true;
    if (this.#phase === "closed") return;
    if (this.#request === undefined) return this.#close();
    this.#stopGrace();
    this.#graceTimer = setTimeout(() => this.#leave());
  }

  #leave(): void {
    if (this.#phase === "closed") return;
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
    if (this.#phase === "closed") return;
    this.#enter("lingering");
    this.#request?.source.end();
    this.writer.flush();
    this.writer.drained().then(() => this.#close(reason));
  }

  /**
   * Ends the sending side once everything is sent, and gives the client time to
   * read it: closing while it still sends would reset the connection, and the
   * client might lose the response.
   *
   * RFC 9112 section 9.6.
   */
  #linger(): void {
    if (this.#phase === "lingering" || this.#phase === "closed") return;
    this.#enter("lingering");
    this.#discarded = 0;
    this.writer.flush();
    this.#resumeReading();
    this.writer.drained().then(async () => {
      if (this.#phase === "closed") return;
      if (this.#hasEnded) return this.#close();
      const { timeMs } = this.#host.protocol.lingering;
      this.#lingerTimer = setTimeout(() => this.#close(), timeMs);
      try {
        await this.#socket.closeWrite();
      } catch {
        this.#close();
      }
    });
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

  #closeWhenDrained(): void {
    if (this.#phase === "closed") return;
    this.#enter("lingering");
    this.writer.flush();
    this.writer.drained().then(() => this.#close());
  }

  #close(reason?: unknown): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#stopGrace();
    clearTimeout(this.#lingerTimer);
    this.writer.close(reason);
    try {
      this.#socket.close();
    } catch {
      // The other end was faster.
    }
    this.#resumeReading();
    this.#host.onClosed(this);
  }

  /** Closes the connection if it is idle; lets a request on it be the last. */
  stop(): void {
    if (this.isIdle && this.#phase !== "lingering") this.#closeWhenDrained();
  }

  expire(now: number): void {
    const { headers, keepAlive, request } = this.#host.limits;
    if (this.writer.taken !== this.#taken) {
      this.#taken = this.writer.taken;
      // A client that reads slowly is not idle.
      if (this.isIdle && this.#phase !== "head") this.#since = now;
    }
    const age = now - this.#since;
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
      // The application goes on without its client.
      case "closed":
        if (age > request) this.#giveUp();
        break;
    }
  }
}

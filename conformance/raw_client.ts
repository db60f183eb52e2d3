/**
 * An HTTP client that sends and returns exact bytes. `fetch` would normalize
 * them.
 *
 * @module
 */

import { fromBytes, toBytes } from "../wsgi/byte_string.ts";
import { hasNoBody } from "../wsgi/status.ts";
import { CaseFailure, within } from "./expect.ts";
import { RawHead, type RawResponse } from "./raw_response.ts";
import type { Transcript } from "./report.ts";

/** Options of {@linkcode RawClient}. */
export interface RawClientOptions {
  /** Records the bytes sent and received. */
  readonly transcript?: Transcript | undefined;
  /**
   * How long the server may be silent, in milliseconds.
   *
   * @default {15_000}
   */
  readonly deadline?: number | undefined;
  /**
   * The maximum number of bytes to receive, without those that are skipped.
   * Reading more throws.
   *
   * @default {Infinity}
   */
  readonly maxSize?: number | undefined;
}

/** One connection. Use it with `using`, which closes it. */
export class RawClient implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #options: RawClientOptions;
  readonly #buffer = new Uint8Array(65_536);
  #received = "";
  #kept = 0;
  #isOpen = true;
  #ending: "fin" | "reset" | undefined;

  private constructor(conn: Deno.TcpConn, options: RawClientOptions) {
    this.#conn = conn;
    this.#options = options;
  }

  /** Connects to a server, on this machine unless it has a hostname. */
  static async connect(
    { hostname = "127.0.0.1", port }: { hostname?: string; port: number },
    options: RawClientOptions = {},
  ): Promise<RawClient> {
    const connecting = Deno.connect({ hostname, port });
    try {
      const conn = await within(
        connecting,
        "a connection to the server",
        options.deadline,
      );
      options.transcript?.add("opened");
      return new RawClient(conn, options);
    } catch (error) {
      // Close a connection that is established too late.
      connecting.then((conn) => conn.close(), () => {});
      throw error;
    }
  }

  /** How the server closed the connection, if it has. */
  get ending(): "fin" | "reset" | undefined {
    return this.#ending;
  }

  /** Sends bytes, or a ByteString. */
  async send(data: string | Uint8Array): Promise<void> {
    let bytes = typeof data === "string" ? toBytes(data) : data;
    this.#options.transcript?.add("sent", bytes);
    while (bytes.length > 0) {
      const written = this.#within(this.#conn.write(bytes), "read");
      bytes = bytes.subarray(await written);
    }
  }

  /** Reads status line and headers. */
  async head(): Promise<RawHead> {
    return new RawHead(await this.#through("\r\n\r\n"));
  }

  /**
   * Reads one response to a request with this method, after interim responses.
   */
  async response(method = "GET"): Promise<RawResponse> {
    let head = await this.head();
    while (head.status === 100) head = await this.head();
    let body = "";
    let complete = !Number.isNaN(head.status);
    if (!complete) return { head, body, complete };
    if (method === "HEAD" || hasNoBody(head.status)) {
      return { head, body, complete };
    }
    const length = head.get("content-length");
    if (head.get("transfer-encoding")?.toLowerCase() === "chunked") {
      ({ body, complete } = await this.chunks());
    } else if (length !== undefined) {
      body = await this.bytes(Number(length));
      complete = body.length === Number(length);
    } else {
      body = await this.rest();
      complete = this.#ending === "fin";
    }
    return { head, body, complete };
  }

  /**
   * Reads one chunk of a chunked body.
   *
   * @returns The chunk, `""` for the last one, and `undefined` if the
   * connection ended before it was complete.
   */
  async chunk(): Promise<string | undefined> {
    const size = parseInt(await this.#through("\r\n"), 16);
    if (Number.isNaN(size)) return undefined;
    const chunk = await this.bytes(size + 2);
    return chunk.length === size + 2 ? chunk.slice(0, -2) : undefined;
  }

  /** Reads the remaining chunks of a chunked body. */
  async chunks(): Promise<{ body: string; complete: boolean }> {
    let body = "";
    for (;;) {
      const chunk = await this.chunk();
      if (!chunk) return { body, complete: chunk === "" };
      body += chunk;
    }
  }

  /** Reads a number of bytes; fewer if the connection ends before. */
  async bytes(count: number): Promise<string> {
    while (this.#received.length < count && await this.#fill());
    return this.#take(count);
  }

  /**
   * Reads many bytes without keeping them.
   *
   * @param count The number of bytes to skip.
   * @returns How many were skipped: fewer if the connection ends before.
   */
  async skip(count: number): Promise<number> {
    let skipped = this.#skip(count);
    while (skipped < count && await this.#fill()) {
      skipped += this.#skip(count - skipped);
    }
    return skipped;
  }

  /** Reads until the server closes the connection. */
  async rest(): Promise<string> {
    while (await this.#fill());
    return this.#take(this.#received.length);
  }

  /**
   * Closes the sending side, like a client that waits for its last response.
   */
  async closeWrite(): Promise<void> {
    this.#options.transcript?.add("half-closed");
    await this.#conn.closeWrite();
  }

  /** Closes the connection. Later calls have no effect. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#ending === undefined) this.#options.transcript?.add("closed");
    this.#conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #within<T>(promise: Promise<T>, verb: string): Promise<T> {
    return within(promise, `the server to ${verb}`, this.#options.deadline);
  }

  /** Reads up to the end of a mark; without the mark, up to the end. */
  async #through(mark: string): Promise<string> {
    let end: number;
    while ((end = this.#received.indexOf(mark)) === -1) {
      if (!await this.#fill()) return this.#take(this.#received.length);
    }
    return this.#take(end + mark.length);
  }

  #take(count: number): string {
    const taken = this.#received.slice(0, count);
    this.#received = this.#received.slice(count);
    return taken;
  }

  #skip(count: number): number {
    const skipped = this.#take(count).length;
    this.#kept -= skipped;
    return skipped;
  }

  async #fill(): Promise<boolean> {
    if (this.#ending !== undefined) return false;
    const { maxSize = Infinity } = this.#options;
    if (this.#kept > maxSize) {
      throw new CaseFailure(
        `the server sends more than ${
          maxSize / (1 << 20)
        } MiB on one connection`,
      );
    }
    let count: number | null;
    try {
      count = await this.#within(this.#conn.read(this.#buffer), "send");
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      this.#ending = "reset";
      this.#options.transcript?.add("reset");
      return false;
    }
    if (count === null) {
      this.#ending = "fin";
      this.#options.transcript?.add("ended");
      return false;
    }
    const bytes = this.#buffer.subarray(0, count);
    this.#options.transcript?.add("received", bytes);
    this.#received += fromBytes(bytes);
    this.#kept += count;
    return true;
  }
}

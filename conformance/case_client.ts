/**
 * The client's side of one run of a case.
 *
 * @module
 */

import { CaseFailure } from "./expect.ts";
import type { Ledger } from "./case_record.ts";
import { MARK } from "./probe.ts";
import { RawClient } from "./raw_client.ts";
import type { RawResponse } from "./raw_response.ts";
import type { RequestParts, Talk } from "./server_case.ts";
import type { Transcript } from "./transcript.ts";

/** The case that `settle()` asks. */
const PLAIN = "response/status";

/** Where a run takes place. */
export interface Place {
  readonly hostname: string;
  readonly port: number;
  /** How long the server may be silent, in milliseconds. */
  readonly timeout: number;
}

/** One run of a case, over sockets. */
export class SocketTalk implements Talk, Disposable {
  readonly #place: Place;
  readonly #mark: string;
  readonly #ledger: Ledger;
  readonly #transcript: Transcript;
  readonly #clients: RawClient[] = [];

  /**
   * @param place Where the server listens.
   * @param mark What leads to this case.
   * @param ledger What its application tells.
   * @param transcript What goes over the wire.
   */
  constructor(
    place: Place,
    mark: string,
    ledger: Ledger,
    transcript: Transcript,
  ) {
    this.#place = place;
    this.#mark = mark;
    this.#ledger = ledger;
    this.#transcript = transcript;
  }

  async connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.#place, {
      transcript: this.#transcript,
      deadline: this.#place.timeout,
    });
    this.#clients.push(client);
    return client;
  }

  request(parts: RequestParts = {}): string {
    return this.#request(parts, this.#mark);
  }

  async ask(parts: RequestParts = {}): Promise<RawResponse> {
    const client = await this.connect();
    await client.send(this.request(parts));
    const response = await client.response(parts.method);
    client.close();
    return response;
  }

  told(event: string, count: number = 1): Promise<unknown> {
    return this.#ledger.wait(event, count, this.#place.timeout);
  }

  events(): string[] {
    return this.#ledger.names();
  }

  open(gate: string): void {
    this.#ledger.open(gate);
  }

  async settle(): Promise<void> {
    const client = await this.connect();
    await client.send(this.#request({}, `${PLAIN}.settle`));
    const { head } = await client.response();
    client.close();
    if (head.status !== 200) {
      throw new CaseFailure(
        `the server must go on serving, got ${JSON.stringify(head.line)}`,
      );
    }
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.close();
    this.#ledger.end();
  }

  #request(parts: RequestParts, mark: string): string {
    const { method = "GET", target = "/", version = "HTTP/1.1" } = parts;
    const { headers = [], body, chunks } = parts;
    const { host = `${this.#place.hostname}:${this.#place.port}` } = parts;
    const lines = [`${method} ${target} ${version}`];
    if (host !== false) lines.push(`Host: ${host}`);
    lines.push(`${MARK}: ${mark}`, ...headers);
    if (body !== undefined) lines.push(`Content-Length: ${body.length}`);
    if (chunks !== undefined) lines.push("Transfer-Encoding: chunked");
    const head = `${lines.join("\r\n")}\r\n\r\n`;
    if (chunks === undefined) return head + (body ?? "");
    const coded = chunks.map((chunk) =>
      `${chunk.length.toString(16)}\r\n${chunk}\r\n`
    );
    return `${head}${coded.join("")}0\r\n\r\n`;
  }
}

/**
 * The client's side of a case, over sockets.
 *
 * @module
 */

import { CaseFailure } from "./expect.ts";
import type { CaseRecord } from "./case_record.ts";
import { MARK } from "./probe.ts";
import { RawClient } from "./raw_client.ts";
import type { RawResponse } from "./raw_response.ts";
import type { CaseClient, RequestParts } from "./server_case.ts";
import type { Transcript } from "./report.ts";
import type { ServerLimits } from "./server_under_test.ts";

/** The case whose application `settle()` calls. */
const PLAIN = "response/status";

/**
 * The maximum number of bytes that a server may send on one connection, without
 * those that are skipped.
 */
const MAX_SIZE = 4 << 20;

/** The address of the server, and its limits. */
export interface ServerAddress {
  readonly hostname: string;
  readonly port: number;
  /** How long the server may be silent, in milliseconds. */
  readonly timeout: number;
  /** The limits that the server has declared. */
  readonly limits: ServerLimits;
}

/** One run of a case, over sockets. */
export class SocketCaseClient implements CaseClient, Disposable {
  readonly #server: ServerAddress;
  readonly #mark: string;
  readonly #record: CaseRecord;
  readonly #transcript: Transcript;
  readonly #clients: RawClient[] = [];
  #isOver = false;

  /**
   * @param server The address of the server, and its limits.
   * @param mark The value of the header that selects this case.
   * @param record Receives the reports of the application.
   * @param transcript Records the bytes sent and received.
   */
  constructor(
    server: ServerAddress,
    mark: string,
    record: CaseRecord,
    transcript: Transcript,
  ) {
    this.#server = server;
    this.#mark = mark;
    this.#record = record;
    this.#transcript = transcript;
  }

  get limits(): ServerLimits {
    return this.#server.limits;
  }

  async connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.#server, {
      transcript: this.#transcript,
      deadline: this.#server.timeout,
      maxSize: MAX_SIZE,
    });
    this.#clients.push(client);
    if (this.#isOver) {
      client.close();
      throw new CaseFailure("the case is over");
    }
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

  waitFor(event: string, count: number = 1): Promise<unknown> {
    return this.#record.waitFor(event, count, this.#server.timeout);
  }

  events(): string[] {
    return this.#record.names();
  }

  open(gate: string): void {
    this.#record.open(gate);
  }

  async settle(): Promise<void> {
    const client = await this.connect();
    await client.send(this.#request({}, `${PLAIN}.settle`));
    const { head } = await client.response();
    client.close();
    if (head.status !== 200) {
      throw new CaseFailure(
        `the server must still serve requests, got ${
          JSON.stringify(head.line)
        }`,
      );
    }
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const client of this.#clients) client.close();
    this.#record.end();
  }

  #request(parts: RequestParts, mark: string): string {
    const { method = "GET", target = "/", version = "HTTP/1.1" } = parts;
    const { headers = [], body, chunks } = parts;
    const { host = `${this.#server.hostname}:${this.#server.port}` } = parts;
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

/**
 * The responses of the test client.
 *
 * @module
 */

import { joinChunks, totalLength } from "../gateway/body_chunks.ts";
import type { HeaderTuple } from "../wsgi/types.ts";
import type { Violation } from "../validator/violation.ts";

/** The outcome of one request. */
export interface TestOutcome {
  /** The URL of the request. */
  readonly url: string;
  /** The status line: `"200 OK"`. */
  readonly statusLine: string;
  /** The headers as they were sent, including `Content-Length`. */
  readonly headers: readonly HeaderTuple[];
  /** The chunks of the body, as they were sent. */
  readonly chunks: readonly Uint8Array[];
  /** Whether the response is complete. */
  readonly complete: boolean;
  /** Whether the body has a `close()` method and the server called it. */
  readonly closed: boolean;
  /** The text written to `wsgi.errors`. */
  readonly errors: string;
  /** The findings of the validator, including warnings. */
  readonly violations: readonly Violation[];
  /** The earlier responses, which redirected to this one. */
  readonly redirects: readonly TestResponse[];
}

/**
 * A response of the test client, with its log and the findings of the validator.
 *
 * @example Usage
 * ```ts
 * import { demoApp } from "@wsgi/ref";
 * import { TestClient, type TestResponse } from "@wsgi/ref/test-client";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const response: TestResponse = await new TestClient(demoApp).get("/");
 * assertEquals(response.statusLine, "200 OK");
 * assertEquals(response.header("content-type"), "text/plain; charset=utf-8");
 * assert(response.text().startsWith("Hello world!"));
 * assertEquals(response.errors, "");
 * ```
 */
export class TestResponse implements TestOutcome {
  /** The URL of the request. */
  readonly url: string;
  /** The status line: `"200 OK"`. */
  readonly statusLine: string;
  /** The headers as they were sent, including `Content-Length`. */
  readonly headers: readonly HeaderTuple[];
  /** The chunks of the body, as they were sent. */
  readonly chunks: readonly Uint8Array[];
  /**
   * Whether the response is complete. It is not if the body failed or was
   * shorter than its `Content-Length`, or if the client left.
   */
  readonly complete: boolean;
  /** Whether the body has a `close()` method and the server called it. */
  readonly closed: boolean;
  /** The text written to `wsgi.errors`. */
  readonly errors: string;
  /** The findings of the validator, including warnings. */
  readonly violations: readonly Violation[];
  /** The earlier responses, which redirected to this one. */
  readonly redirects: readonly TestResponse[];
  #bytes: Uint8Array | undefined;

  /**
   * Creates a response. The test client calls it.
   *
   * @param outcome The outcome of the request. It is not copied.
   */
  constructor(outcome: TestOutcome) {
    this.url = outcome.url;
    this.statusLine = outcome.statusLine;
    this.headers = outcome.headers;
    this.chunks = outcome.chunks;
    this.complete = outcome.complete;
    this.closed = outcome.closed;
    this.errors = outcome.errors;
    this.violations = outcome.violations;
    this.redirects = outcome.redirects;
  }

  /** The status code: 200. */
  get status(): number {
    return Number(this.statusLine.slice(0, 3));
  }

  /** The reason phrase: `"OK"`. */
  get reason(): string {
    return this.statusLine.slice(4);
  }

  /** The body. */
  get bytes(): Uint8Array {
    const chunks = [...this.chunks];
    return this.#bytes ??= joinChunks(chunks, totalLength(chunks));
  }

  /**
   * Returns the value of a header.
   *
   * @param name Its name, in any case.
   * @returns The value; `undefined` if the header is absent. The values of a
   * repeated header are joined by `", "`; `headers` contains them separately.
   */
  header(name: string): string | undefined {
    const wanted = name.toLowerCase();
    const values = this.headers
      .filter(([other]) => other.toLowerCase() === wanted)
      .map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(", ");
  }

  /**
   * Returns the body as text, in the charset of its `Content-Type`, or in
   * UTF-8.
   *
   * @returns The text.
   * @throws {RangeError} If the charset is unknown.
   */
  text(): string {
    const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i
      .exec(this.header("Content-Type") ?? "")?.[1];
    return new TextDecoder(charset).decode(this.bytes);
  }

  /**
   * Parses the body as JSON.
   *
   * @returns The parsed value.
   * @throws {SyntaxError} If the body is not valid JSON.
   */
  json(): unknown {
    return JSON.parse(new TextDecoder().decode(this.bytes));
  }
}

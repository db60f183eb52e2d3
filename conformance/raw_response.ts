/**
 * A response as it was received: its status line, its headers and its body.
 *
 * @module
 */

/** The status line and the headers, as received. */
export class RawHead {
  /** The status line, such as `"HTTP/1.1 200 OK"`. */
  readonly line: string;
  /** The status code; `NaN` if the line is not a status line. */
  readonly status: number;
  /** The header lines, with their order and case. */
  readonly headers: readonly (readonly [name: string, value: string])[];

  /** @param text The head, including the empty line at its end. */
  constructor(text: string) {
    const [line = "", ...lines] = text.split("\r\n").slice(0, -2);
    this.line = line;
    // Anchored, so that an unexpected body before it is detected.
    const [, code] = /^HTTP\/1\.[01] ([0-9]{3})(?: |$)/.exec(line) ?? [];
    this.status = Number(code);
    this.headers = lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    });
  }

  /** Returns all values of a header, whose name is given in lower case. */
  all(name: string): string[] {
    return this.headers.filter(([other]) => other.toLowerCase() === name)
      .map(([, value]) => value);
  }

  /** Returns the first value of a header. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }
}

/** A response, possibly incomplete. */
export interface RawResponse {
  readonly head: RawHead;
  /** The body as a ByteString, without its framing. */
  readonly body: string;
  /** Whether the body is complete according to its framing. */
  readonly complete: boolean;
}

/** Returns whether a body is in chunked coding. */
export function isChunked(head: RawHead): boolean {
  return head.get("transfer-encoding") !== undefined;
}

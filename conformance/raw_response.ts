/**
 * A response as it came over the wire, with nothing tidied up.
 *
 * @module
 */

/** Status line and headers as they came over the wire. */
export class RawHead {
  /** The status line: `"HTTP/1.1 200 OK"`. */
  readonly line: string;
  /** The status code; not a number where the line is no status line. */
  readonly status: number;
  /** The header lines, in their order and case. */
  readonly headers: readonly (readonly [name: string, value: string])[];

  /** @param text The head with the empty line at its end. */
  constructor(text: string) {
    const [line = "", ...lines] = text.split("\r\n").slice(0, -2);
    this.line = line;
    // Nothing may stand before it, such as a body that should not be there.
    const [, code] = /^HTTP\/1\.[01] ([0-9]{3})(?: |$)/.exec(line) ?? [];
    this.status = Number(code);
    this.headers = lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    });
  }

  /** Gives all values of a header; the case of its name does not matter. */
  all(name: string): string[] {
    return this.headers.filter(([other]) => other.toLowerCase() === name)
      .map(([, value]) => value);
  }

  /** Gives the first value of a header. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }
}

/** A response, as far as it came. */
export interface RawResponse {
  readonly head: RawHead;
  /** The body as a ByteString, without its framing. */
  readonly body: string;
  /** Whether the body came to the end that its framing promised. */
  readonly complete: boolean;
}

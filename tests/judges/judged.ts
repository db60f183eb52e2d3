/** What a row of the judges' suite consists of, and how it is sent. */

/** One request, and what must come of it. All strings are ByteStrings. */
export interface Judged {
  /** What is tried, for the name of the test. */
  readonly what: string;
  /** Which application of judged_apps.py answers: `show` by default. */
  readonly app?: string;
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  /** Header lines. */
  readonly headers?: readonly string[];
  /** A body that is sent with its length. */
  readonly body?: string;
  /** A body that is sent in chunks. */
  readonly chunks?: readonly string[];

  /** The status, 200 by default. */
  readonly status?: number;
  /** The body of the response, except of `show`. */
  readonly text?: string;
  /** Some of the response's headers, each with all its values. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /** Whether the response is broken off. */
  readonly isCut?: boolean;
  /** Variables that `show` has, or must not have. */
  readonly environ?: Readonly<Record<string, string | undefined>>;
  /** The body that `show` has read. */
  readonly input?: string;
  /** What goes to wsgi.errors; nothing by default. */
  readonly log?: RegExp;
  /** What a judge of Python says and is wrong about. */
  readonly wrong?: string;
}

/** Makes the bytes of a request. */
export function toRequest(judged: Judged): string {
  const { method = "GET", target = "/", version = "HTTP/1.1" } = judged;
  const { app, headers = [], body, chunks } = judged;
  const lines = [`${method} ${target} ${version}`, ...headers];
  if (version === "HTTP/1.1") lines.push("Host: example.com:8080");
  if (app !== undefined) lines.push(`X-App: ${app}`);
  if (body !== undefined) lines.push(`Content-Length: ${body.length}`);
  if (chunks !== undefined) lines.push("Transfer-Encoding: chunked");
  const content = chunks === undefined ? body ?? "" : [...chunks, ""]
    .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
  return `${lines.join("\r\n")}\r\n\r\n${content}`;
}

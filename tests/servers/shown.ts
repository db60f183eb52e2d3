/** Requests to the application of the tests, and its answers. */

/** The data of an environ, without its functions and streams. */
export type Shown = Record<string, unknown>;

/** Creates a request for example.com:8080; `app` is a key of shown_app.ts. */
export function to(
  app: string,
  method = "GET",
  target = "/",
  more = "",
): string {
  return `${method} ${target} HTTP/1.1\r\nHost: example.com:8080\r\n` +
    `X-App: ${app}\r\n${more}\r\n`;
}

/** Reads the answer of the application `show`. */
export function fromUtf8(body: string): Shown {
  const bytes = Uint8Array.from(body, (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Returns the variables that a test compares. */
export function pick(environ: Shown, names: readonly string[]): Shown {
  return Object.fromEntries(names.map((name) => [name, environ[name]]));
}

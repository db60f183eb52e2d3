/**
 * Requests to the application of the tests, and what it shows.
 *
 * @module
 */

/** What an environ says, without its functions and streams. */
export type Shown = Record<string, unknown>;

/**
 * Makes a request for example.com:8080.
 *
 * @param app What the application is to do, a key of APPS in shown_app.ts.
 * @param method The method.
 * @param target The target.
 * @param more Further header lines, each with its end.
 * @returns The head of the request.
 */
export function to(
  app: string,
  method = "GET",
  target = "/",
  more = "",
): string {
  return `${method} ${target} HTTP/1.1\r\nHost: example.com:8080\r\n` +
    `X-App: ${app}\r\n${more}\r\n`;
}

/**
 * Reads the answer of the application `show`.
 *
 * @param body The body, as bytes.
 * @returns The environ that it has seen.
 */
export function fromUtf8(body: string): Shown {
  const bytes = Uint8Array.from(body, (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/**
 * Takes what a test compares.
 *
 * @param environ All of it.
 * @param names The keys.
 * @returns Their values.
 */
export function pick(environ: Shown, names: readonly string[]): Shown {
  return Object.fromEntries(names.map((name) => [name, environ[name]]));
}

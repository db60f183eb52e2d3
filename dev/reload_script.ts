/**
 * The script that reloads an error page when the application was restarted. It is
 * never added to pages of the application.
 *
 * @module
 */

/** The path of the events that report a restart. */
export const RELOAD_PATH = "/__wsgi__/reload";

/** A script, and the nonce for the Content-Security-Policy of its page. */
export interface PageScript {
  readonly nonce: string;
  readonly text: string;
}

/**
 * Creates the script for one page.
 *
 * @param method The method of the request.
 * @param generation The id of the start of the application that has failed.
 * @returns The script; `undefined` unless the method is GET, because only such
 * pages can be reloaded.
 */
export function reloadScript(
  method: string,
  generation: string,
): PageScript | undefined {
  if (method !== "GET") return undefined;
  const url = `${RELOAD_PATH}?generation=${generation}`;
  return {
    nonce: crypto.randomUUID(),
    text: `new EventSource(${JSON.stringify(url)})` +
      `.addEventListener("reload", () => location.reload());`,
  };
}

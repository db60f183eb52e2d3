/**
 * The script with which a page of the development server reloads itself when the
 * application was started again. It is never put into pages of the application.
 *
 * @module
 */

/** Where the development server says that the application was started. */
export const RELOAD_PATH = "/__wsgi__/reload";

/** A script and the nonce that the policy of its page allows. */
export interface PageScript {
  readonly nonce: string;
  readonly text: string;
}

/**
 * Makes the script of one page.
 *
 * @param method The method of the request: only a page of GET can be reloaded.
 * @param generation The start of the application that the page is about.
 * @returns The script, if the page can be reloaded.
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

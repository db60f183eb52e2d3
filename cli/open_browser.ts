/**
 * Opening the browser of the system.
 *
 * @module
 */

const BROWSERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // The empty text is the title of a window; "start" takes the first for it.
  windows: ["cmd", "/c", "start", ""],
};

/**
 * Opens the browser of the system. Where that fails the program goes on.
 *
 * @param url The page to show.
 */
export function openBrowser(url: string): void {
  const [command, ...args] = BROWSERS[Deno.build.os] ?? ["xdg-open"];
  try {
    const child = new Deno.Command(command, {
      args: [...args, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    // The browser may outlive the program.
    child.unref();
  } catch (error) {
    const reason = error instanceof Deno.errors.NotCapable
      ? `it needs --allow-run=${command}`
      : `${command} cannot be run`;
    // deno-lint-ignore no-console -- a program's error output
    console.error(`warning: Cannot open a browser: ${reason}`);
  }
}

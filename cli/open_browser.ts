/**
 * Opens the browser of the system.
 *
 * @module
 */

const BROWSERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // The empty string is the window title: "start" uses its first argument for
  // it.
  windows: ["cmd", "/c", "start", ""],
};

/**
 * Opens the browser of the system. If this fails, it prints a warning.
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
    // The browser may run longer than the program.
    child.unref();
  } catch (error) {
    const reason = error instanceof Deno.errors.NotCapable
      ? `it needs --allow-run=${command}`
      : `${command} cannot be run`;
    // deno-lint-ignore no-console -- a program's error output
    console.error(`warning: Cannot open a browser: ${reason}`);
  }
}

/**
 * Chromium without a window, for tests and pictures that need a real browser.
 */

import { assertEquals } from "@std/assert";
import { runTool } from "./tool.ts";

/** Runs Chromium with a profile of its own, and returns its output. */
async function runChromium(...args: string[]): Promise<string> {
  const profile = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await runTool("chromium", [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--no-first-run",
      `--user-data-dir=${profile}`,
      ...args,
    ]);
    assertEquals(code, 0, stderr);
    return stdout;
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
}

/** Loads a page with everything that it refers to, and runs its scripts. */
export async function dumpDom(url: string): Promise<string> {
  return await runChromium("--dump-dom", url);
}

/** Takes a picture of the top of a page. */
export async function takeScreenshot(
  url: string,
  file: string,
  width: number,
  height: number,
): Promise<void> {
  await runChromium(
    "--hide-scrollbars",
    `--window-size=${width},${height}`,
    `--screenshot=${file}`,
    url,
  );
}

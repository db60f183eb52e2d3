/**
 * Chromium without a window, for tests that need a real browser.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { runTool } from "./tool.ts";

/**
 * Loads a page with all it refers to, and runs its scripts.
 *
 * @param url The address of the page.
 * @returns What became of the page, as HTML.
 */
export async function dumpDom(url: string): Promise<string> {
  const profile = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await runTool("chromium", [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--no-first-run",
      `--user-data-dir=${profile}`,
      "--dump-dom",
      url,
    ]);
    assertEquals(code, 0, stderr);
    return stdout;
  } finally {
    await Deno.remove(profile, { recursive: true });
  }
}

/** Chromium, driven by playwright-core, for tests of pages with scripts. */

import { assertEquals } from "@std/assert";
import { type Browser, chromium, type Page } from "npm:playwright-core@^1";
import { missingTool } from "../tool.ts";

export type { Page };

/** Returns why a test must be ignored, or "" if Chromium is installed. */
export const MISSING_CHROMIUM: string = await missingTool("chromium");

/** Options for showing a page. */
export interface PageOptions {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
}

/** A browser, which is closed at the end of its scope. */
export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  /** The errors that pages have written or thrown. */
  readonly errors: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Starts the browser. */
  static async start(): Promise<TestBrowser> {
    const { stdout } = await new Deno.Command("which", { args: ["chromium"] })
      .output();
    const executablePath = new TextDecoder().decode(stdout).trim();
    const args = "--no-sandbox --disable-gpu --font-render-hinting=none".split(
      " ",
    );
    return new TestBrowser(await chromium.launch({ executablePath, args }));
  }

  /** Opens a page with its own profile, which may use the clipboard. */
  async page(
    { colorScheme = "light", width = 1200, height = 860 }: PageOptions = {},
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      ...{ colorScheme, viewport: { width, height }, deviceScaleFactor: 1 },
      permissions: ["clipboard-read", "clipboard-write"],
      timezoneId: "UTC",
    });
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
    page.on("pageerror", (error) => void this.errors.push(String(error)));
    return page;
  }

  /** Asserts that no page has reported an error. */
  assertQuiet(): void {
    assertEquals(this.errors, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { MISSING_CHROMIUM, TestBrowser } from "../browser.ts";
import { runTool, testsWith } from "../../tool.ts";
import { Guestbook } from "./guestbook.ts";

const ROOT = new URL("../../../", import.meta.url);
const testBrowser = testsWith(MISSING_CHROMIUM);

testBrowser(
  "devServer() has an inspector that shows a stream, replays, and copies tests that fail for the same reason",
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      await using guestbook = await Guestbook.start(folder);
      await using browser = await TestBrowser.start();
      const page = await browser.page();
      await page.goto(guestbook.inspectorUrl);
      await guestbook.sendAll();
      await page.locator("#r7").waitFor();
      await page.getByRole("checkbox").check();
      const failures = page.locator("#requests li:visible .target");
      assertEquals(await failures.allTextContents(), ["/page/7", "/names"]);

      await page.goto(`${guestbook.inspectorUrl}requests/6`);
      await page.getByText(/3\d\d more chunks/).waitFor();
      assert(await page.locator(".strip rect.output").count() > 10);
      assertMatch(
        await page.locator("pre.head").last().innerText(),
        /^HTTP\/1\.1 200 OK\n.*chunked\s*$/s,
      );

      await page.goto(`${guestbook.inspectorUrl}requests/3`);
      const timeline = await page.locator(".timeline").innerText();
      assertMatch(
        timeline,
        /wsgi\.input\.read\(\)\s+24 bytes\s+name=Linus&password=hidden/,
      );
      assertStringIncludes(timeline, "somebody signed");
      await page.getByRole("button", { name: "Replay" }).click();
      await page.waitForURL("**/requests/8");
      assertMatch(
        await page.locator(".timeline").innerText(),
        /24 bytes\s+name=Linus.*303 See Other/s,
      );

      await page.goto(`${guestbook.inspectorUrl}requests/4`);
      const line = page.locator(".finding .at");
      assertMatch(await line.innerText(), /^\s*8 .*startResponse\("200 OK"/);
      for (
        const [id, reason] of [[4, "not a string"], [
          5,
          "RangeError: Cannot find page 7 of 3",
        ], [3, "1 passed"]] as const
      ) {
        await page.goto(`${guestbook.inspectorUrl}requests/${id}`);
        await page.getByRole("link", { name: "Copy as test" }).click();
        await page.getByText("Copied the test.").waitFor();
        const source = await page.evaluate("navigator.clipboard.readText()");
        await Deno.writeTextFile(`${folder}/guestbook_test.ts`, `${source}`);
        const imports = {
          "@wsgi/ref": new URL("mod.ts", ROOT).href,
          "@wsgi/ref/test-client":
            new URL("test_client/test_client.ts", ROOT).href,
        };
        const config = `${folder}/deno.json`;
        await Deno.writeTextFile(config, JSON.stringify({ imports }));
        const args = ["test", "--no-check", `--config=${config}`, folder];
        const { stdout } = await runTool("env", [
          "NO_COLOR=1",
          Deno.execPath(),
          ...args,
        ]);
        assertStringIncludes(stdout, reason);
        assertStringIncludes(stdout, id === 3 ? "0 failed" : "1 failed");
      }
      browser.assertQuiet();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import axe from "npm:axe-core@^4";
import { MISSING_CHROMIUM, type Page, TestBrowser } from "../browser.ts";
import { testsWith } from "../../tool.ts";
import { serveInspector } from "./inspecting.ts";
import { answer, CHECK, createSamples, request } from "./samples.ts";

const testBrowser = testsWith(MISSING_CHROMIUM);

interface Stage extends ReturnType<typeof createSamples> {
  readonly browser: TestBrowser;
  readonly page: Page;
  /** The address of the inspector. */
  readonly url: string;
}

/** Tests the inspector of a log of samples, whose pages report no error. */
function test(
  behavior: string,
  fn: (stage: Stage) => Promise<void>,
): void {
  testBrowser(`inspector() ${behavior}`, async () => {
    const samples = createSamples();
    const { log } = samples;
    await using server = serveInspector(log, {
      replay: (sent) => Promise.resolve(log.keep(sent, answer(sent, "200 OK"))),
    });
    await using browser = await TestBrowser.start();
    const page = await browser.page();
    await fn({ ...samples, browser, page, url: `${server.url}__wsgi__/` });
    browser.assertQuiet();
  });
}

/** The ids of the visible rows, from top to bottom. */
async function visibleRows(page: Page): Promise<number[]> {
  const ids = await page.locator("#requests li:visible .id").allTextContents();
  return ids.map(Number);
}

/** Describes the element that has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    "(document.activeElement.innerText || document.activeElement.name || document.activeElement.tagName).trim().replace(/\\s+/g, ' ')",
  );
}

test("lists requests live, filters them, and follows the state", async ({ log, ids, page, url }) => {
  log.state = "running";
  await page.goto(url);
  assertEquals(await page.textContent("#count"), "10 of 10");
  await page.getByRole("checkbox", { name: "Only failures" }).check();
  assertEquals(await visibleRows(page), [6, 4]);
  assertEquals(await page.textContent("#count"), "2 of 10");
  await page.getByRole("searchbox").fill("names 500");
  assertEquals(await visibleRows(page), [4]);
  assertMatch(page.url(), /\?q=names\+500&failures=1$/);
  await page.reload();
  assertEquals(await visibleRows(page), [4]);
  await page.getByRole("searchbox").fill("no such");
  await page.getByText("No requests match the filter.").waitFor();
  await page.getByRole("searchbox").fill("");

  // New ones appear at the top; the filter applies to them, too.
  const fine = request("GET", "/fine");
  log.keep(fine, answer(fine, "200 OK"));
  const bad = request("GET", "/<b>bad</b>");
  log.keep(bad, answer(bad, "503 Service Unavailable"));
  await page.getByText("/<b>bad</b>").waitFor();
  assertEquals(await visibleRows(page), [12, 6, 4]);
  await page.getByRole("checkbox").uncheck();
  const cut = { type: "end", outcome: "cut", bytes: 42 } as const;
  log.append(ids.running!, { time: 99, ...cut });
  await page.locator("#r10 .chip.cut").waitFor();
  assertEquals(await page.textContent("#count"), "12 of 12");
  // The last one grows beyond the limit of the log.
  log.change(12, 2 ** 30);
  await page.getByText("No requests yet.").waitFor();

  const error = { name: "SyntaxError", message: "<token>", frames: [] };
  log.state = { failed: { error, during: "loading", hint: "Close it" } };
  await page.getByRole("heading", { name: "could not be loaded" }).waitFor();
  assertEquals(await page.textContent("#state"), "failed");
  log.state = "running";
  await page.locator("#failure-panel:empty").waitFor({ state: "attached" });
  log.check = { ...CHECK, passed: 4 };
  await page.getByText("4 cases passed").waitFor();
});

test("shows a running stream, and keeps opened parts open", async ({ log, ids, page, url }) => {
  const id = ids.running!;
  await page.goto(`${url}requests/${id}`);
  await page.getByText("The response has not ended.").waitFor();
  await page.getByText("15 variables as in a plain request").click();
  for (let index = 3; index < 50; index++) {
    const chunk = { via: "body", index, bytes: 2, preview: "2" } as const;
    log.append(id, { time: 10 * index, type: "chunk", ...chunk });
  }
  const fold = page.locator(".fold summary");
  await fold.filter({ hasText: "more chunks" }).waitFor();
  log.append(id, { time: 501, type: "end", outcome: "complete", bytes: 136 });
  await page.getByText("Response complete").waitFor();
  const running = page.getByText("The response has not ended.");
  assertEquals(await running.count(), 0);
  const facts = await page.locator(".facts").textContent();
  assertStringIncludes(facts ?? "", "501 ms");
  assert(await page.getByText("HTTP_USER_AGENT").isVisible());
  await fold.click();
  assertEquals(await page.locator(".inner .event").count(), 45);
  assert(await page.locator(".strip rect.output").count() > 10);
});

test("hides credentials until they are clicked", async ({ ids, page, url }) => {
  await page.goto(`${url}requests/${ids.sign}`);
  const secrets = ["4711aa", "eyJhbGci", "9f8e7d6c5b", "abcd"];
  await page.locator(".more summary").first().click();
  for (const secret of secrets) {
    const shown = page.getByText(secret).filter({ visible: true });
    assertEquals(await shown.count(), 0, secret);
  }
  const cookie = page.locator("tr", { hasText: "HTTP_COOKIE" });
  await cookie.locator("summary").click();
  assert(await cookie.getByText("session=eyJhbGci").isVisible());
});

test("replays a request, and copies it as curl and as a test", async ({ log, ids, page, url }) => {
  const path = `${url}requests/${ids.names}`;
  await page.goto(path);
  const read = () => page.evaluate("navigator.clipboard.readText()");
  await page.getByRole("link", { name: "Copy as curl" }).click();
  await page.getByText("Copied the curl command.").waitFor();
  const curl = /^curl http:\/\/127\.0\.0\.1:\d+\/names \\\n/;
  assertMatch(`${await read()}`, curl);
  await page.getByRole("link", { name: "Copy as test" }).click();
  await page.getByText("Copied the test.").waitFor();
  assertStringIncludes(`${await read()}`, 'Deno.test("GET /names", async');
  await page.getByRole("button", { name: "Replay" }).click();
  await page.waitForURL("**/requests/11");
  assertEquals(await page.textContent("h1"), "GET /names");
  assertEquals(log.get(11)?.request, log.get(ids.names!)?.request);

  // Where a page may not write to the clipboard, there is a field to copy from.
  await page.goto(`${url}requests/${ids.sign}`);
  await page.evaluate(
    "navigator.clipboard.writeText = () => Promise.reject(new Error())",
  );
  await page.getByRole("link", { name: "Copy as curl" }).click();
  const field = page.getByRole("textbox", { name: "Text to copy" });
  assertStringIncludes(await field.inputValue(), "token=4711aa");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
});

test("can be used with the keyboard alone", async ({ page, url }) => {
  await page.goto(url);
  const walk: string[] = [];
  const style = "getComputedStyle(document.activeElement).outlineStyle";
  for (let step = 0; step < 10; step++) {
    await page.keyboard.press("Tab");
    walk.push(await focused(page));
    assertEquals(await page.evaluate(style), "solid", walk.at(-1));
  }
  assertEquals(
    walk.slice(0, 8).join(", "),
    "Skip to the content, WSGI inspector, Requests, Rules, Application, Check now, q, failures",
  );
  assertMatch(walk[8]!, /^10 GET 200 OK \/stream running/);
  await page.keyboard.press("j");
  assertMatch(await focused(page), /^8 PUT/);
  await page.keyboard.press("k");
  await page.keyboard.press("ArrowUp");
  assertMatch(await focused(page), /^10 GET/);
  await page.keyboard.press("/");
  await page.keyboard.type("names");
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/requests/4");
  await page.getByText("broken by the application").waitFor();
  for (let step = 0; await focused(page) !== "body/string"; step++) {
    assert(step < 30);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "not a string" }).waitFor();
  await page.goto(`${url}rules/`);
  await page.getByRole("searchbox").fill("content-length twice");
  assertEquals(await page.locator(".rules li:visible").count(), 1);
});

const OPEN_ALL =
  "for (const more of document.querySelectorAll('details')) more.open = true";

/** Finds barriers to reading or using a page: contrast, names, roles. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: { violations: { id: string; nodes: { html: string }[] }[] } =
    await page.evaluate("axe.run()");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

test("is readable in light and dark, and at 390 pixels without horizontal scrolling", async ({ log, ids, browser, url }) => {
  log.state = "running";
  const field = ["X-Long", "y".repeat(900)] as const;
  const long = request("GET", `/${"long".repeat(200)}`, [field]);
  const longId = log.keep(long, answer(long, `200 ${"Reason".repeat(50)}`));
  const paths = [...Object.values(ids), longId].map((id) => `requests/${id}`)
    .concat("", "rules/", "rules/body/string", "nothing");
  const { sign, names, error } = ids;
  const looked = [sign, names, error].map((id) => `requests/${id}`)
    .concat("", "rules/body/string");
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.page({ colorScheme, width: 390, height: 844 });
    for (const path of paths) {
      await page.goto(`${url}${path}`);
      await page.evaluate(OPEN_ALL);
      const width = "document.documentElement.scrollWidth";
      assertEquals(await page.evaluate(width), 390, path);
      if (!looked.includes(path)) continue;
      assertEquals(await barriers(page), [], `${colorScheme} ${path}`);
    }
    await page.goto(`${url}requests/${ids.names}`);
    const landmarks = await page.locator("main").ariaSnapshot();
    assertStringIncludes(landmarks, 'heading "Timeline" [level=2]');
    const roles = ["banner", "navigation", "main", "status"] as const;
    for (const role of roles) {
      assert(await page.getByRole(role).count() > 0, role);
    }
  }
  const errors = browser.errors.splice(0);
  assertEquals(errors.filter((text) => !text.includes("404")), []);
});

/**
 * Takes the screenshots in `docs/`.
 *
 * ```sh
 * deno task pictures
 * ```
 *
 * The programs run in `/tmp/guestbook`, where a link named `wsgiref` leads to
 * this repository, and the inspector shows the samples of its tests. So the
 * pictures show no path of the machine that took them.
 * It needs Chromium.
 *
 * @module
 */

import { takeScreenshot } from "../tests/chromium.ts";
import { type PageOptions, TestBrowser } from "../tests/dev/browser.ts";
import { serveInspector } from "../tests/dev/inspector/inspecting.ts";
import { createSamples } from "../tests/dev/inspector/samples.ts";
import { Program } from "../tests/program.ts";

const ROOT = new URL("../", import.meta.url);
const FOLDER = "/tmp/guestbook";

/** An application with a number as its status. */
const GUESTBOOK = `const encoder = new TextEncoder();

let visitors = 0;

export function app(environ, startResponse) {
  visitors++;
  const name = environ.QUERY_STRING || "stranger";
  startResponse(200, [
    ["Content-Type", "text/plain; charset=utf-8"],
  ]);
  return [encoder.encode(\`Hello \${name}, you are number \${visitors}\\n\`)];
}
`;

/** Takes the picture of the page that the development server shows. */
async function takeErrorPage(): Promise<void> {
  await Deno.writeTextFile(`${FOLDER}/app.js`, GUESTBOOK);
  const server = `${FOLDER}/wsgiref/server.ts`;
  await using program = new Program(
    ...["run", "--allow-net", "--allow-read", ...Deno.args],
    ...[server, `${FOLDER}/app.js`, "0"],
  );
  const line = await program.firstLine();
  const [url] = /http:\S+/.exec(line) ?? [];
  if (url === undefined) {
    const { stderr } = await program.outcome();
    throw new Error(`Cannot take the picture: no server started: ${stderr}`);
  }
  const file = `${import.meta.dirname}/../docs/error_page.png`;
  await takeScreenshot(url, file, 960, 880);
}

/** A page of the inspector, and how it is shown. */
interface InspectorPicture extends PageOptions {
  readonly name: string;
  /** The request of the samples; without one, the list. */
  readonly request?: string;
}

const INSPECTOR: readonly InspectorPicture[] = [
  { name: "inspector_list", height: 640 },
  { name: "inspector_finding", request: "names", height: 1080 },
  {
    name: "inspector_stream",
    request: "stream",
    height: 980,
    colorScheme: "dark",
  },
];

/** Takes the pictures of the inspector, over the samples of its tests. */
async function takeInspector(): Promise<void> {
  const { log, ids } = createSamples();
  log.state = "running";
  await using server = serveInspector(log);
  await using browser = await TestBrowser.start();
  for (const { name, request, ...options } of INSPECTOR) {
    const page = await browser.page(options);
    const path = request === undefined ? "" : `requests/${ids[request]}`;
    await page.goto(`${server.url}__wsgi__/${path}`);
    await page.waitForLoadState("load");
    const file = `${import.meta.dirname}/../docs/${name}.png`;
    await page.screenshot({ path: file, animations: "disabled" });
  }
}

if (import.meta.main) {
  await takeInspector();
  await Deno.mkdir(FOLDER);
  try {
    await Deno.symlink(ROOT, `${FOLDER}/wsgiref`);
    await takeErrorPage();
  } finally {
    await Deno.remove(FOLDER, { recursive: true });
  }
}

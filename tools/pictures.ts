/**
 * Takes the screenshots in `docs/`.
 *
 * ```sh
 * deno task pictures
 * ```
 *
 * The programs run in `/tmp/guestbook`, where a link named `wsgiref` points to
 * this repository, so that the pictures show no local paths. It needs Chromium.
 *
 * @module
 */

import { takeScreenshot } from "../tests/chromium.ts";
import { type PageOptions, TestBrowser } from "../tests/dev/browser.ts";
import { Program } from "../tests/program.ts";
import { Guestbook } from "./guestbook.ts";

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

/** Takes the picture of the error page of the development server. */
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

/** A page of the inspector, and its settings. */
interface InspectorPicture extends PageOptions {
  readonly name: string;
  /** The path below the inspector. */
  readonly path: string;
}

const INSPECTOR: readonly InspectorPicture[] = [
  { name: "inspector_list", path: "", height: 580 },
  { name: "inspector_finding", path: "requests/4", height: 1170 },
  {
    name: "inspector_stream",
    path: "requests/6",
    height: 900,
    colorScheme: "dark",
  },
];

/** Takes the pictures of the inspector, with the application of its tests. */
async function takeInspector(): Promise<void> {
  await using guestbook = await Guestbook.start(FOLDER);
  await using browser = await TestBrowser.start();
  await guestbook.sendAll();
  for (const { name, path, ...options } of INSPECTOR) {
    const page = await browser.page(options);
    await page.goto(`${guestbook.inspectorUrl}${path}`);
    const file = `${import.meta.dirname}/../docs/${name}.png`;
    await page.screenshot({ path: file, animations: "disabled" });
  }
}

if (import.meta.main) {
  await Deno.mkdir(FOLDER);
  try {
    await takeInspector();
    await Deno.symlink(ROOT, `${FOLDER}/wsgiref`);
    await takeErrorPage();
  } finally {
    await Deno.remove(FOLDER, { recursive: true });
  }
}

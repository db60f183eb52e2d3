/** The examples that are HTTP servers. */

import { assertEquals } from "@std/assert";
import type { Application } from "../../mod.ts";

/** The Content-Type of most examples. */
export const TEXT = "text/plain; charset=utf-8";
/** The page of the hello examples. */
export const HELLO = "Hello world!\n";

/** Examples that are not HTTP servers, and the files that test them. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  "check_server.ts": "tests/conformance/main_test.ts",
  "scgi.ts": "tests/servers/backend_examples_test.ts",
  "uwsgi.ts": "tests/servers/backend_examples_test.ts",
};

/** All other examples. */
export const EXAMPLES: readonly { file: string }[] = Array.from(
  Deno.readDirSync(new URL("../../examples/", import.meta.url)),
  ({ name }) => ({ file: name }),
).filter(({ file }) => file.endsWith(".ts") && !(file in ELSEWHERE));

/** Imports the application of an example. */
export async function appOf(file: string): Promise<Application> {
  return (await import(`../../examples/${file}`)).app;
}

/** Gets a page of plain text. */
export async function getPage(url: string): Promise<string> {
  const response = await fetch(url);
  const { status, headers } = response;
  assertEquals([status, headers.get("content-type")], [200, TEXT]);
  return await response.text();
}

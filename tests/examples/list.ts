/** The examples that are HTTP servers, and their answers. */

import { assertEquals, assertMatch } from "@std/assert";
import type { Application } from "../../mod.ts";

/** The Content-Type of most examples. */
export const TEXT = "text/plain; charset=utf-8";
const HTML = "text/html; charset=utf-8";
/** The page of the hello examples. */
export const HELLO = "Hello world!\n";
const HASHES =
  "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969  Hello\n" +
  "711e9609339e92b03ddc0a211827dba421f38f9ed8b9d806e1ffdd8c15ffa03d  world!\n";
const COUNTDOWN = "10\n9\n8\n7\n6\n5\n4\n3\n2\n1\nLift-off!\n";

/** An example, and its answer. */
export interface Example {
  file: string;
  /** The body of the answer to GET. */
  page: string | RegExp;
  /** The status of the answer to GET, if not 200. */
  status?: number;
  /** The Content-Type of the page, if not plain text. */
  type?: string;
}

/** All examples that are HTTP servers. */
export const EXAMPLES: Example[] = [
  { file: "hello.ts", page: HELLO },
  { file: "hello_async.ts", page: HELLO },
  { file: "hello_generator.ts", page: HELLO },
  { file: "hello_async_generator.ts", page: HASHES },
  { file: "hello_class.ts", page: HELLO },
  { file: "guestbook.ts", page: /<h1>Guest book<\/h1>/, type: HTML },
  {
    file: "echo.ts",
    page: "Post something: curl -d 'Hello' http://127.0.0.1:8000/\n",
  },
  {
    file: "hono.ts",
    page: "Try /hello/Ada and /demo.\n",
    type: "text/plain;charset=UTF-8",
  },
  { file: "streaming.ts", page: COUNTDOWN },
  { file: "middleware.ts", page: HELLO.toUpperCase() },
  { file: "file_server.ts", page: /<a href="[^"]*README\.md"/, type: HTML },
  { file: "bare_server.ts", page: HELLO },
  { file: "site.ts", page: /<h1>A site<\/h1>/, type: HTML },
  {
    file: "framework.ts",
    page: "Try /mytime, /mynews/42 and /static/index.html.\n",
  },
  { file: "own_headers.ts", page: "path /\nquery \n" },
  { file: "gzip.ts", page: HELLO.repeat(100) },
  { file: "basic_auth.ts", page: "Who are you?\n", status: 401 },
  { file: "conditional_get.ts", page: HELLO },
  { file: "error_catcher.ts", page: HELLO },
  { file: "mounted.ts", page: "Try /where/am/I and /demo.\n" },
  { file: "events.ts", page: /new EventSource\("events"\)/, type: HTML },
  {
    file: "download.ts",
    page: /^\/\/ deno run .* examples\/download\.ts\n/,
    type: "application/octet-stream",
  },
  {
    file: "upload.ts",
    page: /<form method="post" enctype="multipart\/form-data">/,
    type: HTML,
  },
];

/** Examples that are not HTTP servers, and the files that test them. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  "check_server.ts": "tests/conformance/main_test.ts",
  "scgi.ts": "tests/servers/backend_examples_test.ts",
  "uwsgi.ts": "tests/servers/backend_examples_test.ts",
};

/** Imports the application of an example. */
export async function appOf(file: string): Promise<Application> {
  return (await import(`../../examples/${file}`)).app;
}

/** Asserts that a page is the expected one. */
export function assertPage(actual: string, expected: string | RegExp): void {
  if (typeof expected === "string") assertEquals(actual, expected);
  else assertMatch(actual, expected);
}

/** Gets a page of plain text. */
export async function getPage(url: string): Promise<string> {
  const response = await fetch(url);
  const { status, headers } = response;
  assertEquals([status, headers.get("content-type")], [200, TEXT]);
  return await response.text();
}

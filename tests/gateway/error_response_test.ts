import { assert, assertEquals } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import fc from "npm:fast-check@^4";
import { ServerStopped } from "../../gateway/cancellation.ts";
import {
  errorResponse,
  fetchErrorResponse,
  formatError,
} from "../../gateway/error_response.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";

Deno.test.each([
  [500, "500 Internal Server Error"],
  [599, "599 Error"],
])("errorResponse() returns a page for %i", async (code, status) => {
  const type = "text/plain; charset=utf-8";
  const headers: [string, string][] = [["Content-Type", type]];
  const [head, page] = errorResponse(code);
  assertEquals(head, { status, code, headers, contentLength: undefined });
  assertEquals(new TextDecoder().decode(page), `${status}\n`);
  const response = fetchErrorResponse(code);
  assertEquals(response.status, code);
  assertEquals(response.headers.get("content-type"), type);
  assertEquals(await response.text(), `${status}\n`);
});

Deno.test("formatError() removes the frames that have called the program, and keeps a longer message", () => {
  const error = new Error("no luck\n  hint: luck");
  const own = new URL("../../gateway/call_outcome.ts", import.meta.url);
  const frames = [
    `    at check (${own}:1:2)`,
    `    at app (${import.meta.url}:3:4)`,
    `    at run (${own}:5:6)`,
  ];
  error.stack = ["Error: no luck", ...frames].join("\n");
  assertEquals(
    formatError(error),
    ["Error: no luck", "      hint: luck", ...frames.slice(0, 2), ""].join(
      "\n",
    ),
  );
});

Deno.test("formatError() lists the causes, up to a maximum depth", () => {
  const middle = new Error("middle", { cause: new Error("inner") });
  const lines = formatError(new Error("outer", { cause: middle })).split("\n");
  assertEquals(lines.filter((line) => /^[^ ]/.test(line)), [
    "Error: outer",
    "Caused by: Error: middle",
    "Caused by: Error: inner",
  ]);
  const circle = new Error("circle");
  circle.cause = circle;
  assertEquals(formatError(circle).split("Caused by:").length, 6);
  const text = formatError(new Error("outer", { cause: "text\n" }));
  assertStringIncludes(text, '\nCaused by: Thrown: "text\\n"\n');
});

Deno.test.each([
  ["text", 'Thrown: "text"\n'],
  [undefined, "Thrown: undefined\n"],
  [{ message: "like an error" }, "Thrown: an object\n"],
  [new RequestBodyError("cut short", 400), "cut short\n"],
  [
    new ServerStopped(),
    "The server was stopped before the response was complete\n",
  ],
])("formatError() returns one line for %o", (error, text) => {
  assertEquals(formatError(error), text);
});

// Some programs set Error.prepareStackTrace, which may return anything.
Deno.test("formatError() works without a stack", () => {
  for (const stack of [undefined, [], 7, { toString: () => "fake" }]) {
    const error = new RangeError("no stack");
    Object.defineProperty(error, "stack", { value: stack });
    assertEquals(formatError(error), "RangeError: no stack\n");
  }
});

// error-log-escaped: a message may contain input of the client.
Deno.test("formatError() indents the lines of a message", () => {
  const path = '/x\n127.0.0.1 "GET /admin" 200\r\n\x1b[2J\x00\x7f\x9b';
  const errors = [
    new Error(path),
    new Error("outer", { cause: new Error(path) }),
    new RequestBodyError(path, 400),
  ];
  for (const error of errors) {
    const text = formatError(error);
    assertStringIncludes(
      text,
      '/x\n    127.0.0.1 "GET /admin" 200\\r\n    \\x1b[2J\\x00\\x7f\\x9b',
    );
  }
});

Deno.test("formatError() indents the lines of any message", () => {
  const unit = fc.constantFrom(..."a \n\r\t\0\x85", "    at ");
  fc.assert(fc.property(fc.string({ unit }), (message) => {
    const text = formatError(new Error(message));
    // deno-lint-ignore no-control-regex -- the test searches for them
    assert(!/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text));
    const [, ...lines] = text.trimEnd().split("\n");
    for (const line of lines) assert(line.startsWith("    "), line);
  }));
});

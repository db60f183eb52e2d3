import { assertEquals } from "@std/assert";
import { describeError, hintIn } from "../../dev/describe_error.ts";

const AT = "file:///srv/a%20b.ts";
const COLORED =
  "    at \x1b[0m\x1b[36mfile:///srv/app.ts\x1b[0m:\x1b[0m\x1b[33m7\x1b[0m:\x1b[0m\x1b[33m26\x1b[0m";

Deno.test.each<[Error, expected: string[], hint?: string]>([
  [
    new TypeError(
      `SyntaxError: Unterminated string\n  |\n1 | x = "a;\n  |     ~~~\n    at ${AT}:1:25\n${COLORED}`,
    ),
    [
      ...["SyntaxError", "Unterminated string"],
      ...[`${AT}:1:25`, "file:///srv/app.ts:7:26"],
    ],
  ],
  [
    new SyntaxError(`Identifier 'a' has already been declared at ${AT}:1:46`),
    ["SyntaxError", "Identifier 'a' has already been declared", `${AT}:1:46`],
  ],
  [
    new TypeError(
      `Import "x" not a dependency\n  \x1b[36mhint:\x1b[0m Add it\n    at ${AT}:1:9`,
    ),
    ["TypeError", 'Import "x" not a dependency', `${AT}:1:9`],
    "Add it",
  ],
  [
    new RangeError(`mine\n    at ${AT}:1:9`),
    ["RangeError", `mine\n    at ${AT}:1:9`],
  ],
])("describeError() finds name, message and places: %#", (...row) => {
  const [error, expected, hint] = row;
  error.stack = "";
  const { name, message, frames } = describeError(error);
  const places = frames.map(({ file, line, column }) =>
    `${file}:${line}:${column}`
  );
  assertEquals([name, message, ...places], expected);
  assertEquals(hintIn(error), typeof hint === "string" ? hint : undefined);
});

Deno.test("describeError() describes an error that throws when it is read", () => {
  const error = Object.defineProperty(new Error(), "message", {
    get: () => {
      throw new Error("again");
    },
  });
  const message = "The thrown value cannot be described";
  assertEquals(describeError(error), { name: "Error", message, frames: [] });
});

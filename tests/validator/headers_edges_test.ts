// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals } from "@std/assert";
import { runScenario } from "./scenario.ts";
import { answering } from "./fixtures/shorthands.ts";
import { findingsIn, PLAIN } from "./requests.ts";

/** What is found in the headers of a response with no body. */
async function findingsInBody(
  headers: unknown,
  status = "200 OK",
): Promise<string[]> {
  return await findingsIn(answering(status, headers));
}

const TWO_TYPES = [PLAIN, PLAIN];

Deno.test.each<[string, string, unknown]>([
  ["a status without a code", "OK", TWO_TYPES],
  ["an interim status", "199 Odd", TWO_TYPES],
  ["a code above all classes", "600 Odd", TWO_TYPES],
  ["a status with a control character", "200 O\0K", TWO_TYPES],
  ["a value with a control character", "200 OK", [...TWO_TYPES, ["X", "\0"]]],
  ["a value above a byte", "200 OK", [...TWO_TYPES, ["X", "\u20ac"]]],
  ["a header that is no pair", "200 OK", [...TWO_TYPES, ["X"]]],
  ["a header that is not of strings", "200 OK", [...TWO_TYPES, ["X", 1]]],
  ["a name that is no token", "200 OK", [...TWO_TYPES, ["X Y", ""]]],
])(
  "validator() does not judge a response as HTTP that cannot be sent: %s",
  async (_what, status, headers) => {
    const ids = (await findingsInBody(headers, status)).map((line) =>
      line.slice(0, line.indexOf("/"))
    );
    assertEquals(ids.length, 1);
    assertEquals(ids.includes("http"), false);
  },
);

Deno.test("validator() does not judge headers as HTTP that are no array", async () => {
  const lines = await findingsInBody({ 0: PLAIN, 1: PLAIN, length: 2 });
  assertEquals(lines.map((line) => line.split(":")[0]), ["headers/array"]);
});

Deno.test.each([["200 OK"], ["599 Odd"]])(
  "validator() judges every response as HTTP that can be sent: %s",
  async (status) => {
    assertEquals(
      (await findingsInBody(TWO_TYPES, status)).includes(
        'http/single: "Content-Type" more than once',
      ),
      true,
    );
  },
);

Deno.test.each([["20: OK"], ["2:0 OK"]])(
  "validator() takes only digits for a code: %s",
  async (status) => {
    const lines = await findingsInBody([PLAIN], status);
    assertEquals(lines.length, 1);
    assertEquals(lines[0]?.startsWith("status/"), true);
  },
);

Deno.test("validator() says what an interim status is, and no other", async () => {
  const hintOf = async (status: string) => {
    const [found] = await runScenario(answering(status, [PLAIN]));
    return found?.hint?.startsWith("Send the final status");
  };
  assertEquals(await hintOf("199 Odd"), true);
  assertEquals(await hintOf("099 Odd"), false);
  assertEquals(await hintOf("600 Odd"), false);
});

Deno.test.each<[string, string]>([
  ["a:b", 'one string for name and value of "a" at headers[0]'],
  [":b", '":b" at headers[0]'],
])(
  "validator() looks for the name of a header in a string: %s",
  async (text, got) => {
    const [line] = await findingsInBody([text]);
    assertEquals(line, `headers/tuple: ${got}`);
  },
);

Deno.test.each<[string, string, string, string[]]>([
  ["a tab within a value", "X-A", "a\tb", ["headers/tab"]],
  ["a tab within a value that ends with one", "X-A", "a\tb\t", [
    "headers/tab",
    "headers/outer-space",
  ]],
  ["a tab at the end", "X-A", "b\t", ["headers/outer-space"]],
  ["a space at the end", "X-A", "b ", ["headers/outer-space"]],
  ["a tab in a length", "Content-Length", "1\t2", ["headers/content-length"]],
])(
  "validator() tells one thing of a blank once: %s",
  async (_what, name, value, expected) => {
    const lines = await findingsInBody([[name, value], PLAIN]);
    assertEquals(
      lines.map((line) => line.split(":")[0]).toSorted(),
      expected.toSorted(),
    );
  },
);

/** Whether the hint is that of the rule, and not a closer one. */
async function hasHint(header: readonly string[], part: string) {
  const found = await runScenario(answering("200 OK", [header]));
  assertEquals(found.length > 0, true);
  return found.some(({ hint }) => hint?.includes(part) === true);
}

Deno.test("validator() hints at a list only where a header begins like one", async () => {
  const one = "one number";
  assertEquals(await hasHint(["Content-Length", "5, 5"], one), true);
  assertEquals(await hasHint(["Content-Length", "x5, 5"], one), false);
  const type = "one media type";
  assertEquals(await hasHint(["Content-Type", "a/b, c/d"], type), true);
  assertEquals(await hasHint(["Content-Type", "a/b; c, d"], type), false);
  const weak = "capital letter";
  assertEquals(await hasHint(["ETag", 'w/"a"'], weak), true);
  assertEquals(await hasHint(["ETag", 'xw/"a"'], weak), false);
});

Deno.test("validator() looks at each header of a kind, not only the first", async () => {
  const lines = await findingsInBody([
    PLAIN,
    ["Date", "Fri, 20 Nov 2026 10:00:00 GMT"],
    ["Last-Modified", "yesterday"],
  ]);
  assertEquals(lines.filter((line) => line.includes("yesterday")).length, 1);
});

Deno.test("validator() looks for a second cookie in each Set-Cookie, and nowhere else", async () => {
  assertEquals(
    await findingsInBody([PLAIN, ["X-A", "a, b=c"], ["Set-Cookie", "a=1"]]),
    [],
  );
  assertEquals(
    await findingsInBody([PLAIN, ["Set-Cookie", "a=1"], [
      "Set-Cookie",
      "b=2, c=3",
    ]]),
    ['http/set-cookie-joined: "b" and "c" in one'],
  );
  assertEquals(
    await findingsInBody([
      PLAIN,
      ["Set-Cookie", "a=1; Expires=Fri, 20 Nov 2026 10:00:00 GMT"],
    ]),
    [],
  );
});

Deno.test("validator() wants no Content-Range with what only looks like several ranges", async () => {
  const idsOf = async (type: string) =>
    (await findingsInBody([["Content-Type", type]], "206 Partial Content"))
      .map((line) => line.split(":")[0]).filter((id) => id !== "http/unasked");
  assertEquals(await idsOf("multipart/byteranges; boundary=x"), []);
  assertEquals(await idsOf("x-multipart/byteranges"), [
    "http/206-range",
  ]);
});

Deno.test("validator() comes to an end with headers whose prototypes have none", async () => {
  const endless: object = new Proxy({}, { getPrototypeOf: () => endless });
  const [found] = await findingsInBody(endless);
  assertEquals(found?.startsWith("headers/array: "), true);
});

import { assertEquals } from "@std/assert";
import { answering } from "./fixtures/shorthands.ts";
import { findingsIn, PLAIN } from "./requests.ts";

/** What is found in the headers of a response with no body. */
async function findingsInHeaders(
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
    const ids = (await findingsInHeaders(headers, status)).map((line) =>
      line.slice(0, line.indexOf("/"))
    );
    assertEquals(ids.length, 1);
    assertEquals(ids.includes("http"), false);
  },
);

Deno.test("validator() does not judge headers as HTTP that are no array", async () => {
  const lines = await findingsInHeaders({ 0: PLAIN, 1: PLAIN, length: 2 });
  assertEquals(lines.map((line) => line.split(":")[0]), ["headers/array"]);
});

Deno.test.each([["200 OK"], ["599 Odd"]])(
  "validator() judges every response as HTTP that can be sent: %s",
  async (status) => {
    assertEquals(
      (await findingsInHeaders(TWO_TYPES, status)).includes(
        'http/single: "Content-Type" more than once',
      ),
      true,
    );
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
    const lines = await findingsInHeaders([[name, value], PLAIN]);
    assertEquals(
      lines.map((line) => line.split(":")[0]).toSorted(),
      expected.toSorted(),
    );
  },
);

Deno.test("validator() looks at each header of a kind, not only the first", async () => {
  const lines = await findingsInHeaders([
    PLAIN,
    ["Date", "Fri, 20 Nov 2026 10:00:00 GMT"],
    ["Last-Modified", "yesterday"],
  ]);
  assertEquals(lines.filter((line) => line.includes("yesterday")).length, 1);
});

Deno.test("validator() looks for a second cookie in each Set-Cookie, and nowhere else", async () => {
  assertEquals(
    await findingsInHeaders([PLAIN, ["X-A", "a, b=c"], ["Set-Cookie", "a=1"]]),
    [],
  );
  assertEquals(
    await findingsInHeaders([PLAIN, ["Set-Cookie", "a=1"], [
      "Set-Cookie",
      "b=2, c=3",
    ]]),
    ['http/set-cookie-joined: "b" and "c" in one'],
  );
  assertEquals(
    await findingsInHeaders([
      PLAIN,
      ["Set-Cookie", "a=1; Expires=Fri, 20 Nov 2026 10:00:00 GMT"],
    ]),
    [],
  );
});

Deno.test("validator() wants no Content-Range with what only looks like several ranges", async () => {
  const idsOf = async (type: string) =>
    (await findingsInHeaders([["Content-Type", type]], "206 Partial Content"))
      .map((line) => line.split(":")[0]).filter((id) => id !== "http/unasked");
  assertEquals(await idsOf("multipart/byteranges; boundary=x"), []);
  assertEquals(await idsOf("x-multipart/byteranges"), [
    "http/206-range",
  ]);
});

Deno.test("validator() comes to an end with headers whose prototypes have none", async () => {
  const endless: object = new Proxy({}, { getPrototypeOf: () => endless });
  const [found] = await findingsInHeaders(endless);
  assertEquals(found?.startsWith("headers/array: "), true);
});

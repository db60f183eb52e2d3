import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { fileState, parseHttpDate } from "../../static_files/conditions.ts";
import type { TestResponse } from "../../test_client/test_client.ts";
import { Tree } from "./static_tree.ts";

const DATE = "Mon, 06 May 2024 07:08:09 GMT";
const EARLIER = "Mon, 06 May 2024 07:08:08 GMT";
const LATER = "Mon, 06 May 2024 07:08:10 GMT";

async function askForFile(
  headers: Record<string, string>,
  content = "0123456789",
  method = "GET",
): Promise<TestResponse> {
  await using tree = await Tree.make({ "a": content });
  return await tree.client().request(method, "/a", { headers });
}

const TAG = (await askForFile({})).header("ETag") ?? "";

/** Conditions, with TAG, DATE and others for their values, and the status. */
const CONDITIONS = `
  If-None-Match: TAG                            304
  If-None-Match: W/TAG                          304
  If-None-Match: "x", TAG                       304
  If-None-Match: *                              304
  If-None-Match: "x"                            200
  If-None-Match:                                200
  If-Modified-Since: DATE                       304
  If-Modified-Since: LATER                      304
  If-Modified-Since: EARLIER                    200
  If-Modified-Since: 2099                       200
  If-Modified-Since: Monday, 06-May-24 07:08:09 GMT  304
  If-Modified-Since: Mon May  6 07:08:09 2024   304
  If-Modified-Since: DATE; If-None-Match: "x"   200
  If-Modified-Since: EARLIER; If-None-Match: TAG  304
  If-Match: TAG                                 200
  If-Match: *                                   200
  If-Match: W/TAG                               412
  If-Match: "x"                                 412
  If-Unmodified-Since: DATE                     200
  If-Unmodified-Since: EARLIER                  412
  If-Unmodified-Since: 1999                     200
  If-Unmodified-Since: EARLIER; If-Match: TAG   200
  If-Match: "x"; If-None-Match: TAG             412
  If-Match: TAG; If-None-Match: TAG             304
  Range: bytes=1-2; If-Range: TAG               206
  Range: bytes=1-2; If-Range: DATE              206
  Range: bytes=1-2; If-Range: W/TAG             200
  Range: bytes=1-2; If-Range: "x"               200
  Range: bytes=1-2; If-Range: LATER             200
  Range: bytes=1-2; If-Range: EARLIER           200
  Range: bytes=1-2; If-Range:                   200`;

const NAMES: Record<string, string> = { TAG, DATE, EARLIER, LATER };

Deno.test.each(
  CONDITIONS.trim().split("\n").map((row) => {
    const [, lines = "", status = ""] = /^\s*(.*?)\s+(\d+)$/.exec(row) ?? [];
    return [lines, Number(status)] as const;
  }),
)("staticFiles() answers %s with %i", async (lines, status) => {
  const headers = Object.fromEntries(
    lines.split("; ").map((line) => {
      const [name = "", value = ""] = line.split(/: ?(.*)/);
      return [name, value.replace(/[A-Z]{3,}/, (it) => NAMES[it] ?? it)];
    }),
  );
  for (const method of ["GET", "HEAD"]) {
    const response = await askForFile(headers, undefined, method);
    // HEAD has no ranges.
    const expected = status === 206 && method === "HEAD" ? 200 : status;
    assertEquals(response.status, expected);
    if (status !== 304) continue;
    assertEquals(response.headers, [["ETag", TAG], ["Last-Modified", DATE]]);
    assertEquals(response.chunks, []);
  }
});

const HUGE = "9".repeat(400);
const NOT_SATISFIED = [
  "bytes=10-",
  "bytes=10-20",
  `bytes=${HUGE}-`,
  "bytes=-0",
];
const IGNORED = "bytes=4-2 bytes=- bytes=a-b bytes=0-1,3-4 bytes=+1-2"
  .concat(" bytes=0x1-2 lines=1-2 bytes ").split(" ");

Deno.test.each<readonly [string, number, string, sent: string]>([
  ["bytes=0-0", 206, "0", "bytes 0-0/10"],
  ["bytes=7-", 206, "789", "bytes 7-9/10"],
  ["bytes=7-99", 206, "789", "bytes 7-9/10"],
  [`bytes=7-${HUGE}`, 206, "789", "bytes 7-9/10"],
  ["bytes=-3", 206, "789", "bytes 7-9/10"],
  ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
  ["BYTES = 1-1 ", 206, "1", "bytes 1-1/10"],
  ...NOT_SATISFIED.map((range) => [range, 416, "", "bytes */10"] as const),
  ...IGNORED.map((range) => [range, 200, "0123456789", "none"] as const),
])("staticFiles() answers the range %j with %i", async (Range, ...expected) => {
  const response = await askForFile({ Range });
  const { status } = response;
  const text = status === 416 ? "" : response.text();
  const sent = response.header("Content-Range") ?? "none";
  assertEquals([status, text, sent], expected.slice(0, 3));
  if (status === 416) return;
  assertEquals(response.header("Content-Length"), String(text.length));
  assertEquals(response.header("ETag"), TAG);
});

Deno.test("staticFiles() cannot satisfy a range of an empty file", async () => {
  assertEquals((await askForFile({ Range: "bytes=0-" }, "")).status, 416);
  assertEquals((await askForFile({ Range: "bytes=-1" }, "")).status, 200);
});

Deno.test("staticFiles() sends any range of a file that is larger than a block", async () => {
  const text = Array.from({ length: 200_000 }, (_, i) => i % 10).join("");
  await using tree = await Tree.make({ "a": text });
  const client = tree.client();
  const byte = fc.integer({ min: 0, max: text.length - 1 });
  const property = fc.asyncProperty(byte, byte, async (a, b) => {
    const [first, last] = a < b ? [a, b] : [b, a];
    const headers = { Range: `bytes=${first}-${last}` };
    const response = await client.get("/a", { headers });
    assertEquals(response.status, 206);
    assertEquals(response.text(), text.slice(first, last + 1));
  });
  await fc.assert(property, { numRuns: 40 });
});

Deno.test("fileState() returns a weak tag for a file that was just changed", async () => {
  const mtime = new Date(1_000_000_000_000);
  const at = (age: number): ReturnType<typeof fileState> =>
    fileState({ size: 5, mtime }, mtime.getTime() + age);
  const [weak, strong] = [await at(1999), await at(2000)];
  assertEquals([weak.isStrong, strong.isStrong], [false, true]);
  assertEquals(weak.tag, `W/${strong.tag}`);
});

Deno.test("fileState() returns no date in the future, and nothing for a file without a date", async () => {
  const mtime = new Date("2030-01-01T00:00:00Z");
  const now = Date.parse("2024-01-01T00:00:00.500Z");
  const future = await fileState({ size: 5, mtime }, now);
  assertEquals(future.modified, new Date("2024-01-01T00:00:00Z"));
  const none = await fileState({ size: 5, mtime: null }, 0);
  assertEquals([none.tag, none.modified], [undefined, undefined]);
  assertEquals([future.isStrong, none.isStrong], [false, false]);
});

Deno.test("fileState() distinguishes two states of a file", async () => {
  const tags = new Set<string | undefined>();
  for (const time of [0, 1, 1000]) {
    for (const size of [1, 2]) {
      tags.add((await fileState({ size, mtime: new Date(time) }, 10_000)).tag);
    }
  }
  assertEquals([tags.size, tags.has(undefined)], [6, false]);
});

Deno.test("parseHttpDate() parses the output of toUTCString()", () => {
  const max = new Date("9999-12-31T23:59:59Z");
  const anyDate = fc.date({ min: new Date(0), max, noInvalidDate: true });
  fc.assert(fc.property(anyDate, (date) => {
    const seconds = Math.floor(date.getTime() / 1000) * 1000;
    assertEquals(parseHttpDate(date.toUTCString()), seconds);
  }));
});

Deno.test.each([undefined, "", "2024", DATE + "x", DATE.slice(0, -4)])(
  "parseHttpDate(%j) is undefined",
  (value) => assertEquals(parseHttpDate(value), undefined),
);

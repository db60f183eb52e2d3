import { assertEquals, assertRejects } from "@std/assert";
import { CaseRecord } from "../../conformance/case_record.ts";
import { RawClient } from "../../conformance/raw_client.ts";
import { RawHead } from "../../conformance/raw_response.ts";
import { Transcript } from "../../conformance/report.ts";
import { toBytes } from "../../wsgi/byte_string.ts";

/** Connects a client to a server that sends these bytes and ends. */
async function receiving<T>(
  bytes: string,
  read: (client: RawClient) => Promise<T>,
): Promise<T> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using conn = await listener.accept();
    await conn.write(toBytes(bytes));
  })();
  using client = await RawClient.connect(listener.addr);
  try {
    return await read(client);
  } finally {
    await serving;
  }
}

Deno.test("RawHead reads status and headers as they were sent", () => {
  const head = new RawHead("HTTP/1.1 200 \r\nX-A: 1\r\nx-a:\t 2 \r\n\r\n");
  assertEquals(head.status, 200);
  assertEquals(head.headers, [["X-A", "1"], ["x-a", "2"]]);
  assertEquals([head.get("x-a"), head.all("x-a")], ["1", ["1", "2"]]);
  assertEquals(head.get("x-b"), undefined);
  for (const line of ["bodyHTTP/1.1 200 OK", "HTTP/1.1 20 OK", "HTTP/2 200"]) {
    assertEquals(new RawHead(`${line}\r\n\r\n`).status, NaN, line);
  }
});

Deno.test.each([
  ["Content-Length: 3\r\n\r\nabcd", "abc", true],
  ["Content-Length: 5\r\n\r\nabcd", "abcd", false],
  ["Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "ab", true],
  ["Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "ab", false],
  ["Transfer-Encoding: chunked\r\n\r\n4\r\nab", "", false],
  ["X-A: 1\r\n\r\nab", "ab", true],
])("RawClient.response() reads the body of %j", async (framed, ...expected) => {
  const bytes = `HTTP/1.1 200 OK\r\n${framed}`;
  const response = await receiving(bytes, (client) => client.response());
  assertEquals([response.body, response.complete], expected.slice(0, 2));
});

Deno.test("RawClient.response() skips 100, and reads no body if the response cannot have one", async () => {
  const bytes = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n" +
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" +
    "bodyHTTP/1.1 200 OK\r\n\r\n";
  const seen = await receiving(bytes, async (client) => [
    (await client.response()).head.status,
    (await client.response("HEAD")).head.status,
    (await client.response()).complete,
  ]);
  assertEquals(seen, [204, 200, false]);
});

Deno.test("RawClient reports how the server ended the connection", async () => {
  const seen = await receiving("abc", async (client) => [
    client.ending,
    await client.rest(),
    client.ending,
    await client.bytes(1),
    await client.skip(1),
  ]);
  assertEquals(seen, [undefined, "abc", "fin", "", 0]);
});

Deno.test("Transcript keeps the beginning of long pieces, and at most 200 pieces", () => {
  const transcript = new Transcript();
  for (let index = 0; index < 250; index++) {
    transcript.add("sent", new Uint8Array(5000).fill(0xe9));
  }
  const [first] = transcript.entries;
  assertEquals(transcript.entries.length, 200);
  assertEquals(first?.data, "\u00e9".repeat(4096));
  assertEquals([first?.direction, first?.size], ["sent", 5000]);
});

Deno.test("CaseRecord waits until an event has happened often enough, and returns its last value", async () => {
  const record = new CaseRecord();
  record.add({ event: "a", value: 1 });
  const second = record.waitFor("a", 2, 60_000);
  record.add({ event: "b", value: 2 });
  record.add({ event: "a", value: 3 });
  assertEquals([await record.waitFor("a", 1, 60_000), await second], [1, 3]);
  assertEquals(record.names(), ["a", "b", "a"]);
});

Deno.test("CaseRecord gives up after the deadline", async () => {
  const wait = () => new CaseRecord().waitFor("a", 1, 1);
  const message = 'Waited too long for the application to report "a"';
  await assertRejects(wait, Error, message);
});

Deno.test("CaseRecord opens gates permanently, and all of them at the end", async () => {
  const record = new CaseRecord();
  record.open("before");
  const waiting = record.passed("during");
  await record.passed("before");
  record.open("during");
  await waiting;
  const never = [record.passed("never"), record.waitFor("never", 1, 60_000)];
  record.end();
  assertEquals(await Promise.all(never), [undefined, undefined]);
  await record.passed("later");
});

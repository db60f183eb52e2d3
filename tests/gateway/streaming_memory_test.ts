import { assertEquals, assertLess } from "@std/assert";
import { Program } from "../program.ts";
import { RawClient } from "../raw_client.ts";
import { get, post } from "../server/serving.ts";
import { toBytes } from "../../wsgi/byte_string.ts";

const MIB = 1024 * 1024;

/** How many bytes are sent each way. */
const TOTAL = Number(Deno.env.get("WSGIREF_STREAM_BYTES") ?? 128 * MIB);

/** How much more memory a server may need than when it started. */
const ALLOWED = 40 * MIB;

/** Only Linux shows the peak of another process. */
const ignore = Deno.build.os !== "linux";

/** Returns the memory of a process in bytes: now, or its peak. */
async function memoryOf(
  { pid }: Program,
  field: "VmRSS" | "VmHWM",
): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return Number(kib) * 1024;
}

/** Runs a server in its own process, and returns how much its memory grew. */
async function growthDuring(
  exchange: (client: RawClient) => Promise<void>,
): Promise<number> {
  await using program = new Program(
    "run",
    "--allow-net",
    "--v8-flags=--expose-gc",
    "tests/testdata/streaming_server.ts",
  );
  const port = Number(await program.firstLine());
  const before = await memoryOf(program, "VmRSS");
  using client = await RawClient.connect({ port });
  await exchange(client);
  return await memoryOf(program, "VmHWM") - before;
}

/** Registers a test of the memory that a server needs for an exchange. */
function test(
  name: string,
  exchange: (client: RawClient) => Promise<void>,
): void {
  Deno.test({
    name: `makeServer() ${name}`,
    ignore,
    fn: async () => assertLess(await growthDuring(exchange), ALLOWED),
  });
}

test("sends a long body without buffering it", async (client) => {
  await client.send(get(`/?${TOTAL}`));
  await client.head();
  assertEquals(await client.skip(TOTAL), TOTAL);
});

test("reads a long body with a length without buffering it", async (client) => {
  await client.send(post("", TOTAL));
  const piece = new Uint8Array(MIB);
  for (let sent = 0; sent < TOTAL; sent += MIB) await client.send(piece);
  assertEquals((await client.response()).body, String(TOTAL));
});

test("reads a long body in chunks without buffering it", async (client) => {
  await client.send(
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  const size = toBytes(`${MIB.toString(16)}\r\n`);
  const chunk = new Uint8Array(size.length + MIB + 2);
  chunk.set(size);
  chunk.set(toBytes("\r\n"), size.length + MIB);
  for (let sent = 0; sent < TOTAL; sent += MIB) await client.send(chunk);
  await client.send("0\r\n\r\n");
  assertEquals((await client.response()).body, String(TOTAL));
});

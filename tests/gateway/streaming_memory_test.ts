import { assert, assertEquals, assertLess } from "@std/assert";
import { Program } from "../program.ts";
import { ask, RawClient } from "../raw_client.ts";
import { get, serve } from "../server/serving.ts";

const MIB = 1024 * 1024;

/** How many bytes are sent each way. */
const TOTAL = Number(Deno.env.get("WSGIREF_STREAM_BYTES") ?? 256 * MIB);

/** How much memory a server may need more than when it started. */
const ALLOWED = 40 * MIB;

/** Only Linux tells the peak of another process. */
const ignore = Deno.build.os !== "linux";

/** Gives the memory of a process in bytes: what it has, or had at most. */
async function memoryOf(
  { pid }: Program,
  field: "VmRSS" | "VmHWM",
): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return Number(kib) * 1024;
}

/** Runs a server in a process of its own, and tells how much it grew. */
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

Deno.test({
  name: "makeServer() sends a long body without gathering it",
  ignore,
  async fn(): Promise<void> {
    const growth = await growthDuring(async (client) => {
      await client.send(get(`/?${TOTAL}`));
      await client.head();
      assertEquals(await client.skip(TOTAL), TOTAL);
    });
    assertLess(growth, ALLOWED);
  },
});

for (const framing of ["length", "chunks"]) {
  Deno.test({
    name: `makeServer() takes a long body in ${framing} without gathering it`,
    ignore,
    async fn(): Promise<void> {
      const piece = new Uint8Array(MIB);
      const isChunked = framing === "chunks";
      const growth = await growthDuring(async (client) => {
        const framed = isChunked
          ? "Transfer-Encoding: chunked"
          : `Content-Length: ${TOTAL}`;
        await client.send(`POST / HTTP/1.1\r\nHost: h\r\n${framed}\r\n\r\n`);
        for (let sent = 0; sent < TOTAL; sent += MIB) {
          if (isChunked) await client.send(`${MIB.toString(16)}\r\n`);
          await client.send(piece);
          if (isChunked) await client.send("\r\n");
        }
        if (isChunked) await client.send("0\r\n\r\n");
        assertEquals((await client.response()).body, String(TOTAL));
      });
      assertLess(growth, ALLOWED);
    },
  });
}

Deno.test("makeServer() stops a body while its client does not read, then goes on", async () => {
  const piece = new Uint8Array(65_536);
  const count = 1024;
  let made = 0;
  await using serving = serve((environ, startResponse) => {
    startResponse("200 OK", []);
    return environ.PATH_INFO === "/next"
      ? []
      : (function* (): Generator<Uint8Array, void> {
        while (made < count) {
          made++;
          yield piece;
        }
      })();
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  // It stands still when nothing moves while other requests come and go.
  let before: number;
  do {
    before = made;
    for (let i = 0; i < 20; i++) await ask(serving, get("/next"));
  } while (made > before);
  // What the system buffers is some megabytes, not 64.
  assert(made > 0);
  assertLess(made, count / 2);
  const { body, complete } = await client.chunks();
  assertEquals(
    [complete, made, body.length],
    [true, count, count * piece.length],
  );
});

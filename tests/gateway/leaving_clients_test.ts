import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { Random } from "../random.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { startServer, stopServer } from "../server_program.ts";
import { get } from "../server/serving.ts";

/** Fixed, so that failures can be repeated; set it to try other moments. */
const SEED = Number(Deno.env.get("WSGIREF_LEAVING_SEED") ?? 3333);
const COUNT = Number(Deno.env.get("WSGIREF_LEAVING_COUNT") ?? 1000);

/** The clients before memory is first measured: enough for all buffers. */
const WARM_UP = { count: 800, atOnce: 80 };
const AT_ONCE = 20;

/** The bytes by which objects may grow when all clients have left. */
const HELD = 512 * 1024;

/** The same for the process, whose heap takes a while to settle. */
const RESIDENT = 80 * 1024 * 1024;

const PATHS = ["/array", "/sync", "/async", "/stream", "/late", "/write"];
const UPLOADS = ["/upload", "/echo"];

/** The report of the server: its bodies, generators and streams. */
interface Report {
  readonly made: number;
  readonly closed: number;
  /** The number of bodies that were closed before their end. */
  readonly cut: number;
  readonly entered: number;
  readonly left: number;
  readonly faults: readonly string[];
  readonly memory: { readonly resident: number; readonly held: number };
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

/** A client that leaves at a random moment and in a random way. */
async function leave(port: number, random: Random): Promise<void> {
  using client = await RawClient.connect({ port });
  const isUpload = random.chance(0.3);
  const body = isUpload ? random.below(100_000) : 0;
  const [line, length] = isUpload
    ? [`POST ${random.pick(UPLOADS)}`, `Content-Length: ${body}\r\n`]
    : [`GET ${random.pick(PATHS)}`, ""];
  // Otherwise a client that reads to the end would wait for it.
  const head = "Host: h\r\nConnection: close\r\n";
  const request = `${line} HTTP/1.1\r\n${head}${length}\r\n`;
  const moment = random.pick(["head", "upload", "sent", "read", "end"]);
  try {
    if (moment === "head") {
      await client.send(request.slice(0, random.below(request.length)));
    } else {
      await client.send(request);
      const sent = moment === "upload" ? random.below(body + 1) : body;
      await client.send(new Uint8Array(sent));
    }
    if (moment === "sent") await pause(random.below(8));
    // Unread bytes turn the end into a reset.
    if (moment === "read") await client.skip(1 + random.below(100_000));
    if (moment === "end" || random.chance(0.3)) await client.closeWrite();
    if (moment === "end") await client.skip(Infinity);
  } catch {
    // The server closed first, because it responded before the upload ended.
  }
}

async function leaveMany(
  port: number,
  first: number,
  count: number,
  atOnce: number,
): Promise<void> {
  let next = first;
  async function one(): Promise<void> {
    while (next < first + count) await leave(port, new Random(next++));
  }
  const all = Promise.all(Array.from({ length: atOnce }, one));
  await within(all, `clients ${first} to ${first + count}`);
}

async function reportOf(port: number): Promise<Report> {
  const { head, body } = await ask({ port }, get("/report"));
  assertEquals(head.status, 200);
  return JSON.parse(body);
}

Deno.test(`makeServer() closes every body, whenever ${COUNT} clients leave`, async () => {
  const server = "tests/testdata/leaving_server.ts";
  const { program, port } = await startServer(server);
  await using _ = program;
  const again = `with WSGIREF_LEAVING_SEED=${SEED}`;
  let before: Report;
  let after: Report;
  const growth = (): number => after.memory.held - before.memory.held;
  try {
    const { count, atOnce } = WARM_UP;
    await leaveMany(port, SEED - count, count, atOnce);
    before = await reportOf(port);
    await leaveMany(port, SEED, COUNT, AT_ONCE);
    after = await reportOf(port);
    // Connections whose clients have left take a while to close.
    for (let tries = 0; tries < 20 && growth() >= HELD; tries++) {
      after = await reportOf(port);
    }
  } catch (cause) {
    const { alarm = "alive" } = await stopServer(program);
    throw new Error(`Run it again ${again}; server: ${alarm}`, { cause });
  }
  assertEquals(after.faults, [], again);
  assertEquals(after.closed, after.made, again);
  assertEquals(after.left, after.entered, again);
  // Otherwise the clients did not come, or did not leave.
  assertGreater(after.made - before.made, COUNT / 2);
  assertGreater(after.cut - before.cut, COUNT / 10);
  assertLess(growth(), HELD);
  assertLess(after.memory.resident - before.memory.resident, RESIDENT);

  const { alarm, wasAlive } = await stopServer(program);
  assertEquals([alarm, wasAlive], [undefined, true]);
});

import { assert, assertEquals, assertNotMatch } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toBytes } from "../wsgi/byte_string.ts";
import { goodHead } from "./gateway/head_model.ts";
import { mutantRequest } from "./mutant_requests.ts";
import type { Program } from "./program.ts";
import { ask, RawClient } from "./raw_client.ts";
import { startServer, stopServer } from "./server_program.ts";

const SERVER = "tests/testdata/fuzzed_server.ts";

/** Fixed, so that a failure comes again; set it to try other requests. */
const SEED = Number(Deno.env.get("WSGIREF_FUZZ_SEED") ?? 20_261_120);
const COUNT = Number(Deno.env.get("WSGIREF_FUZZ_COUNT") ?? 4000);

const BATCH = 200;
const AT_ONCE = 20;

/** How long a client stays that does not say that it has sent all, in ms. */
const PATIENCE = 20;

/** Sends bytes and reads what comes back, however the connection ends. */
async function exchange(
  port: number,
  request: string,
  isPatient: boolean,
): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = isPatient
    ? setTimeout(() => conn.close(), PATIENCE)
    : undefined;
  const buffer = new Uint8Array(4096);
  let answer = "";
  try {
    let bytes = toBytes(request);
    while (bytes.length > 0) bytes = bytes.subarray(await conn.write(bytes));
    if (!isPatient) await conn.closeWrite();
    for (;;) {
      const count = await conn.read(buffer);
      if (count === null) return answer;
      answer += new TextDecoder().decode(buffer.subarray(0, count));
    }
  } catch {
    // The server is free to close at once, and the timer closes, too.
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

/** Sends some mutants at once and gives the answers that no client may cause. */
async function sendBatch(
  port: number,
  first: number,
  end: number,
): Promise<string[]> {
  const faults: string[] = [];
  let next = first;
  async function send(): Promise<void> {
    while (next < end) {
      const seed = next++;
      const answer = await exchange(port, mutantRequest(seed), seed % 3 === 0);
      // A version or a coding that is not there is no fault of the server.
      const line = /^HTTP\/1\.[01] 5(?!01|05).*/m.exec(answer)?.[0];
      if (line !== undefined) faults.push(`request ${seed}: ${line.trim()}`);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  return faults;
}

/** Asks for something good, and what the server has found wrong. */
async function examine(
  port: number,
): Promise<{ calls: number; faults: string[] }> {
  const normal = await ask(
    { port },
    "GET /normal?q HTTP/1.1\r\nHost: h\r\n\r\n",
  );
  assertEquals([normal.head.status, normal.body], [200, "normal \nq"]);
  const report = await ask({ port }, "GET /report HTTP/1.1\r\nHost: h\r\n\r\n");
  return JSON.parse(report.body);
}

/** Ends a server that must still be alive, and have nothing to complain of. */
async function assertWell(program: Program): Promise<void> {
  const { alarm, stderr, wasAlive } = await stopServer(program);
  assertEquals([alarm, wasAlive], [undefined, true]);
  // The access log is there, too: no client can break its lines.
  // deno-lint-ignore no-control-regex -- they are what is looked for
  assertNotMatch(stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
}

Deno.test("makeServer() outlives all that clients send, and lets none cause a 500", async () => {
  const { program, port } = await startServer(SERVER);
  await using _ = program;
  let calls = 0;
  for (let first = SEED; first < SEED + COUNT; first += BATCH) {
    const end = Math.min(first + BATCH, SEED + COUNT);
    const again = `with WSGIREF_FUZZ_SEED=${first} WSGIREF_FUZZ_COUNT=${BATCH}`;
    try {
      const answers = await sendBatch(port, first, end);
      const report = await examine(port);
      assertEquals([...answers, ...report.faults], [], again);
      calls = report.calls;
    } catch (cause) {
      const { alarm = "alive" } = await stopServer(program);
      throw new Error(`Run it again ${again}; server: ${alarm}`, { cause });
    }
  }
  // Mutants that no application gets to see would prove little.
  assert(calls > COUNT / 4, `the application was called ${calls} times`);
  await assertWell(program);
});

Deno.test("every head that createHead() takes leaves without ending the process", async () => {
  const { program, port } = await startServer(SERVER);
  await using _ = program;
  using client = await RawClient.connect({ port });
  const heads = fc.sample(goodHead, { seed: SEED, numRuns: 1000 });
  for (const { status, headers } of heads) {
    const lines = headers.map(([name, value]) => `${name}:${value}`);
    const text = [status, ...lines].join("\n");
    const query = Array.from(
      toBytes(text),
      (byte) => `%${byte.toString(16).padStart(2, "0")}`,
    );
    // The body has no length that would have to fit.
    await client.send(
      `HEAD /head?${query.join("")} HTTP/1.1\r\nHost: h\r\n\r\n`,
    );
    const head = await client.head();
    assertEquals(head.status, Number(status.slice(0, 3)), text);
  }
  await assertWell(program);
});

import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { compare, type CompareOptions } from "../../bench/compare.ts";
import { type Contender, contendersWith } from "../../bench/contenders.ts";
import { FILE_SIZE } from "../../bench/contenders/payload.mjs";
import { requestOf, type Scenario, SCENARIOS } from "../../bench/scenarios.ts";
import { Serving } from "../../bench/serving.ts";
import { hasWrk } from "../../bench/wrk.ts";

const linux = Deno.build.os === "linux";
const wrk = linux && await hasWrk();
const [hello] = SCENARIOS as [Scenario];
const bare = contender("bare");

function contender(id: string): Contender {
  const found = contendersWith("").find((contender) => contender.id === id);
  if (found === undefined) throw new Error(`No contender ${id}`);
  return found;
}

/** The options of a comparison that is as short as wrk allows. */
function shortest(missing: Record<string, string> = {}): CompareOptions {
  return {
    rounds: 1,
    seconds: 1,
    file: "",
    missing: new Map(Object.entries(missing)),
    progress: () => {},
  };
}

Deno.test("requestOf() writes the request as wrk sends it", () => {
  const echo = SCENARIOS.find(({ id }) => id === "echo") ?? hello;
  assertEquals(
    requestOf({ ...echo, size: 3 }, 8000),
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n" +
      "Content-Type: application/octet-stream\r\nContent-Length: 3\r\n\r\nxxx",
  );
  assertEquals(
    requestOf(hello, 8000),
    "GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n",
  );
});

for (const id of ["bare", "makeServer"]) {
  Deno.test(`${id} gives the answer of every scenario`, async () => {
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeFile(file, new Uint8Array(FILE_SIZE).fill(120));
      for (const scenario of SCENARIOS) {
        await using serving = await Serving.start(
          contender(id),
          scenario,
          file,
        );
        assertEquals(await serving.wrongAnswer(scenario), "", scenario.id);
      }
    } finally {
      await Deno.remove(file);
    }
  });
}

Deno.test("Serving.wrongAnswer() sees another status, type, length, body", async () => {
  await using serving = await Serving.start(bare, hello, "");
  const wrong = (changes: Partial<Scenario>): Promise<string> =>
    serving.wrongAnswer({ ...hello, ...changes });
  assertEquals(
    await wrong({ type: "text/html" }),
    "Content-Type is text/plain",
  );
  assertEquals(
    await wrong({ hasLength: false }),
    "Content-Length is 13, not undefined",
  );
  assertEquals(
    await wrong({ answer: () => "Hello World!\n" }),
    "the body of 13 bytes is not that of 13: Hello world!\n, " +
      "not Hello World!\n",
  );
});

Deno.test("Serving.start() rejects when the program ends", async () => {
  const broken: Contender = { ...bare, id: "broken", command: ["false"] };
  await assertRejects(
    () => Serving.start(broken, hello, ""),
    Error,
    "broken ended at its start",
  );
});

Deno.test({
  name: `compare() measures two contenders in turns${
    wrk ? "" : " (wrk is not installed)"
  }`,
  ignore: !wrk,
  async fn(): Promise<void> {
    const { rows, missing } = await compare(
      hello,
      [bare, contender("makeServer"), contender("oak")],
      shortest({ oak: "not today" }),
    );
    assertEquals(rows.map((row) => row.contender), ["bare", "makeServer"]);
    assertEquals(missing, [{ contender: "oak", reason: "not today" }]);
    for (const { summary, memory } of rows) {
      assertGreater(summary.best.perSecond, 0);
      assertGreater(summary.best.cpu, 0);
      assertGreater(memory.rss, 1_000_000);
      assertEquals(summary.best.errors, 0);
    }
  },
});

Deno.test("compare() leaves out a contender that is not for this scenario", async () => {
  const { rows, missing } = await compare(
    hello,
    [{ ...bare, only: ["json"] }, {
      ...bare,
      id: "old",
      cannot: { hello: "too old" },
    }],
    shortest(),
  );
  assertEquals(rows, []);
  assertEquals(missing, [{ contender: "old", reason: "too old" }]);
});

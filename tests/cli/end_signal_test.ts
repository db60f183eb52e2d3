import { assertEquals } from "@std/assert";
import { Program } from "../program.ts";
import { RawClient } from "../raw_client.ts";
import { get } from "../server/serving.ts";

const root = import.meta.resolve("../../");

/**
 * A server that never responds to /running, and to other paths only after it
 * was called.
 */
const PROGRAM = `
  import { onEndSignal } from ${JSON.stringify(`${root}cli/serve.ts`)};
  import { makeServer } from ${JSON.stringify(`${root}server/make_server.ts`)};
  const running = Promise.withResolvers();
  const server = makeServer("127.0.0.1", 0, async (environ, startResponse) => {
    if (environ.PATH_INFO === "/running") {
      running.resolve();
      await new Promise(() => {});
    }
    await running.promise;
    startResponse("200 OK", []);
    return [];
  }, { log: false });
  server.serveForever();
  onEndSignal(() => void server.shutdown());
  console.log(server.port);
`;

for (const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test({
    name:
      `onEndSignal() ends the program immediately at a second signal, ${signal}, with ${expected}`,
    // On Windows, neither of them can be sent to another process.
    ignore: Deno.build.os === "windows",
    async fn(): Promise<void> {
      await using program = new Program("eval", PROGRAM);
      const port = Number(await program.firstLine());
      using running = await RawClient.connect({ port });
      await running.send(get("/running"));
      using idle = await RawClient.connect({ port });
      await idle.send(get());
      assertEquals((await idle.response()).head.status, 200);
      program.kill("SIGINT");
      // Once an idle connection is closed, the first signal has arrived.
      assertEquals(await idle.rest(), "");
      program.kill(signal);
      assertEquals((await program.outcome()).code, expected);
    },
  });
}

import { assertEquals, assertRejects } from "@std/assert";
import { ClientDisconnected } from "../../../gateway/cancellation.ts";
import { CgiTransport } from "../../../gateway/cgi/transport.ts";

Deno.test("CgiTransport.write() resolves for a chunk that was written before SIGTERM was noticed", async () => {
  const written: number[] = [];
  const transport: CgiTransport = new CgiTransport({
    // lighttpd sends SIGTERM as soon as it has the whole Content-Length.
    stream: new WritableStream({
      write(chunk): void {
        written.push(chunk.byteLength);
        transport.terminate();
      },
    }),
    closes: false,
    log: () => {},
  });
  assertEquals(await transport.write(new Uint8Array(4)), undefined);
  await assertRejects(
    () => transport.write(new Uint8Array(5)),
    ClientDisconnected,
  );
  assertEquals([written, transport.cancellation.signal.aborted], [[4], true]);
});

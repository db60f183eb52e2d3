// deno run --allow-net examples/streaming.ts
//
// `curl http://127.0.0.1:8000/` counts down, one line per second. Stop it with
// Ctrl+C: the server's terminal shows "closed" immediately.

import { type Application, makeServer, validator } from "../mod.ts";

export const app: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
      const encoder = new TextEncoder();
      for (let n = 10; n > 0; n--) {
        yield encoder.encode(`${n}\n`);
        await new Promise((resolve) => timer = setTimeout(resolve, 1000));
      }
      yield encoder.encode("Lift-off!\n");
    },
    // A `finally` in the generator would wait for the timer. close() is called
    // immediately, whether the body has ended or the client has left.
    close(): void {
      clearTimeout(timer);
      environ["wsgi.errors"].write("closed\n");
    },
  };
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}

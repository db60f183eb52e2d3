// deno run --allow-net examples/events.ts
//
// Server-sent events: `curl -N http://127.0.0.1:8000/events` shows one event
// per second. In a browser, open the page. After ten events, it reconnects by
// itself.

import { type Application, makeServer, validator } from "../mod.ts";

const PAGE = `<!DOCTYPE html>
<html lang="en">
  <meta charset="utf-8">
  <title>Events</title>
  <p>The server counts: <output>0</output></p>
  <script>
    const output = document.querySelector("output");
    new EventSource("events").onmessage = ({ data }) => output.value = data;
  </script>
</html>
`;

const encoder = new TextEncoder();

const page: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [encoder.encode(PAGE)];
};

const events: Application = (environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/event-stream"],
    ["Cache-Control", "no-store"],
  ]);
  // A client that reconnects sends the id of the last event.
  const last = /^[0-9]{1,9}$/.exec(environ.HTTP_LAST_EVENT_ID ?? "");
  const start = Number(last?.[0] ?? 0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
      for (let id = start + 1; id <= start + 10; id++) {
        yield encoder.encode(`id: ${id}\ndata: ${id}\n\n`);
        await new Promise((resolve) => timer = setTimeout(resolve, 1000));
      }
    },
    // Stops the timer immediately when the client has left.
    close: () => clearTimeout(timer),
  };
};

export const app: Application = (environ, startResponse) => {
  const chosen = environ.PATH_INFO === "/events" ? events : page;
  return chosen(environ, startResponse);
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}

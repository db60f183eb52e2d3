// Bodies of requests whose client has left, over sockets.

import { assert, assertEquals } from "@std/assert";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { within } from "../raw_client.ts";
import { serveFetch, untilAborted } from "./left_client.ts";
import { serveNode } from "./node/node_serving.ts";
import { answering } from "./recording_transport.ts";
import { send } from "../server/serving.ts";

type Serve = typeof serveFetch | typeof serveNode;

const SERVERS: [name: string, serve: Serve][] = [
  ["toFetchHandler()", serveFetch],
  ["toNodeListener()", serveNode],
];

const POST = "POST / HTTP/1.1\r\nHost: h\r\n";
const SIZED = `${POST}Content-Length: 5\r\n\r\nHello`;
const CHUNKED =
  `${POST}Transfer-Encoding: chunked\r\n\r\n3\r\nHel\r\n2\r\nlo\r\n0\r\n\r\n`;

/** Reads the body once the client has left; returns its text or the error. */
async function readAfter(
  serve: Serve,
  request: string,
  leave: "close" | "closeWrite",
): Promise<unknown> {
  const called = Promise.withResolvers<void>();
  const seen = Promise.withResolvers<unknown>();
  await using server = await serve(answering(async (environ) => {
    const aborted = untilAborted(environ);
    called.resolve();
    await aborted;
    const reading = environ["wsgi.input"].read().then(fromBytes);
    await reading.then(seen.resolve, seen.resolve);
    return [];
  }));
  using client = await send(server, request);
  await within(called.promise, "the call to the application");
  await client[leave]();
  return await within(seen.promise, "the body");
}

Deno.test.each(SERVERS)(
  "%s keeps a complete body whose client has left",
  async (_name, serve) => {
    for (const request of [SIZED, CHUNKED]) {
      for (const leave of ["close", "closeWrite"] as const) {
        assertEquals(await readAfter(serve, request, leave), "Hello");
      }
    }
  },
);

Deno.test("toNodeListener() rejects a read that begins after the client left within the body", async () => {
  const error = await readAfter(serveNode, SIZED.slice(0, -3), "close");
  assert(error instanceof RequestBodyError);
});

// Applications that read a request body after their response is over. What
// follows on the connection belongs to the next request.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import type { InputStream } from "../../wsgi/types.ts";
import { RawClient } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

const POST = "POST / HTTP/1.1\r\nHost: h\r\n";

Deno.test.each([
  ["of known length", `${POST}Content-Length: 3\r\n\r\nabc`],
  [
    "in chunks",
    `${POST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
  ],
])(
  "an input that is first read after its response takes nothing of the next request, after a body %s",
  async (_what, request) => {
    const inputs: InputStream[] = [];
    const paths: string[] = [];
    await using serving = serve(async (environ, startResponse) => {
      paths.push(environ.PATH_INFO);
      if (environ.PATH_INFO === "/next") {
        const [late] = inputs;
        assert(late !== undefined);
        await assertRejects(() => late.read(), RequestBodyError);
        const body = await environ["wsgi.input"].read();
        startResponse("200 OK", []);
        return [body];
      }
      inputs.push(environ["wsgi.input"]);
      startResponse("200 OK", []);
      return [toBytes("first")];
    });
    using client = await RawClient.connect(serving);
    await client.send(request);
    assertEquals((await client.response()).body, "first");
    await client.send(
      "PUT /next HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecond",
    );
    assertEquals((await client.response()).body, "second");
    assertEquals(paths, ["/", "/next"]);
    assertEquals(serving.log, []);
  },
);

Deno.test("an input that is read between two requests takes neither of them", async () => {
  const inputs: InputStream[] = [];
  await using serving = serve((environ, startResponse) => {
    inputs.push(environ["wsgi.input"]);
    startResponse("200 OK", []);
    return [toBytes(environ.PATH_INFO)];
  });
  using client = await RawClient.connect(serving);
  await client.send(`${POST}Content-Length: 3\r\n\r\nabc`);
  assertEquals((await client.response()).body, "/");
  // A read that waits when the next request comes.
  const late = assertRejects(async () => {
    await inputs[0]?.read();
  }, RequestBodyError);
  await client.send(get("/next"));
  assertEquals((await client.response()).body, "/next");
  await late;
});

Deno.test("a read that waits at the deadline of its request takes nothing of the next one", async () => {
  const outcome = Promise.withResolvers<unknown>();
  await using serving = serve(async (environ, startResponse) => {
    if (environ.PATH_INFO === "/next") {
      startResponse("200 OK", []);
      return [await environ["wsgi.input"].read()];
    }
    environ["wsgi.input"].read().then(outcome.resolve, outcome.resolve);
    return await new Promise<never>(() => {});
  }, { requestTimeout: 30 });
  using client = await RawClient.connect(serving);
  await client.send(`${POST}Content-Length: 6\r\n\r\nabc`);
  const { head } = await client.response();
  assertEquals([head.status, head.get("connection")], [503, undefined]);
  assert(await outcome.promise instanceof RequestBodyError);
  await client.send(
    "defPUT /next HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecond",
  );
  assertEquals((await client.response()).body, "second");
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  encodeScgi,
  encodeUwsgi,
  GET,
  statusOf,
} from "../server/backend_gateway.ts";
import { Program } from "../program.ts";
import { RawClient } from "../raw_client.ts";

for (
  const { file, encode } of [
    { file: "examples/scgi.ts", encode: encodeScgi },
    { file: "examples/uwsgi.ts", encode: encodeUwsgi },
  ]
) {
  Deno.test(`${file} serves with the permissions in its first line`, async () => {
    const source = await Deno.readTextFile(
      new URL(`../../${file}`, import.meta.url),
    );
    const [first = ""] = source.split("\n");
    assertStringIncludes(first, file);
    const [, , ...args] = first.split(" ");
    await using program = new Program(...args, "0");
    const port = Number((await program.firstLine()).split(":").at(-1));
    using client = await RawClient.connect({ port });
    await client.send(encode(Object.entries(GET)));
    assertEquals(statusOf(await client.head()), 200);
    assertEquals(await client.rest(), "Hello world!\n");
  });
}

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BackendParser } from "../../../gateway/backend/backend_parser.ts";
import {
  type ParseBlock,
  parseScgiBlock,
  parseUwsgiBlock,
  type Variable,
} from "../../../gateway/backend/header_block.ts";
import { RequestError } from "../../../http1/request_error.ts";
import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import { Random } from "../../random.ts";
import { RawClient } from "../../raw_client.ts";
import {
  ask,
  encodeScgi,
  encodeUwsgi,
  request,
  serve,
  show,
  shown,
  statusOf,
  test,
} from "../../server/backend_gateway.ts";
import { send } from "../../server/serving.ts";

const PARSERS = [
  { name: "parseScgiBlock()", parse: parseScgiBlock, encode: encodeScgi },
  { name: "parseUwsgiBlock()", parse: parseUwsgiBlock, encode: encodeUwsgi },
];

/** The fault of a block; `undefined` if it was parsed. */
function problemOf(parse: ParseBlock, text: string): string | undefined {
  try {
    parse(toBytes(text));
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
}

function anyText(random: Random): string {
  return random.bytes(random.below(random.chance(0.1) ? 600 : 12))
    .replaceAll("\0", "");
}

for (const { name, parse, encode } of PARSERS) {
  Deno.test(`${name} returns any variables`, () => {
    const random = new Random(1);
    for (let round = 0; round < 300; round++) {
      const variables: Variable[] = [["CONTENT_LENGTH", "0"]];
      while (random.chance(0.8)) {
        variables.push([anyText(random), anyText(random)]);
      }
      const text = encode(variables);
      assertEquals(parse(toBytes(`${text}body`)), {
        variables,
        size: text.length,
      });
    }
  });

  Deno.test(`${name} waits for the rest of a block`, () => {
    const whole = encode([["CONTENT_LENGTH", "0"], ["A", "b"]]);
    for (let end = 0; end < whole.length; end++) {
      assertEquals(parse(toBytes(whole.slice(0, end))), undefined);
    }
  });

  Deno.test(`BackendParser with ${name} finds one request, cut anywhere`, () => {
    const whole = encode([["CONTENT_LENGTH", "3"], ["A", "b"]]) + "abcdef";
    const parser = new BackendParser(parse);
    assertEquals([parser.isIdle, parser.next()], [true, undefined]);
    parser.end();
    const found: unknown[] = [];
    for (const byte of toBytes(whole)) {
      parser.receive(new Uint8Array([byte, 0]), 1);
      for (;;) {
        const event = parser.next();
        if (event === undefined) break;
        found.push(event.type === "data" ? fromBytes(event.data) : event);
      }
      if (found.length === 0) {
        assertThrows(() => parser.end(), RequestError, "it ends too early");
      }
    }
    assertEquals(found, [
      {
        type: "head",
        head: { variables: { CONTENT_LENGTH: "3", A: "b" }, length: 3 },
      },
      "a",
      "b",
      "c",
      { type: "end" },
    ]);
    assertEquals([parser.isIdle, parser.size], [true, 0]);
  });
}

Deno.test.each([
  ["GET / HTTP/1.1\r\n", "length in digits"],
  [":,", "length in digits"],
  ["-1:,", "length in digits"],
  ["019:CONTENT_LENGTH\x000\0,", "length in digits"],
  ["65536:", "at most 65535 bytes"],
  ["99999999999999999999:", "at most 65535 bytes"],
  ["17:CONTENT_LENGTH\x000\0;", "comma"],
  ["16:CONTENT_LENGTH\x000,", "NUL"],
  ["19:CONTENT_LENGTH\x000\0A\0,", "pairs"],
  ["0:,", "CONTENT_LENGTH"],
  ["7:SCGI\x001\0,", "CONTENT_LENGTH"],
  ["17:CONTENT_LENGTH\0x\0,", "CONTENT_LENGTH with digits"],
])("parseScgiBlock() rejects %j, which has no %s", (text, part) => {
  assertStringIncludes(problemOf(parseScgiBlock, text) ?? "no problem", part);
});

Deno.test.each([
  ["\x05\0\0\0", "modifier1 must be 0, got 5"],
  ["GET / HTTP/1.1\r\n", "modifier1 must be 0, got 71"],
  ["\0\x01\0\0a", "longer than the block"],
  ["\0\x03\0\0\x05\0a", "longer than the block"],
  ["\0\x03\0\0\x01\0a", "longer than the block"],
  ["\0\x06\0\0\x01\0a\x01\0\0", "NUL"],
])("parseUwsgiBlock() rejects %j: %s", (text, part) => {
  assertStringIncludes(problemOf(parseUwsgiBlock, text) ?? "no problem", part);
});

Deno.test("parseUwsgiBlock() accepts any second modifier and an empty block", () => {
  assertEquals(parseUwsgiBlock(toBytes("\0\0\0\x1e")), {
    variables: [],
    size: 4,
  });
});

test("closes a connection that does not begin with a block, and logs one line", async (gateway) => {
  await using serving = serve(gateway, show);
  using client = await send(serving, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assertEquals(await client.rest(), "");
  assertEquals(serving.log.length, 1);
  assertStringIncludes(serving.log[0] ?? "", "Cannot read the header block");
  assertEquals(statusOf((await ask(serving)).head), 200);
});

test("does not log a connection without bytes", async (gateway) => {
  await using serving = serve(gateway, show);
  {
    using client = await RawClient.connect(serving);
    await client.closeWrite();
    assertEquals(await client.rest(), "");
  }
  assertEquals(serving.log, []);
});

test("survives any bytes", async (gateway) => {
  await using serving = serve(gateway, show);
  const random = new Random(2);
  const good = request(gateway, { REQUEST_METHOD: "POST" }, "body");
  for (let round = 0; round < 150; round++) {
    using client = await RawClient.connect(serving);
    const at = random.below(good.length);
    const text = random.chance(0.3)
      ? random.bytes(1 + random.below(200))
      : good.slice(0, at) + random.bytes(1 + random.below(3)) +
        good.slice(at + random.below(3));
    await client.send(text).catch(() => {});
    await client.closeWrite().catch(() => {});
    await client.rest();
  }
  assertEquals(shown(await ask(serving)).PATH_INFO, "/a");
});

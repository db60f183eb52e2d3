import { assertEquals, assertStringIncludes } from "@std/assert";
import type {
  ByteSource,
  Variable,
} from "../../../gateway/backend/header_block.ts";
import { MalformedBlock } from "../../../gateway/backend/header_block.ts";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { readScgiBlock } from "../../../gateway/backend/header_block.ts";
import { readUwsgiBlock } from "../../../gateway/backend/header_block.ts";
import { Random } from "../../random.ts";
import { RawClient } from "../../raw_client.ts";
import {
  ask,
  encodeScgi,
  encodeUwsgi,
  type Gateway,
  GATEWAYS,
  request,
  serve,
  show,
  shown,
  statusOf,
  test,
} from "../../server/backend_gateway.ts";

/** Bytes that are all there. */
class Bytes implements ByteSource {
  #left: Uint8Array;

  constructor(text: string) {
    this.#left = toBytes(text);
  }

  get left(): number {
    return this.#left.length;
  }

  take(count: number): Promise<Uint8Array | undefined> {
    if (this.#left.length < count) {
      this.#left = new Uint8Array();
      return Promise.resolve(undefined);
    }
    const taken = this.#left.subarray(0, count);
    this.#left = this.#left.subarray(count);
    return Promise.resolve(taken);
  }
}

const READERS = [
  { name: "readScgiBlock()", read: readScgiBlock, encode: encodeScgi },
  { name: "readUwsgiBlock()", read: readUwsgiBlock, encode: encodeUwsgi },
];

/** Says what is wrong with a block; nothing if it was read. */
async function problemOf(
  read: typeof readScgiBlock,
  text: string,
): Promise<string | undefined> {
  try {
    await read(new Bytes(text));
  } catch (error) {
    if (error instanceof MalformedBlock) return error.message;
    throw error;
  }
}

function anyText(random: Random): string {
  return random.bytes(random.below(random.chance(0.1) ? 600 : 12))
    .replaceAll("\0", "");
}

for (const { name, read, encode } of READERS) {
  Deno.test(`${name} gives back any variables`, async () => {
    const random = new Random(1);
    for (let round = 0; round < 300; round++) {
      const variables: Variable[] = [["CONTENT_LENGTH", "0"]];
      while (random.chance(0.8)) {
        variables.push([anyText(random), anyText(random)]);
      }
      const source = new Bytes(`${encode(variables)}body`);
      assertEquals(await read(source), variables);
      assertEquals(source.left, 4);
    }
  });

  Deno.test(`${name} gives nothing for a connection without a byte`, async () => {
    assertEquals(await read(new Bytes("")), undefined);
  });

  Deno.test(`${name} refuses every beginning of a block`, async () => {
    const whole = encode([["CONTENT_LENGTH", "0"], ["A", "b"]]);
    for (let end = 1; end < whole.length; end++) {
      assertStringIncludes(
        await problemOf(read, whole.slice(0, end)) ?? "",
        "it ends",
      );
    }
  });
}

Deno.test("readScgiBlock() refuses what is no netstring of pairs", async () => {
  for (
    const [text, part] of [
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
    ]
  ) {
    assertStringIncludes(
      await problemOf(readScgiBlock, text ?? "") ?? "no problem",
      part ?? "",
      text,
    );
  }
});

Deno.test("readUwsgiBlock() refuses another modifier and strings that do not fit", async () => {
  for (
    const [text, part] of [
      ["\x05\0\0\0", "modifier1 must be 0, got 5"],
      ["GET / HTTP/1.1\r\n", "modifier1 must be 0, got 71"],
      ["\0\x01\0\0a", "longer than the block"],
      ["\0\x03\0\0\x05\0a", "longer than the block"],
      ["\0\x03\0\0\x01\0a", "longer than the block"],
      ["\0\x06\0\0\x01\0a\x01\0\0", "NUL"],
    ]
  ) {
    assertStringIncludes(
      await problemOf(readUwsgiBlock, text ?? "") ?? "no problem",
      part ?? "",
      text,
    );
  }
});

Deno.test("readUwsgiBlock() takes any second modifier and an empty block", async () => {
  assertEquals(await readUwsgiBlock(new Bytes("\0\0\0\x1e")), []);
});

/** Sends a request in two pieces, so that they arrive as two. */
async function askInPieces(
  gateway: Gateway,
  port: number,
  pieces: readonly string[],
): Promise<string> {
  using client = await RawClient.connect({ port });
  for (const piece of pieces) {
    await client.send(piece);
    // A turn of the event loop in which the server can read.
    await new Promise((resolve) => setTimeout(resolve));
  }
  const head = await client.head();
  assertEquals(head.line, `${gateway.prefix} 200 OK`);
  return await client.rest();
}

test("understands a request that is split at any byte", async (gateway) => {
  await using serving = serve(gateway, async (environ, startResponse) => {
    startResponse("200 OK", []);
    const { PATH_INFO, HTTP_X_TEXT } = environ;
    const body = await environ["wsgi.input"].read();
    return [toBytes(`${PATH_INFO} ${HTTP_X_TEXT} `), body];
  });
  const text = gateway.encode([
    ["CONTENT_LENGTH", "2"],
    ["REQUEST_METHOD", "POST"],
    ["PATH_INFO", "/"],
    ["HTTP_X_TEXT", "\xe9"],
  ]) + "ok";
  const answers = new Set<string>();
  for (let at = 1; at < text.length; at++) {
    const pieces = [text.slice(0, at), text.slice(at)];
    answers.add(await askInPieces(gateway, serving.port, pieces));
  }
  answers.add(await askInPieces(gateway, serving.port, [...text]));
  assertEquals([...answers], ["/ \xe9 ok"]);
});

test("closes a connection that begins with no block, with one line", async (gateway) => {
  await using serving = serve(gateway, show);
  using client = await RawClient.connect(serving);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assertEquals(await client.rest(), "");
  assertEquals(serving.log.length, 1);
  assertStringIncludes(serving.log[0] ?? "", "Cannot read the header block");
  assertEquals(statusOf((await ask(serving)).head), 200);
});

test("is quiet about a connection without a byte", async (gateway) => {
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

Deno.test("both gateways are tested", () => {
  assertEquals(GATEWAYS.map(({ name }) => name), [
    "serveScgi()",
    "serveUwsgi()",
  ]);
});

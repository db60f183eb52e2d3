// Two bridges, there and back: the result behaves like the original.

import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import {
  type FetchFunction,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import type { HeaderTuple } from "../../../wsgi/types.ts";
import { validator } from "../../../validator.ts";

interface Sent {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string;
}

interface Answer {
  status: number;
  statusText: string;
  headers: readonly HeaderTuple[];
  kind: "null" | "text" | "bytes" | "stream" | "slow stream";
  chunks: readonly string[];
}

const fieldValue = fc.string({
  unit: fc.constantFrom("a", "B", "1", ";", ",", '"', "\xe9", "\xff"),
  maxLength: 8,
});
const fieldName = fc.constantFrom("X-A", "x-b", "Vary", "Set-Cookie");
const anyText = fc.string({ unit: fc.constantFrom("a", "\n", "\0", "\xff") });
const segments = fc.array(
  fc.constantFrom("a", "%2F", "%41", "%C3%A9", "%ff", "%", "@", ":", "~", "/"),
  { maxLength: 5 },
);
const query = fc.constantFrom("", "?a=%20", "?b=/c+d&e=%C3%A9");

const anySent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PURGE"),
  target: fc.tuple(segments, query)
    .map(([segments, query]) => `/${segments.join("")}${query}`)
    .filter((target) => !target.startsWith("//")),
  headers: fc.dictionary(
    fc.constantFrom("X-A", "X-B-C", "Accept", "Cookie", "Authorization"),
    fieldValue,
  ),
  body: anyText,
});

const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 204, 205, 304, 404, 599),
    fc.integer({ min: 200, max: 599 }),
  ),
  statusText: fc.constantFrom("Fine", "Not So Fine", "\xe9t\xe9"),
  headers: fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 5 }),
  kind: fc.constantFrom("null", "text", "bytes", "stream", "slow stream"),
  chunks: fc.array(anyText, { maxLength: 4 }),
});

async function* slowly(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    for (let turn = 0; turn < 20; turn++) await null;
    yield toBytes(chunk);
  }
}

function bodyOf({ kind, status, chunks }: Answer): BodyInit | null {
  if (kind === "null" || [204, 205, 304].includes(status)) return null;
  if (kind === "text") return chunks.join("");
  if (kind === "bytes") return toBytes(chunks.join(""));
  const isSlow = kind === "slow stream";
  return ReadableStream.from(isSlow ? slowly(chunks) : chunks.map(toBytes));
}

/** The visible parts of a request or response, without those that a server adds. */
async function seen(message: Request | Response): Promise<unknown> {
  const { method, url, status, statusText } = message as Request & Response;
  const headers = [...message.headers]
    .filter(([name]) => name !== "host" && name !== "content-length")
    // Joining may leave a space.
    .map(([name, value]) => [name, value.replace(/ $/, "")]);
  const body = [...new Uint8Array(await message.arrayBuffer())];
  const isRequest = message instanceof Request;
  const start = isRequest ? [method, url] : [status, statusText];
  return [start, headers, body];
}

function toRequest({ method, target, headers, body }: Sent): Request {
  const init: RequestInit = { method, headers };
  if (method !== "GET" && method !== "HEAD") init.body = toBytes(body);
  return new Request(`http://h${target}`, init);
}

Deno.test("toFetchHandler(fromFetchHandler(h)) behaves like h", async () => {
  const property = fc.asyncProperty(anySent, anyAnswer, async (sent, given) => {
    const saw: unknown[] = [];
    const handler: FetchFunction = async (request) => {
      saw.push(await seen(request));
      const { status, statusText } = given;
      const headers = given.headers as [string, string][];
      return new Response(bodyOf(given), { status, statusText, headers });
    };
    // The rules of HTTP would forbid many of these requests.
    const app = validator(fromFetchHandler(handler), { profile: "core" });
    const response = await toFetchHandler(app)(toRequest(sent));
    const info = { environ: {} as never };
    const direct = await handler(toRequest(sent), info);
    const isHead = sent.method === "HEAD";
    const expected = isHead ? new Response(null, direct) : direct;
    assertEquals(await seen(response), await seen(expected));
    assertEquals(saw[0], saw[1]);
    app.assertFinished();
  });
  await fc.assert(property, { numRuns: 500 });
});

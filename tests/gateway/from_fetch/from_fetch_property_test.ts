// Two bridges, there and back: what comes out behaves like what went in.

import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import {
  type FetchFunction,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import type { Application, HeaderTuple } from "../../../wsgi/types.ts";
import { TestClient } from "../../../test_client/test_client.ts";
import { validator } from "../../../validator.ts";

/** The rules of HTTP would refuse much of what is tried here. */
const CORE = { profile: "core" } as const;

interface Sent {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string;
}

interface Answer {
  code: number;
  reason: string;
  headers: readonly HeaderTuple[];
  kind: "null" | "text" | "bytes" | "array" | "stream" | "slow stream";
  chunks: readonly string[];
}

const fieldValue = fc.string({
  unit: fc.constantFrom("a", "B", "1", ";", ",", '"', "\xe9", "\xff"),
  maxLength: 8,
});
const fieldName = fc.constantFrom("X-A", "x-b", "Vary", "Set-Cookie");
const anyText = fc.string({ unit: fc.constantFrom("a", "\n", "\0", "\xff") });
const anyPath = fc.array(
  fc.constantFrom("a", "%2F", "%41", "%C3%A9", "%ff", "%", "@", ":", "~", "/"),
  { maxLength: 5 },
).map((parts) => `/${parts.join("")}`).filter((path) => !path.includes("//"));

const anySent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PURGE"),
  target: fc.tuple(anyPath, fc.constantFrom("", "?a=%20", "?b=/c+d&e=%C3%A9"))
    .map((parts) => parts.join("")),
  headers: fc.dictionary(
    fc.constantFrom("X-A", "X-B-C", "Accept", "Cookie", "Authorization"),
    fieldValue,
  ),
  body: anyText,
});

const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  code: fc.oneof(
    fc.constantFrom(200, 204, 205, 304, 404, 599),
    fc.integer({ min: 200, max: 599 }),
  ),
  reason: fc.constantFrom("Fine", "Not So Fine", "\xe9t\xe9"),
  headers: fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 5 }),
  kind: fc.constantFrom(
    "null",
    "text",
    "bytes",
    "array",
    "stream",
    "slow stream",
  ),
  chunks: fc.array(anyText, { maxLength: 4 }),
});

function isNullBody({ code, kind }: Answer): boolean {
  return kind === "null" || [204, 205, 304].includes(code);
}

async function* slowly(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    for (let turn = 0; turn < 20; turn++) await null;
    yield toBytes(chunk);
  }
}

function toStream(answer: Answer): ReadableStream<Uint8Array> {
  const { kind, chunks } = answer;
  return ReadableStream.from(
    kind === "slow stream" ? slowly(chunks) : chunks.map(toBytes),
  );
}

function toResponse(answer: Answer): Response {
  const { code, reason, kind, chunks } = answer;
  const whole = toBytes(chunks.join(""));
  const body = isNullBody(answer)
    ? null
    : kind === "text"
    ? chunks.join("")
    : kind === "bytes" || kind === "array"
    ? whole
    : toStream(answer);
  return new Response(body as BodyInit | null, {
    status: code,
    statusText: reason,
    headers: answer.headers as [string, string][],
  });
}

/** What can be seen of a response, but for the length that a server adds. */
async function seen(response: Response): Promise<unknown> {
  const { status, statusText, headers } = response;
  return {
    status,
    statusText,
    headers: visible(headers),
    body: [...new Uint8Array(await response.arrayBuffer())],
  };
}

/** Headers without the length, and without the space that joining may leave. */
function visible(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => name !== "content-length")
    .map(([name, value]) => [name, value.replace(/ $/, "")]);
}

/** What can be seen of a request. The way through an environ adds a Host. */
async function requestSeen(request: Request): Promise<unknown> {
  const { method, url, headers } = request;
  return {
    method,
    url,
    headers: [...headers].filter(([name]) => name !== "host"),
    body: [...new Uint8Array(await request.arrayBuffer())],
  };
}

function toFetchRequest({ method, target, headers, body }: Sent): Request {
  const init: RequestInit = { method, headers };
  if (method !== "GET" && method !== "HEAD") init.body = toBytes(body);
  return new Request(`http://h${target}`, init);
}

Deno.test("toFetchHandler(fromFetchHandler(h)) behaves like h", async () => {
  const property = fc.asyncProperty(anySent, anyAnswer, async (sent, given) => {
    const saw: unknown[] = [];
    const handler: FetchFunction = async (request) => {
      saw.push(await requestSeen(request));
      return toResponse(given);
    };
    const app = validator(fromFetchHandler(handler), CORE);
    const there = await toFetchHandler(app)(toFetchRequest(sent));
    const expected = await handler(
      toFetchRequest(sent),
      { environ: {} as never },
    );
    const isHead = sent.method === "HEAD";
    assertEquals(
      await seen(there),
      await seen(isHead ? new Response(null, expected) : expected),
    );
    assertEquals(saw[0], saw[1]);
    app.assertFinished();
  });
  await fc.assert(property, { numRuns: 500 });
});

/** An application that sends an answer, and tells what it saw. */
function toApplication(answer: Answer, saw: unknown[]): Application {
  return async (environ, startResponse) => {
    const input = await environ["wsgi.input"].read();
    const names = Object.keys(environ).filter((name) =>
      /^(?:HTTP_|CONTENT_TYPE|PATH_INFO|QUERY_|REQUEST_|SCRIPT_|REMOTE_)/
        .test(name)
    ).toSorted();
    saw.push([names.map((name) => [name, environ[name]]), [...input]]);
    startResponse(`${answer.code} ${answer.reason}`, answer.headers);
    if (isNullBody(answer)) return [];
    if (answer.kind === "array") return answer.chunks.map(toBytes);
    return toStream(answer);
  };
}

Deno.test("fromFetchHandler(toFetchHandler(app)) behaves like app", async () => {
  const property = fc.asyncProperty(anySent, anyAnswer, async (sent, given) => {
    const saw: unknown[] = [];
    const app = toApplication(given, saw);
    const [alone, bridged] = await Promise.all(
      [app, fromFetchHandler(toFetchHandler(app))].map(async (app) => {
        const { method, target, headers, body } = sent;
        const hasBody = method !== "GET" && method !== "HEAD" && body !== "";
        const client = new TestClient(app, { validate: CORE });
        const response = await client.request(method, target, {
          headers,
          ...(hasBody ? { body: toBytes(body) } : {}),
        });
        assert(response.complete);
        const list = response.headers as [string, string][];
        return {
          statusLine: response.statusLine,
          headers: visible(new Headers(list)),
          bytes: response.bytes,
        };
      }),
    );
    assertEquals(bridged, alone);
    assertEquals(saw[1], saw[0]);
  });
  await fc.assert(property, { numRuns: 500 });
});

/**
 * Fixtures: applications, bodies and checks that several cases share.
 *
 * @module
 */

import { toBytes } from "../../wsgi/byte_string.ts";
import type {
  Application,
  Environ,
  HeaderTuple,
  ResponseBody,
} from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { RawClient } from "../raw_client.ts";
import { isChunked, type RawHead } from "../raw_response.ts";
import type { CaseClient, Probe } from "../server_case.ts";

/** Creates the headers of a plain text; a new array each time. */
export function text(): HeaderTuple[] {
  return [["Content-Type", "text/plain"]];
}

/** Creates the headers of a plain text with this length. */
export function withLength(length: number | string): HeaderTuple[] {
  return [...text(), ["Content-Length", String(length)]];
}

/** Creates a chunk from a ByteString. */
export function bytes(content: string): Uint8Array<ArrayBuffer> {
  return toBytes(content);
}

/** Creates an application that returns a body. */
export function answering(
  body: (probe: Probe, environ: Environ) => ResponseBody,
  status: string = "200 OK",
  headers: readonly HeaderTuple[] = text(),
): (probe: Probe) => Application {
  return (probe) => (environ, startResponse) => {
    startResponse(status, structuredClone(headers) as HeaderTuple[]);
    return body(probe, environ);
  };
}

/**
 * Creates an application that reports a value from the environ and responds
 * with `ok`.
 */
export function looking(
  look: (environ: Environ) => unknown,
): (probe: Probe) => Application {
  return (probe) => (environ, startResponse) => {
    probe.report("seen", look(environ));
    startResponse("200 OK", text());
    return [bytes("ok")];
  };
}

/** Yields these chunks. */
export function* generated(
  ...chunks: readonly string[]
): Generator<Uint8Array, void> {
  for (const chunk of chunks) yield bytes(chunk);
}

/** Yields these chunks asynchronously. */
export async function* generatedLate(
  ...chunks: readonly string[]
): AsyncGenerator<Uint8Array, void> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield bytes(chunk);
  }
}

/** The event that the bodies below report if they are read to their end. */
export const READ_TO_END = "read to its end";

/**
 * The number of chunks of these bodies. A server must stop them long before the
 * end.
 */
const MANY = 256;

/**
 * Creates a body that a server must not read to its end. It does have an end,
 * because otherwise a wrong server would fill its memory or block the thread.
 */
export function* endless(probe: Probe): Generator<Uint8Array, void> {
  for (let index = 0; index < MANY; index++) yield bytes("endless");
  probe.report(READ_TO_END);
}

/**
 * Like `endless()`, but with a chunk of 4 KiB for each turn of the event loop.
 * It also ends when the case is over.
 */
export async function* endlessLate(
  probe: Probe,
): AsyncGenerator<Uint8Array, void> {
  let isOver = false;
  probe.gate("over").then(() => isOver = true);
  for (let index = 0; index < 4 * MANY && !isOver; index++) {
    await new Promise((resolve) => setTimeout(resolve));
    yield new Uint8Array(4096);
  }
  probe.report(READ_TO_END);
}

/**
 * Waits until a signal aborts or the case is over, so that the application does
 * not wait forever if the server does not notice that the client has left.
 */
export async function abortedOrOver(
  probe: Probe,
  signal: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    probe.gate("over").then(resolve);
  });
}

/** Fails if a server has read an endless body to its end. */
export function expectNotReadToEnd(client: CaseClient): void {
  expect(
    !client.events().includes(READ_TO_END),
    "the body must not be read to its end, but it was",
  );
}

/** Creates a body that reports how it is used. */
export function watched(
  probe: Probe,
  chunks: () => Iterator<unknown> | AsyncIterator<unknown>,
  isAsync = false,
): ResponseBody {
  const iterator = chunks() as AsyncIterator<unknown>;
  const body = {
    [isAsync ? Symbol.asyncIterator : Symbol.iterator]: () => ({
      next: () => iterator.next(),
      return: () => {
        probe.report("return");
        return iterator.return?.() ?? { done: true, value: undefined };
      },
    }),
    close(this: unknown, ...args: unknown[]): void | Promise<void> {
      const right = this === body && args.length === 0;
      return probe.report("close", right);
    },
  };
  return body as unknown as ResponseBody;
}

/**
 * Returns whether a server closes the connection after a response, which it may
 * do. No bytes may follow in that case.
 */
export async function endsAfter(
  connection: RawClient,
  head: RawHead,
): Promise<boolean> {
  const option = head.get("connection")?.toLowerCase();
  const isLast = head.line.startsWith("HTTP/1.0")
    ? option !== "keep-alive"
    : option === "close";
  if (!isLast) return false;
  expectEqual(
    await connection.rest(),
    "",
    "the bytes after the last response",
  );
  return true;
}

/**
 * Reads one chunk of the application, with any framing.
 *
 * @param size The size of the chunk in bytes.
 */
export async function readPiece(
  connection: RawClient,
  head: RawHead,
  size: number,
): Promise<string | undefined> {
  return isChunked(head)
    ? await connection.chunk()
    : await connection.bytes(size);
}

/** An error that cases recognize. */
export const MARKER: Error = new Error("kit: on purpose");

/** Describes the error of a call in a few words. */
export function thrownBy(call: () => unknown): string {
  try {
    call();
    return "nothing";
  } catch (error) {
    return error === MARKER ? "the given value" : "an error";
  }
}

/** Fails unless the request gets a complete 500 that does not show the error. */
export async function expectFailure(client: CaseClient): Promise<void> {
  const { head, body, complete } = await client.ask();
  expectEqual(head.status, 500, "the status");
  expect(complete, "the response must be complete, but it was cut off");
  expect(
    !body.includes("kit:") && !body.includes(".ts:"),
    "the response must not show the error, but it does",
  );
  await client.settle();
}

/** Fails unless the reported call has thrown an error of the server. */
export async function expectThrown(client: CaseClient): Promise<void> {
  expectEqual(await client.waitFor("thrown"), "an error", "the thrown value");
}

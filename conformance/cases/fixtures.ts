/**
 * Applications that several cases share, and looks at what they told.
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
import { CaseFailure, expect, expectEqual } from "../expect.ts";
import type { RawClient } from "../raw_client.ts";
import type { RawHead } from "../raw_response.ts";
import type { Probe, RequestParts, Talk } from "../server_case.ts";

/** Makes the headers of a plain text, which a wrong server may change. */
export function text(): HeaderTuple[] {
  return [["Content-Type", "text/plain"]];
}

/** Makes the headers of a plain text of this length. */
export function withLength(length: number | string): HeaderTuple[] {
  return [...text(), ["Content-Length", String(length)]];
}

/** Makes a chunk of a ByteString. */
export function bytes(content: string): Uint8Array<ArrayBuffer> {
  return toBytes(content);
}

/** Answers with a body, whatever kind it is. */
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

/** Tells what a look at the environ brings, and answers `ok`. */
export function looking(
  look: (environ: Environ) => unknown,
): (probe: Probe) => Application {
  return (probe) => (environ, startResponse) => {
    probe.tell("seen", look(environ));
    startResponse("200 OK", text());
    return [bytes("ok")];
  };
}

/** Tells the variables that are strings, and answers `ok`. */
export function tellEnviron(probe: Probe): Application {
  return (environ, startResponse) => {
    const strings = Object.entries(environ).filter(([, value]) =>
      typeof value === "string"
    );
    probe.tell("environ", Object.fromEntries(strings));
    startResponse("200 OK", text());
    return [bytes("ok")];
  };
}

/** Sends a request to an application that tells its environ. */
export async function environOf(
  talk: Talk,
  parts: RequestParts = {},
): Promise<Record<string, string>> {
  const { head } = await talk.ask(parts);
  if (head.status !== 200) {
    throw new CaseFailure(
      `the request must reach the application, got "${head.line}"`,
    );
  }
  return await talk.told("environ") as Record<string, string>;
}

/**
 * Tells whether a server ends the connection after a response, as it is free
 * to do. Then nothing may follow.
 */
export async function endsAfter(
  client: RawClient,
  head: RawHead,
): Promise<boolean> {
  const connection = head.get("connection")?.toLowerCase();
  const isLast = head.line.startsWith("HTTP/1.0")
    ? connection !== "keep-alive"
    : connection === "close";
  if (!isLast) return false;
  expectEqual(await client.rest(), "", "what comes after the last response");
  return true;
}

/** Tells whether a body comes in chunked coding. */
export function isChunked(head: RawHead): boolean {
  return head.get("transfer-encoding") !== undefined;
}

/**
 * Reads what the application gave as one chunk, however it is framed.
 *
 * @param size How many bytes it has.
 */
export async function readPiece(
  client: RawClient,
  head: RawHead,
  size: number,
): Promise<string | undefined> {
  return isChunked(head) ? await client.chunk() : await client.bytes(size);
}

/** An error of an application, to be recognised by. */
export const MARKER: Error = new Error("kit: on purpose");

/** What a call throws, as a word. */
export function thrownBy(call: () => unknown): string {
  try {
    call();
    return "nothing";
  } catch (error) {
    return error === MARKER ? "the given value" : "an error";
  }
}

/** The request must get a complete 500 that does not show the error. */
export async function expectFailure(talk: Talk): Promise<void> {
  const { head, body, complete } = await talk.ask();
  expectEqual(head.status, 500, "the status");
  expect(complete, "the answer must be complete, but it broke off");
  expect(
    !body.includes("kit:") && !body.includes(".ts:"),
    "the answer must not show the error, but it does",
  );
  await talk.settle();
}

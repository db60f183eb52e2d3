/**
 * Ways to read `wsgi.input`, which the cases about it share.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { Application, InputStream } from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type {
  CaseClient,
  Probe,
  RequestParts,
  ServerCase,
} from "../server_case.ts";
import { bytes, text } from "./fixtures.ts";

/** The result of reading: either the bytes or an error. */
interface Outcome {
  readonly read?: unknown;
  readonly refused?: readonly [name: unknown, status: unknown];
}

/** Reports the result of reading: ByteStrings or the error. */
export function reading(
  read: (input: InputStream, probe: Probe) => Promise<unknown>,
): (probe: Probe) => Application {
  return (probe) => async (environ, startResponse) => {
    probe.report("called");
    let outcome: Outcome;
    try {
      outcome = { read: await read(environ["wsgi.input"], probe) };
    } catch (error) {
      const { name, status } = error as { name?: unknown; status?: unknown };
      outcome = { refused: [name, status] };
    }
    probe.report("outcome", outcome);
    startResponse("200 OK", text());
    return [bytes("ok")];
  };
}

/** Waits for the bytes that were read, and fails if reading was rejected. */
export async function whatWasRead(client: CaseClient): Promise<unknown> {
  const { read, refused } = await client.waitFor("outcome") as Outcome;
  expect(
    refused === undefined,
    `the body must be readable, but reading it was refused with ${
      JSON.stringify(refused)
    }`,
  );
  return read;
}

/** Reads pieces of these sizes; the last size is repeated. */
export async function readBy(
  input: InputStream,
  ...sizes: (number | undefined)[]
): Promise<string[]> {
  const pieces: string[] = [];
  for (let index = 0;; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)];
    const piece = fromBytes(await input.read(size));
    pieces.push(piece);
    if (piece === "") return pieces;
  }
}

/** Reads line by line, as `for await` does. */
export async function linesOf(input: InputStream): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of input) lines.push(fromBytes(line));
  return lines;
}

/** A body, a way to read it, and the expected result. */
export interface Reading {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  readonly parts: RequestParts;
  readonly read: (input: InputStream) => Promise<unknown>;
  readonly expected: unknown;
}

/** Makes the case of a {@linkcode Reading}. */
export function readingCase(one: Reading): ServerCase {
  return {
    id: `input/${one.name}`,
    spec: one.spec,
    title: one.title,
    app: reading(one.read),
    run: async (client) => {
      const { head } = await client.ask(one.parts);
      expectEqual(head.status, 200, "the status");
      expectEqual(
        await whatWasRead(client),
        one.expected,
        "the bytes that were read",
      );
    },
  };
}

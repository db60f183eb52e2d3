import { assertEquals, assertRejects } from "@std/assert";
import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import type { BodyLimits } from "../../../gateway/input/request_body.ts";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { RequestBodyError } from "../../../gateway/input/request_body_error.ts";

/** What an input returns. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A body given in pieces, and what is known about how it was used. */
export interface Source {
  stream: ReadableStream<Uint8Array>;
  opened: number;
  pulls: number;
  cancelled: unknown[];
  open: () => ReadableStream<Uint8Array>;
}

/** Gives one chunk a pull, and none unasked; then ends, or fails. */
export function sourceOf(
  chunks: Iterable<string | Uint8Array>,
  failure?: Error,
): Source {
  const iterator = chunks[Symbol.iterator]();
  const source: Source = {
    opened: 0,
    pulls: 0,
    cancelled: [],
    open(): ReadableStream<Uint8Array> {
      source.opened++;
      return source.stream;
    },
    stream: new ReadableStream<Uint8Array>({
      pull(controller): void {
        source.pulls++;
        const { done, value } = iterator.next();
        if (!done) {
          controller.enqueue(
            typeof value === "string" ? toBytes(value) : value,
          );
        } else if (failure !== undefined) controller.error(failure);
        else controller.close();
      },
      cancel(reason): void {
        source.cancelled.push(reason);
      },
    }, { highWaterMark: 0 }),
  };
  return source;
}

/** Makes an input over some chunks. */
export function inputOf(
  chunks: Iterable<string | Uint8Array>,
  limits?: BodyLimits,
): RequestInput {
  return new RequestInput(sourceOf(chunks).open, limits);
}

/** Awaits what was read, as a ByteString. */
export async function text(bytes: Promise<Bytes>): Promise<string> {
  return fromBytes(await bytes);
}

/** Awaits the lines that were read, as ByteStrings. */
export async function texts(lines: Promise<Bytes[]>): Promise<string[]> {
  return (await lines).map(fromBytes);
}

/** Awaits the RequestBodyError that a read must reject with. */
export async function rejectsWith(
  status: 400 | 413,
  promise: Promise<unknown>,
): Promise<RequestBodyError> {
  const error = await assertRejects(() => promise, RequestBodyError);
  assertEquals(error.status, status);
  return error;
}

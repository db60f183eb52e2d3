/**
 * The body of a request, part by part to the worker.
 *
 * @module
 */

import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { readSome } from "../../wsgi/read_some.ts";
import type { InputStream } from "../../wsgi/types.ts";
import type { ToWorker } from "../wire/messages.ts";
import type { Recording } from "./recording.ts";

/** The maximum size of a part, in bytes. */
const PART_SIZE = 65_536;

/**
 * Reads the next part of a body.
 *
 * @param id The id of the request.
 * @param input The body.
 * @param recording The record of the request.
 * @returns The message for the worker.
 */
export async function nextPart(
  id: number,
  input: InputStream,
  recording: Recording,
): Promise<
  Extract<
    ToWorker,
    readonly ["input" | "input-end" | "input-failed", ...unknown[]]
  >
> {
  try {
    const bytes = await readSome(input, PART_SIZE);
    const isEnd = bytes.length === 0;
    recording.addInput(isEnd ? undefined : bytes);
    return isEnd ? ["input-end", id] : ["input", id, bytes];
  } catch (error) {
    const { message } = error as Error;
    const status = error instanceof RequestBodyError ? error.status : 400;
    return ["input-failed", id, message, status];
  }
}

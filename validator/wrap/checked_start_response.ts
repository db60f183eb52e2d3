/**
 * The startResponse and write() that the application gets from the validator.
 *
 * @module
 */

import {
  ignoreRejection,
  isThenable,
  isUint8Array,
} from "../../wsgi/describe.ts";
import type { HeaderTuple, StartResponse, Write } from "../../wsgi/types.ts";
import type { Entry } from "../captures.ts";
import { capture, userFrameOf } from "../captures.ts";
import { hasExcInfo } from "../rules/start_response.ts";
import { readResponse, type ResponseView } from "../views/response_view.ts";
import { RecordedHead } from "../layer_memory.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { ChunkObserver } from "./chunk_observer.ts";
import { isPlainStart } from "./plain_moments.ts";

/**
 * Wraps the server's startResponse.
 *
 * @param request The request.
 * @param server The server's startResponse.
 * @returns A function that checks the call, its arguments and its result.
 */
export function checkedStartResponse(
  request: CheckedRequest,
  server: StartResponse,
): StartResponse {
  const { rules } = request;
  return function startResponse(...args: unknown[]): Write {
    if (request.called !== undefined) request.started = capture(startResponse);
    request.observe?.({
      type: "start-response",
      args,
      place: userFrameOf(request.started),
    });
    const { unheard } = request;
    const isPlain = isPlainStart(args, request);
    try {
      request.compareWithInner("start", args, startResponse);
      const start = isPlain ? rules.plain.start : rules.start;
      // For a plain call there are no rules, and no view is created.
      if (start.length > 0) {
        request.checkCall(start, { args, state: request }, startResponse);
      }
    } finally {
      // A failed call counts.
      request.starts++;
    }
    if (request.unheard > unheard) return writeNothing;
    const response = checkHead(request, args, startResponse);
    const previous = request.response;
    request.response = response;
    request.compareWithInner("head", args, startResponse);
    let result: unknown;
    let thrown: { error: unknown } | undefined;
    request.passesExcInfo = hasExcInfo(args);
    try {
      result = server(...args as [string, readonly HeaderTuple[], unknown]);
    } catch (error) {
      thrown = { error };
      // Arguments that the server has rejected replace nothing.
      request.response = previous;
    }
    // A change by middleware is not one by the application.
    request.headersChanged = response?.takeChange() !== undefined;
    request.passesExcInfo = false;
    const { outer } = request;
    outer?.compareWithInner("started", args, startResponse, request);
    const isKept = isPlain && typeof result === "function";
    const started = isKept ? rules.plain.started : rules.started;
    if (started.length > 0) {
      request.check(started, { args, state: request, result, thrown });
    }
    if (thrown !== undefined) {
      const isLate = request.headSent && hasExcInfo(args);
      request.refusal = isLate ? "exc-info" : "arguments";
      request.refusedAt = request.chunks;
      throw thrown.error;
    }
    request.refusal = undefined;
    request.refusedAt = undefined;
    if (hasExcInfo(args)) request.withdraw();
    return typeof result === "function"
      ? checkedWrite(request, result as Write)
      : result as Write;
  };
}

/** The write() of a late call, which was reported. */
async function writeNothing(): Promise<void> {}

/** Checks status and headers, if the call has both. */
function checkHead(
  request: CheckedRequest,
  args: readonly unknown[],
  entry: Entry,
): ResponseView | undefined {
  // Another rule reports that one is missing.
  if (args.length < 2) return undefined;
  const { rules, context: { memory } } = request;
  const good = memory.head;
  const response = readResponse(args[0], args[1], good?.facts);
  if (good !== undefined && response.facts === good.facts) {
    request.check(good.again, { response, state: request }, entry);
    return response;
  }
  const sent = new RecordedHead(response, request);
  let isGood = request.checkRecording(rules.status, sent, entry);
  isGood = request.checkRecording(rules.headers, sent, entry) && isGood;
  if (!response.isWellFormed) return response;
  isGood = request.checkRecording(rules.http, sent, entry) && isGood;
  if (isGood) memory.head = sent.toGood();
  return response;
}

/**
 * Wraps the server's write().
 *
 * @param request The request.
 * @param server The server's write().
 * @returns A function that checks the call, the chunk and the result.
 */
function checkedWrite(request: CheckedRequest, server: Write): Write {
  const { rules } = request;
  // Most applications never write.
  let observer: ChunkObserver | undefined;
  let pending = false;
  let writes = 0;
  return function write(...args: unknown[]): Promise<void> {
    if (!isUint8Array(args[0])) ignoreRejection(args[0]);
    const { unheard } = request;
    request.checkCall(rules.write, { args, state: request }, write);
    request.check(rules.awaited, { pending }, write);
    if (request.unheard > unheard) return writeNothing();
    request.observe?.({
      type: "chunk",
      via: "write",
      index: writes++,
      chunk: args[0],
    });
    observer ??= new ChunkObserver(request);
    observer.takeWritten(args[0], write);
    request.compareWithInner("write", args, write);
    const result: unknown = server(...args as [Uint8Array]);
    request.check(rules.written, { result }, write);
    if (rules.awaited.length > 0 && isThenable(result)) {
      pending = true;
      const settled = (): void => void (pending = false);
      result.then(settled, settled);
    }
    return result as Promise<void>;
  };
}

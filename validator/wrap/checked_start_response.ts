/**
 * startResponse and write() as the application gets them from the validator.
 *
 * @module
 */

import type { HeaderTuple, StartResponse, Write } from "../../wsgi/types.ts";
import { checkedWrite } from "./checked_write.ts";
import type { Conversation } from "./checked_request.ts";
import type { Entry } from "../findings.ts";
import { readResponse, type ResponseView } from "../views/response_view.ts";
import { hasExcInfo } from "../rules/start_response.ts";

/**
 * Wraps the server's startResponse.
 *
 * @param conversation The request.
 * @param server The server's startResponse.
 * @returns A function that checks the call, what it is given, and what the
 * server makes of it.
 */
export function checkedStart(
  conversation: Conversation,
  server: StartResponse,
): StartResponse {
  const { rules } = conversation;
  return function startResponse(...args: unknown[]): Write {
    const view = { args, state: conversation };
    try {
      conversation.checkPair("start", args, startResponse);
      conversation.check(rules.start, view, startResponse);
    } finally {
      // A call that fails was a call.
      conversation.starts++;
    }
    const response = checkHead(conversation, args, startResponse);
    const previous = conversation.response;
    conversation.response = response;
    let result: unknown;
    let thrown: { error: unknown } | undefined;
    conversation.passesExcInfo = hasExcInfo(args);
    try {
      result = server(...args as [string, readonly HeaderTuple[], unknown]);
    } catch (error) {
      thrown = { error };
      // What the server has refused replaces nothing.
      conversation.response = previous;
    }
    // What a middleware has changed is not the application's doing.
    conversation.headersChanged = response?.takeChange() !== undefined;
    conversation.passesExcInfo = false;
    const { outer } = conversation;
    outer?.checkPair("started", args, startResponse, conversation);
    conversation.check(rules.started, { ...view, result, thrown });
    if (thrown !== undefined) {
      const isLate = conversation.headSent && hasExcInfo(args);
      conversation.refusal = isLate ? "exc-info" : "arguments";
      conversation.refusedAt = conversation.chunks;
      throw thrown.error;
    }
    conversation.refusal = undefined;
    conversation.refusedAt = undefined;
    if (hasExcInfo(args)) conversation.mend();
    return typeof result === "function"
      ? checkedWrite(conversation, result as Write)
      : result as Write;
  };
}

/** Checks status and headers, as far as the call has them. */
function checkHead(
  conversation: Conversation,
  args: readonly unknown[],
  entry: Entry,
): ResponseView | undefined {
  // That one of them is missing was reported.
  if (args.length < 2) return undefined;
  const { rules } = conversation;
  const response = readResponse(args[0], args[1]);
  const sent = { response, state: conversation };
  conversation.check(rules.status, sent, entry);
  conversation.check(rules.headers, sent, entry);
  if (response.isWellFormed) conversation.check(rules.http, sent, entry);
  return response;
}

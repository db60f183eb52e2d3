/**
 * startResponse and write() as the application gets them from the validator.
 *
 * @module
 */

import type { HeaderTuple, StartResponse, Write } from "../gateway/types.ts";
import type { Conversation } from "./conversation.ts";
import { readResponse } from "./response_view.ts";

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
      conversation.check(rules.start, view, startResponse);
    } finally {
      // A call that fails was a call.
      conversation.starts++;
    }
    const response = readResponse(args[0], args[1]);
    const sent = { response, state: conversation };
    conversation.check(rules.status, sent, startResponse);
    conversation.check(rules.headers, sent, startResponse);
    conversation.response = response;
    let result: unknown;
    let thrown: { error: unknown } | undefined;
    try {
      result = server(...args as [string, readonly HeaderTuple[], unknown]);
    } catch (error) {
      thrown = { error };
    }
    conversation.check(rules.started, { ...view, result, thrown });
    if (thrown !== undefined) throw thrown.error;
    return typeof result === "function"
      ? checkedWrite(conversation, result as Write)
      : result as Write;
  };
}

function checkedWrite(conversation: Conversation, server: Write): Write {
  const { rules } = conversation;
  return function write(...args: unknown[]): Promise<void> {
    conversation.check(rules.write, { args, state: conversation }, write);
    const chunk = args[0];
    const length = ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
    if (length > 0) {
      conversation.headSent = true;
      conversation.written += length;
    }
    return server(...args as [Uint8Array]);
  };
}

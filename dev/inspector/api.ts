/**
 * The data of the pages as JSON.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { Conversation } from "../conversation.ts";
import type { ConversationLog } from "../conversation_log.ts";
import { explainRule, RULE_GROUPS } from "../explain_rule.ts";
import { hideSecrets, withoutSecrets } from "./secrets.ts";

/** Returns the state of the application, and the outcome of its last check. */
export function stateJson({ state, check }: ConversationLog): unknown {
  return typeof state === "string"
    ? { state, check }
    : { state: "failed", failure: state.failed, check };
}

/** Returns the requests, the oldest first, without credentials in their targets. */
export function listJson(log: ConversationLog): unknown {
  return log.list().map((summary) => ({
    ...summary,
    target: hideSecrets(summary.target),
  }));
}

/**
 * Returns a request with all its events, for JSON.
 *
 * @param conversation The request.
 * @param withCredentials Whether to include its credentials and its body. The
 * body is latin-1, as all previews are.
 */
export function conversationJson(
  conversation: Conversation,
  withCredentials: boolean,
): unknown {
  const shown = withCredentials ? conversation : withoutSecrets(conversation);
  const { request } = shown;
  return {
    ...shown,
    request: {
      ...request,
      body: withCredentials ? fromBytes(request.body) : undefined,
      bodyBytes: conversation.request.body.length,
      isBodyComplete: conversation.request.isBodyComplete,
    },
  };
}

/** Returns all rules, by subject. */
export function rulesJson(): unknown {
  return RULE_GROUPS.map(({ title, rules }) => ({
    title,
    rules: rules.map(explainRule),
  }));
}

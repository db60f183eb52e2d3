/**
 * Everything that the pages show, as JSON.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { Conversation } from "../conversation.ts";
import type { ConversationLog } from "../conversation_log.ts";
import { explainRule, RULE_GROUPS } from "../explain_rule.ts";
import { hideSecrets, withoutSecrets } from "./secrets.ts";

/** The state of the application, and the outcome of its last check. */
export function stateJson({ state, check }: ConversationLog): unknown {
  return typeof state === "string"
    ? { state, check }
    : { state: "failed", failure: state.failed, check };
}

/** The requests, the oldest first, without the credentials in their targets. */
export function listJson(log: ConversationLog): unknown {
  return log.list().map((summary) => ({
    ...summary,
    target: hideSecrets(summary.target),
  }));
}

/**
 * A request with everything that happened.
 *
 * @param conversation The request.
 * @param withCredentials Whether its credentials and its body are shown. Bytes
 * are latin-1 in the body, as in all previews.
 * @returns A value for JSON.
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

/** All rules, by subject. */
export function rulesJson(): unknown {
  return RULE_GROUPS.map(({ title, rules }) => ({
    title,
    rules: rules.map(explainRule),
  }));
}

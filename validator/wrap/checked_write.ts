/**
 * write() as the application gets it from the validator.
 *
 * @module
 */

import {
  ignoreRejection,
  isThenable,
  isUint8Array,
} from "../../wsgi/describe.ts";
import type { Write } from "../../wsgi/types.ts";
import { ChunkSight } from "./chunk_observer.ts";
import type { Conversation } from "./checked_request.ts";

/**
 * Wraps the server's write().
 *
 * @param conversation The request.
 * @param server The server's write().
 * @returns A function that checks the call, the chunk, and what the server makes
 * of it.
 */
export function checkedWrite(conversation: Conversation, server: Write): Write {
  const { rules } = conversation;
  // Most applications never write.
  let sight: ChunkSight | undefined;
  let pending = false;
  return function write(...args: unknown[]): Promise<void> {
    if (!isUint8Array(args[0])) ignoreRejection(args[0]);
    conversation.check(rules.write, { args, state: conversation }, write);
    conversation.check(rules.awaited, { pending }, write);
    sight ??= new ChunkSight(conversation);
    sight.takeWritten(args[0], write);
    conversation.checkPair("write", args, write);
    const result: unknown = server(...args as [Uint8Array]);
    conversation.check(rules.written, { result }, write);
    if (rules.awaited.length > 0 && isThenable(result)) {
      pending = true;
      const settled = (): void => void (pending = false);
      result.then(settled, settled);
    }
    return result as Promise<void>;
  };
}

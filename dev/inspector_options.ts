/**
 * The options of the inspector.
 *
 * @module
 */

import type { AccessGuard } from "./access_guard.ts";
import type { RecordedRequest } from "./conversation.ts";
import type { ConversationLog } from "./conversation_log.ts";

/** Options of the inspector. */
export interface InspectorOptions {
  /** The requests, the state of the application, and the last check. */
  readonly log: ConversationLog;
  /** Decides about each request before its path has any effect. */
  readonly guard: AccessGuard;
  /** The module of the application, as on the command line. */
  readonly module: string;
  /**
   * Sends a request to the application again.
   *
   * @param request The request.
   * @returns The id of the new conversation, once the response is complete.
   */
  replay(request: RecordedRequest): Promise<number>;
  /**
   * Reads a source file of the application.
   *
   * @param file Its path or URL.
   * @returns The text; `undefined` if it is not a module of the application.
   */
  source(file: string): Promise<string | undefined>;
  /** Runs `checkApplication()` now. The outcome appears in the log. */
  check(): Promise<void>;
  /**
   * The token that a form must send to start an action.
   *
   * @default {a random one}
   */
  readonly token?: string;
}

/**
 * What the development server gives to the pages of the inspector.
 *
 * @module
 */

import type { RecordedRequest } from "./conversation.ts";
import type { ConversationLog } from "./conversation_log.ts";

/** Options of the inspector. */
export interface InspectorOptions {
  /** The requests of the application, its state, and the last check. */
  readonly log: ConversationLog;
  /** The module of the application, as the command line names it. */
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
   * @returns Its text, or nothing if it is no module of the application.
   */
  source(file: string): Promise<string | undefined>;
  /**
   * Runs `checkApplication()` now. The outcome appears in the log.
   *
   * Absent where the server cannot check.
   */
  check?(): Promise<void>;
  /**
   * The host names under which the pages answer, such as `"localhost"` or
   * `"[::1]"`, with any port. Other names are refused: another site may let its
   * own name resolve to this machine (DNS rebinding).
   *
   * @default {["localhost", "127.0.0.1", "[::1]"]}
   */
  readonly hosts?: readonly string[];
  /**
   * The token that a form must send to start an action.
   *
   * @default {a random one}
   */
  readonly token?: string;
}

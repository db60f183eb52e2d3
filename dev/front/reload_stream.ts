/**
 * Reports restarts of the application to error pages, as server-sent events.
 *
 * @module
 */

import type { ConversationLog } from "../conversation_log.ts";

const encoder = new TextEncoder();

/** The interval of comments, which detect clients that have left. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Creates the stream of events. It ends with the event `reload` when another
 * start of the application runs.
 *
 * @param log The state of the application.
 * @param isNewer Returns whether the application was restarted after the page.
 */
export function reloadStream(
  log: ConversationLog,
  isNewer: () => boolean,
): ReadableStream<Uint8Array> {
  let stop = () => {};
  return new ReadableStream({
    start(controller): void {
      const send = (text: string): void =>
        controller.enqueue(encoder.encode(text));
      const end = (): void => {
        stop();
        controller.close();
      };
      function check(): void {
        if (log.state !== "running" || !isNewer()) return;
        send("event: reload\ndata: \n\n");
        end();
      }
      const unsubscribe = log.subscribe(({ type }) => {
        if (type === "state") check();
      });
      const timer = setInterval(() => send(": \n\n"), KEEP_ALIVE_MS);
      stop = () => {
        unsubscribe();
        clearInterval(timer);
      };
      send("retry: 500\n\n");
      check();
    },
    cancel: () => stop(),
  });
}

/**
 * Tells a page of the development server that the application was started again,
 * by a server-sent event.
 *
 * @module
 */

import type { ConversationLog } from "../conversation_log.ts";

const encoder = new TextEncoder();

/** An open stream that nobody reads would keep a connection without a sign of life. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Makes the body of the answer: one event as soon as an application runs that is
 * not the one the page is about.
 *
 * @param log The state of the application.
 * @param isNewer Checks whether the application was started after the page.
 * @returns The body.
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
      function look(): void {
        if (log.state !== "running" || !isNewer()) return;
        send("event: reload\ndata: \n\n");
        end();
      }
      const unsubscribe = log.subscribe(({ type }) => {
        if (type === "state") look();
      });
      const timer = setInterval(() => send(": \n\n"), KEEP_ALIVE_MS);
      stop = () => {
        unsubscribe();
        clearInterval(timer);
      };
      send("retry: 500\n\n");
      look();
    },
    cancel: () => stop(),
  });
}

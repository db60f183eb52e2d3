/**
 * Cases: clients that leave early, and slow servers.
 *
 * @module
 */

import { toBytes } from "../../wsgi/byte_string.ts";
import type { ApplicationCase } from "./client.ts";
import type { Leaving } from "./sending_mode.ts";
import type { KitRequest } from "./request.ts";

/**
 * Creates a case in which the client leaves. The next request must still be
 * served.
 */
function leaving(
  name: string,
  spec: string,
  title: string,
  leaves: Leaving,
  request: Omit<KitRequest, "target"> = {},
): ApplicationCase {
  return {
    id: `application/${name}`,
    spec,
    title,
    async run(client, target): Promise<void> {
      await client.send({ target, ...request }, { mode: { leaves } });
      await client.send({ target });
    },
  };
}

/** Creates a case with a server that pauses wherever it may. */
function slow(
  name: string,
  spec: string,
  title: string,
  request: Omit<KitRequest, "target">,
): ApplicationCase {
  return {
    id: `application/${name}`,
    spec,
    title,
    async run(client, target): Promise<void> {
      await client.send({ target, ...request }, { mode: { isSlow: true } });
    },
  };
}

/** An upload of which the client only sends the beginning. */
const STALLED: Omit<KitRequest, "target"> = {
  method: "POST",
  headers: [["Content-Type", "application/x-www-form-urlencoded"]],
  body: { bytes: toBytes("a=1&b="), length: 1000, stalls: true },
};

/** Requests that end early, and slow servers. */
export const LEAVING_CASES: readonly ApplicationCase[] = [
  leaving(
    "disconnect-before-return",
    "close-late-return",
    "The request ends when the client leaves while the application works",
    "before return",
  ),
  leaving(
    "disconnect-before-first-chunk",
    "body-not-run-to-end",
    "A body can be closed before its first chunk",
    "before chunk",
  ),
  leaving(
    "disconnect-after-first-chunk",
    "body-not-run-to-end",
    "A body can be closed after its first chunk",
    "after chunk",
  ),
  leaving(
    "disconnect-in-first-next",
    "close-pending-next",
    "A body can be closed while it makes its first chunk",
    "in first next",
  ),
  leaving(
    "disconnect-in-second-next",
    "close-pending-next",
    "A body can be closed while it makes its second chunk",
    "in second next",
  ),
  leaving(
    "disconnect-under-head",
    "head-not-iterated",
    "The request ends when the client leaves during HEAD",
    "before return",
    { method: "HEAD" },
  ),
  leaving(
    "disconnect-in-upload",
    "input-cut-short",
    "The request ends when the client leaves during its upload",
    "before return",
    STALLED,
  ),
  leaving(
    "disconnect-in-read",
    "input-cut-short",
    "The request ends when the client leaves while its upload is read",
    "in read",
    STALLED,
  ),
  slow(
    "slow-server",
    "server-backpressure",
    "A server that waits before each chunk gets a complete response",
    {},
  ),
  slow(
    "slow-post",
    "server-backpressure",
    "A server that waits before each step of a POST gets a complete response",
    {
      method: "POST",
      headers: [["Content-Type", "text/plain"]],
      body: { bytes: toBytes("one\ntwo\n"), piece: 1 },
    },
  ),
  slow(
    "slow-head",
    "head-not-iterated",
    "A server that closes the body late for HEAD gets a response",
    { method: "HEAD" },
  ),
];

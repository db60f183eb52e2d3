/** Servers that are wrong with `startResponse`. */

import type { HeaderTuple } from "../../../mod.ts";
import { type BrokenServer, start } from "./server.ts";

/** The servers. */
export const START: readonly BrokenServer[] = [
  start(
    "accepts a second call as a correction",
    (right) => {
      let called = false;
      return (status, headers, excInfo) => {
        const again = called ? excInfo ?? new Error("again") : excInfo;
        called = true;
        return right(status, headers, again);
      };
    },
    `start-response/no-exc-info start-response/twice
    start-response/twice-after-refusal`,
  ),
  start(
    "refuses excInfo in the first call",
    (right) => (status, headers, excInfo) => {
      if (excInfo !== undefined && excInfo !== null) throw excInfo;
      return right(status, headers);
    },
    `start-response/headers-wait start-response/replaced
    start-response/replaced-late start-response/saved-by-exc-info
    write/empty`,
  ),
  start("keeps the headers that excInfo should replace", (right) => {
    const kept: HeaderTuple[] = [];
    return (status, headers, excInfo) => {
      if (!Array.isArray(headers)) return right(status, headers, excInfo);
      const write = right(status, [...kept, ...headers], excInfo);
      kept.push(...headers);
      return write;
    };
  }, "start-response/replaced start-response/replaced-late"),
  start("throws another error than excInfo", (right) => (...args) => {
    try {
      return right(...args);
    } catch {
      throw new Error("the headers have been sent");
    }
  }, "start-response/rethrows"),
  start(
    "silently drops hop-by-hop headers",
    (right) => (status, headers, excInfo) => {
      const kept = Array.isArray(headers)
        ? headers.filter(([name]) =>
          !/^(connection|transfer-encoding)$/i.test(name)
        )
        : headers;
      return right(status, kept, excInfo);
    },
    "start-response/refuses-chunked start-response/refuses-connection",
  ),
  start(
    "accepts a number as a status",
    (right) => (status, headers, excInfo) =>
      right(
        typeof status === "number" ? `${status} OK` : status,
        headers,
        excInfo,
      ),
    "start-response/refuses-status-number",
  ),
  start(
    "keeps the last of repeated headers",
    (right) => (status, headers, excInfo) => {
      if (!Array.isArray(headers)) return right(status, headers, excInfo);
      const last = new Map(headers.map((one) => [one[0], one] as const));
      return right(status, [...last.values()], excInfo);
    },
    "response/headers-repeated",
  ),
  start("sorts headers", (right) => (status, headers, excInfo) =>
    right(
      status,
      Array.isArray(headers)
        ? [...headers].sort(([one], [other]) => one < other ? -1 : 1)
        : headers,
      excInfo,
    ), "response/headers-order"),
  start(
    "adds a header to the application's array",
    (right) => (status, headers, excInfo) => {
      if (Array.isArray(headers)) headers.push(["X-Server", "1"]);
      return right(status, headers, excInfo);
    },
    "response/headers-order response/headers-shared",
  ),
  start(
    "drops chunks of write()",
    (right) => (...args) => {
      right(...args);
      return () => Promise.resolve();
    },
    `write/arrives write/late write/no-chunk write/not-awaited write/order
    write/over-length write/sync write/with-length`,
  ),
];

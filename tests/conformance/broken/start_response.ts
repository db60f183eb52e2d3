/** Servers that are wrong with `startResponse`. */

import type { HeaderTuple } from "../../../mod.ts";
import { type BrokenServer, type Create, start, type Swap } from "./server.ts";

/** Creates a server that changes the list of headers. */
const headers: Create<Swap<HeaderTuple[]>> = (name, change, found) =>
  start(name, (right) => (status, headers, excInfo) => {
    const changed = Array.isArray(headers) ? change(headers) : headers;
    return right(status, changed, excInfo);
  }, found);

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
  headers(
    "silently drops hop-by-hop headers",
    (list) =>
      list.filter(([name]) => !/^(connection|transfer-encoding)$/i.test(name)),
    "start-response/refuses-chunked start-response/refuses-connection",
  ),
  start("accepts a number as a status", (right) => (status, ...rest) => {
    const text = typeof status === "number" ? `${status} OK` : status;
    return right(text, ...rest);
  }, "start-response/refuses-status-number"),
  headers(
    "keeps the last of repeated headers",
    (list) => [...new Map(list.map((one) => [one[0], one])).values()],
    "response/headers-repeated",
  ),
  headers(
    "sorts headers",
    (list) => list.toSorted(([one], [other]) => one < other ? -1 : 1),
    "response/headers-order",
  ),
  headers("adds a header to the application's array", (list) => {
    list.push(["X-Server", "1"]);
    return list;
  }, "response/headers-order response/headers-shared"),
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

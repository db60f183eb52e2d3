import { assert, assertRejects, assertThrows } from "@std/assert";
import { checkServer, type StartServer } from "../../conformance/mod.ts";
import { remoteProbe } from "../../conformance/probe.ts";
import { serve } from "./broken/server.ts";

Deno.test("checkServer() refuses what is no start()", async () => {
  for (const start of [undefined, null, {}, "start"]) {
    await assertRejects(
      () => checkServer(start as unknown as StartServer),
      TypeError,
      "Cannot check the server: start must be a function",
    );
  }
});

Deno.test("remoteProbe() refuses what is no URL of HTTP", () => {
  for (const url of ["", "127.0.0.1:80", "file:///a", undefined]) {
    assertThrows(
      () => remoteProbe(url as string),
      TypeError,
      "the address must be the URL that listen() has returned, got ",
    );
  }
});

Deno.test.each<[options: object, error: typeof RangeError, message: string]>([
  ...[0, -1, NaN, Infinity, 2 ** 31, "3000"].map((timeout) =>
    [
      { timeout },
      RangeError,
      "Cannot check the server: timeout must be milliseconds from 1",
    ] as [object, typeof RangeError, string]
  ),
  [{ cases: [""] }, TypeError, "Cannot choose cases"],
  [{ cases: [1] }, TypeError, "Cannot choose cases"],
])(
  "checkServer() rejects the options %j before it starts anything",
  async (options, error, message) => {
    let started = false;
    const start: StartServer = (app) => {
      started = true;
      return serve(app);
    };
    await assertRejects(() => checkServer(start, options), error, message);
    assert(!started);
  },
);

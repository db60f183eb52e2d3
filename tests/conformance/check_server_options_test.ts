import { assert, assertRejects } from "@std/assert";
import { checkServer, type StartServer } from "../../conformance/mod.ts";
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

Deno.test("checkServer() refuses a timeout that makes no sense, before it starts anything", async () => {
  let started = false;
  const start: StartServer = (app) => {
    started = true;
    return serve(app);
  };
  for (const timeout of [0, -1, NaN, Infinity, 2 ** 31, "3000"]) {
    await assertRejects(
      () => checkServer(start, { timeout: timeout as number }),
      RangeError,
      "Cannot check the server: timeout must be milliseconds from 1",
    );
  }
  assert(!started);
});

Deno.test("checkServer() refuses a glob that makes no sense, before it starts anything", async () => {
  let started = false;
  const start: StartServer = (app) => {
    started = true;
    return serve(app);
  };
  for (const glob of ["", 1]) {
    await assertRejects(
      () => checkServer(start, { cases: [glob as string] }),
      TypeError,
      "Cannot choose cases",
    );
  }
  assert(!started);
});

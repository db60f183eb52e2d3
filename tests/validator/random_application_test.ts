// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import type { Violation } from "../../mod.ts";
import {
  makeApplication,
  type Mutation,
  type Parts,
  parts,
} from "./random_application.ts";
import { type Loose, runScenario } from "./scenario.ts";

function send(
  { method }: Parts,
  app: Loose,
): Promise<Violation[]> {
  return runScenario({
    app,
    input: "one\ntwo\nthree",
    environ: (environ: Loose) => {
      environ.REQUEST_METHOD = method;
      return environ;
    },
  });
}

Deno.test("validator() flags no sound application", async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (sound) => {
      const found = await send(sound, makeApplication(sound));
      assertEquals(found.map(({ message }) => message), []);
    }),
    { numRuns: 1000 },
  );
});

/** What breaks any sound application. */
const MUTATIONS: readonly Mutation[] = [
  { name: "a number as status", parts: () => ({ status: 200 }) },
  {
    name: "a status without reason or space",
    parts: () => ({ status: "200" }),
  },
  { name: "a status of 600", parts: () => ({ status: "600 Too Much" }) },
  { name: "a line feed in the status", parts: () => ({ status: "200 OK\n" }) },
  { name: "headers as an object", parts: () => ({ headers: { A: "b" } }) },
  {
    name: "headers as Headers",
    parts: () => ({ headers: new Headers({ A: "b" }) }),
  },
  { name: "a header of one", parts: () => ({ headers: [["X-A"]] }) },
  { name: "a number as a value", parts: () => ({ headers: [["X-A", 1]] }) },
  { name: "a space in a name", parts: () => ({ headers: [["X A", "b"]] }) },
  {
    name: "a line feed in a value",
    parts: () => ({ headers: [["A", "b\nc"]] }),
  },
  { name: "a euro sign in a value", parts: () => ({ headers: [["A", "€"]] }) },
  {
    name: "a hop-by-hop header",
    parts: () => ({ headers: [["Connection", "close"]] }),
  },
  {
    name: "a length that is none",
    parts: () => ({ saysLength: false, headers: [["Content-Length", "x"]] }),
  },
  {
    name: "two lengths",
    parts: () => ({
      saysLength: true,
      headers: [["Content-Length", "1"]],
    }),
  },
  {
    name: "a length that is too small",
    parts: ({ chunks }) => ({
      saysLength: false,
      headers: [["Content-Length", "0"]],
      chunks: [...chunks, new Uint8Array(1)],
    }),
  },
  {
    name: "a length that is too large",
    parts: () => ({
      saysLength: false,
      headers: [["Content-Length", "9999"]],
    }),
  },
  {
    name: "a second startResponse",
    start: (start) => (...args: unknown[]) => {
      start(...args);
      return start("200 OK", []);
    },
  },
  { name: "no startResponse", start: () => () => async () => {} },
  {
    name: "a fourth argument of startResponse",
    start: (start) => (status: Loose, headers: Loose) =>
      start(status, headers, null, "more"),
  },
  { name: "chunks of text", chunk: () => "text", needsChunk: true },
  { name: "chunks of numbers", chunk: (chunk) => [...chunk], needsChunk: true },
  {
    name: "chunks as views of another kind",
    chunk: () => new DataView(new ArrayBuffer(1)),
    needsChunk: true,
  },
  {
    name: "chunks in shared memory",
    chunk: () => new Uint8Array(new SharedArrayBuffer(1)),
    needsChunk: true,
  },
  { name: "no body", body: () => undefined },
  { name: "a string as body", body: () => "text" },
  { name: "bytes as body", body: () => new Uint8Array(3) },
  { name: "a function as body", body: () => function* () {} },
  { name: "a Response as body", body: () => new Response("text") },
];

for (const mutation of MUTATIONS) {
  Deno.test(`validator() flags every application with ${mutation.name}`, async () => {
    const broken = mutation.needsChunk === true
      ? parts.filter(({ chunks }) => chunks.length > 0)
      : parts;
    await fc.assert(
      fc.asyncProperty(broken, async (sound) => {
        const found = await send(sound, makeApplication(sound, mutation));
        assert(
          found.some(({ severity, blame }) =>
            severity === "error" && blame === "application"
          ),
          `nothing found in ${sound.kind}`,
        );
      }),
      { numRuns: 60 },
    );
  });
}

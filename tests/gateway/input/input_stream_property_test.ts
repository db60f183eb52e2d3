import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { fromBytes } from "../../../wsgi/byte_string.ts";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { RequestBodyError } from "../../../gateway/input/request_body_error.ts";
import type { InputStream } from "../../../wsgi/types.ts";
import { type Bytes, Source } from "./input_sources.ts";

type Call =
  | { kind: "read" | "readline" | "readlines"; size: number | undefined }
  | { kind: "next" };

/** The sizes that mean everything. */
const ALL = [undefined, null as unknown as undefined, -1, -0.5, -Infinity];

/** A body as its reader sees it: some bytes, then an end or a failure. */
interface Visible {
  body: string;
  failure: 400 | 413 | undefined;
}

interface Scenario {
  chunks: string[];
  fails: boolean;
  contentLength: number | undefined;
  maxSize: number | undefined;
  calls: Call[];
}

function visible({ chunks, fails, contentLength, maxSize }: Scenario): Visible {
  const body = chunks.join("");
  const length = contentLength ?? Infinity;
  const limit = maxSize ?? Infinity;
  if (contentLength !== undefined && length > limit) {
    return { body: "", failure: 413 };
  }
  if (body.length >= length) {
    return { body: body.slice(0, length), failure: undefined };
  }
  if (body.length > limit) return { body: body.slice(0, limit), failure: 413 };
  const short = contentLength !== undefined;
  return { body, failure: fails || short ? 400 : undefined };
}

/** The simple model: the whole body in one string, one call after another. */
function model(scenario: Scenario): (string | string[] | number)[] {
  const { body, failure } = visible(scenario);
  let at = 0;
  let dead = false;
  function take(size: number, line: boolean): string {
    if (size === 0) return "";
    const feed = line ? body.indexOf("\n", at) : -1;
    const end = Math.min(at + size, feed === -1 ? Infinity : feed + 1);
    if (dead || (failure !== undefined && end > body.length)) {
      dead = true;
      throw failure;
    }
    const taken = body.slice(at, end);
    at += taken.length;
    return taken;
  }
  function call(call: Call): string | string[] {
    if (call.kind === "next") return take(Infinity, true);
    const size = ALL.includes(call.size) ? Infinity : call.size!;
    if (call.kind === "read") return take(size, false);
    if (call.kind === "readline") return take(size, true);
    const lines: string[] = [];
    let total = 0;
    while (total < (size || Infinity)) {
      const line = take(Infinity, true);
      if (line === "") break;
      lines.push(line);
      total += line.length;
    }
    return lines;
  }
  return scenario.calls.map((one) => {
    try {
      return call(one);
    } catch (status) {
      return status as number;
    }
  });
}

async function make(
  input: InputStream,
  iterator: AsyncIterator<Bytes>,
  call: Call,
): Promise<string | string[]> {
  if (call.kind === "next") {
    const { done, value } = await iterator.next();
    return done ? "" : fromBytes(value);
  }
  if (call.kind === "readlines") {
    return (await input.readlines(call.size)).map(fromBytes);
  }
  return fromBytes(await input[call.kind](call.size));
}

/** Turns a rejection into its status, as the model does. */
function settled(
  result: Promise<string | string[]>,
): Promise<string | string[] | number> {
  return result.catch((error) => {
    if (error instanceof RequestBodyError) return error.status;
    throw error;
  });
}

const anyCall: fc.Arbitrary<Call> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("read", "readline", "readlines"),
    size: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 12 }) },
      fc.constantFrom(...ALL, Number.MAX_SAFE_INTEGER, 1e300),
    ),
  }),
  fc.constant<Call>({ kind: "next" }),
);

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  chunks: fc.array(
    fc.string({ unit: fc.constantFrom("a", "b", "\n", "\xff"), maxLength: 8 }),
    { maxLength: 8 },
  ),
  fails: fc.boolean(),
  contentLength: fc.option(fc.nat(30), { nil: undefined }),
  maxSize: fc.option(fc.nat(30), { nil: undefined }),
  calls: fc.array(anyCall, { maxLength: 12 }),
});

function start(
  { chunks, fails, contentLength, maxSize }: Scenario,
): RequestInput {
  const failure = fails ? new Error("cut") : undefined;
  return new RequestInput(new Source(chunks, failure).open, {
    contentLength,
    maxSize,
  });
}

Deno.test("RequestInput agrees with a simple model for any split and any calls", async () => {
  await fc.assert(
    fc.asyncProperty(anyScenario, async (scenario) => {
      const input = start(scenario);
      const iterator = input[Symbol.asyncIterator]();
      const results: unknown[] = [];
      for (const call of scenario.calls) {
        results.push(await settled(make(input, iterator, call)));
      }
      assertEquals(results, model(scenario));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("RequestInput serves calls in their order if they are not awaited", async () => {
  await fc.assert(
    fc.asyncProperty(anyScenario, async (scenario) => {
      const input = start(scenario);
      const iterator = input[Symbol.asyncIterator]();
      const order: number[] = [];
      const results = await Promise.all(
        scenario.calls.map((call, index) =>
          settled(make(input, iterator, call)).finally(() => order.push(index))
        ),
      );
      assertEquals(results, model(scenario));
      assertEquals(order, order.toSorted((a, b) => a - b));
    }),
    { numRuns: 1000 },
  );
});

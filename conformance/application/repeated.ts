/**
 * Cases: the same application called more than once.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import type { ApplicationCase } from "./client.ts";
import type { RequestOutcome } from "./send_request.ts";
import { stableNames } from "./methods.ts";

/** How many requests run at the same time. */
const INTERLEAVED = 20;
/** How many of them differ from each other. */
const DIFFERENT = 4;

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  // Faster than every(), because there are many long bodies.
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** Derives a distinct target from the known one. */
function numbered(target: string, number: number): string {
  const mark = target.includes("?") ? "&" : "?";
  return `${target}${mark}conformance-kit=${number}`;
}

/** Creates a case that compares two responses to the same GET. */
function twice(
  name: string,
  title: string,
  compare: (
    first: RequestOutcome,
    second: RequestOutcome,
  ) => string | undefined,
): ApplicationCase {
  return {
    id: `application/${name}`,
    spec: "app-repeatable",
    title,
    async run(client, target): Promise<void> {
      const first = await client.send({ target });
      const second = await client.send({ target });
      const problem = compare(first, second);
      if (problem !== undefined && client.problems.length === 0) {
        client.fail({ target }, problem);
      }
    },
  };
}

/** The cases with repeated and overlapping requests. */
export const REPEATED_CASES: readonly ApplicationCase[] = [
  twice(
    "same-status",
    "The same GET twice gets the same status",
    (first, second) =>
      first.code === second.code
        ? undefined
        : `the second response must have status ${first.code}, got ${second.code}`,
  ),
  twice(
    "same-headers",
    "The same GET twice gets the same headers",
    (first, second) => {
      const expected = stableNames(first.headers);
      const found = stableNames(second.headers);
      return first.code !== second.code || found === expected
        ? undefined
        : `the second response must have the headers ${quote(expected)}, got ${
          quote(found)
        }`;
    },
  ),
  {
    id: "application/same-body",
    spec: "app-repeatable",
    title: "The same GET gets a body each time, if it gets one the first time",
    async run(client, target): Promise<void> {
      await client.again();
      const { first, now } = await client.again();
      if (client.problems.length > 0 || first.body.length === 0) return;
      if (now.code === first.code && now.body.length === 0) {
        client.fail(
          { target },
          `a later response must have a body like the first, of ${first.body.length} bytes, got none`,
        );
      }
    },
  },
  {
    id: "application/interleaved",
    spec: "app-repeatable",
    title: "Twenty simultaneous requests get complete responses",
    async run(client, target): Promise<void> {
      const requests = Array.from(
        { length: INTERLEAVED },
        (_, i) => ({ target: numbered(target, i) }),
      );
      await Promise.all(
        requests.map((request, i) =>
          client.send(request, { mode: { isSlow: i % 2 === 0 } })
        ),
      );
    },
  },
  {
    id: "application/interleaved-same",
    spec: "app-repeatable",
    title: "Simultaneous requests get the same responses as single ones",
    async run(client, target): Promise<string | void> {
      const targets = Array.from(
        { length: DIFFERENT },
        (_, i) => numbered(target, i),
      );
      const alone: RequestOutcome[] = [];
      for (const target of [...targets, ...targets]) {
        alone.push(await client.send({ target }));
      }
      if (client.problems.length > 0) return;
      const isStable = targets.every((_, i) => {
        const [one, other] = [alone[i]!, alone[i + DIFFERENT]!];
        return one.code === other.code && isSame(one.body, other.body) &&
          !one.hasLeft;
      });
      if (!isStable) return "the responses to single requests differ too";
      const together = await Promise.all(
        Array.from(
          { length: INTERLEAVED },
          (_, i) =>
            client.send({ target: targets[i % DIFFERENT]! }, {
              mode: { isSlow: i % 2 === 0 },
            }),
        ),
      );
      together.forEach(({ request, code, body }, i) => {
        const expected = alone[i % DIFFERENT]!;
        if (code !== expected.code) {
          client.fail(
            request,
            `the status must be ${expected.code} as for a single request, got ${code}`,
          );
        } else if (!isSame(body, expected.body)) {
          client.fail(
            request,
            "the body must be the same as for a single request, got a different one",
          );
        }
      });
    },
  },
];

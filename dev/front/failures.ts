/**
 * Describes the failures of the application for the terminal and for pages.
 *
 * @module
 */

import { readExcerpt } from "../../middleware/source_excerpt.ts";
import type { SourcePlace } from "../../wsgi/source_place.ts";
import type { Failure } from "../application_state.ts";
import type { DescribedError } from "../conversation.ts";
import type { ApplicationWorker } from "./application_worker.ts";

const UNCAUGHT_HINT =
  "Without the development server, this ends the program. Save a file to restart it.";

/** Returns the first place in an error, its cause or its errors. */
function placeOf(error: DescribedError): SourcePlace | undefined {
  const [frame] = error.frames;
  if (frame !== undefined) return frame;
  const behind = [error.cause, ...error.errors ?? []];
  for (const one of behind) {
    const place = one && placeOf(one);
    if (place !== undefined) return place;
  }
}

/**
 * Adds a hint and the lines around the place of the error.
 *
 * @param failure The failure, as the worker has reported it.
 */
export function completeFailure(failure: Failure): Failure {
  const place = placeOf(failure.error);
  const excerpt = failure.excerpt ?? (place && readExcerpt(place));
  return {
    ...(failure.during === "running" && { hint: UNCAUGHT_HINT }),
    ...failure,
    ...(excerpt !== undefined && { excerpt }),
  };
}

/**
 * Describes the failure of a worker that does not answer.
 *
 * @param worker The worker.
 * @param blockedAfter The time for which it has not answered, in milliseconds.
 */
export function describeBlocked(
  { exchanges, definition }: ApplicationWorker,
  blockedAfter: number,
): Failure {
  const requests = exchanges.slice(0, 5).map(({ recording }) =>
    `${recording.method} ${recording.target}`
  );
  const phase = requests.length === 0
    ? "while it was loading"
    : `while it was handling ${requests.join(", ")}`;
  return completeFailure({
    error: {
      name: "Blocked",
      message: `The application has blocked its thread for ${
        blockedAfter / 1_000
      } s, ${phase}`,
      frames: definition ? [definition] : [],
    },
    during: "blocked",
    hint: "Look for an endless loop. Saving a file ends it.",
  });
}

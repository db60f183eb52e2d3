/**
 * What is known at the end of a soak test, and what is to be said about it.
 *
 * @module
 */

/** What the server tells about itself. */
export interface Report {
  /** Bodies that were given to the server, and how many it has closed. */
  readonly bodies: { readonly made: number; readonly closed: number };
  /** Generators that were begun, and how many have ended. */
  readonly work: { readonly entered: number; readonly left: number };
  /** What a server must not do, and did. */
  readonly faults: readonly string[];
  /** Bytes of the process, and bytes that objects hold. */
  readonly memory: { readonly resident: number; readonly held: number };
}

/** How a soak test went. */
export interface Soak {
  /** How long it was, in seconds. */
  readonly seconds: number;
  /** How many requests were made. */
  readonly requests: number;
  /** Answers that were not as they should be; each in words. */
  readonly surprises: readonly string[];
  /** The server after the warm-up. */
  readonly before: Report;
  /** The server at the end. */
  readonly after: Report;
  /** What the server has printed when it was ended by an error. */
  readonly alarm: string | undefined;
  /** Whether the server was alive at the end. */
  readonly isAlive: boolean;
}

/** How much the memory may grow, as a part of what it was. */
const ALLOWED = 0.1;

/** The heap of a process takes some time to find its size, in seconds. */
const SETTLED = 120;
const ALLOWED_UNSETTLED = 0.6;

/** Where little is held, a part of it would be next to nothing. */
const NEGLIGIBLE = 1024 * 1024;

const MIB = 1024 * 1024;

function grows(before: number, after: number, allowed: number): boolean {
  return after - before > Math.max(before * allowed, NEGLIGIBLE);
}

function show(before: number, after: number): string {
  const growth = (after / before - 1) * 100;
  return `${(before / MIB).toFixed(1)} → ${(after / MIB).toFixed(1)} MiB (${
    growth < 0 ? "" : "+"
  }${growth.toFixed(1)} %)`;
}

/** Gives all that went wrong, in words. */
function findings(soak: Soak): string[] {
  const { before, after, alarm, surprises, isAlive } = soak;
  const found: string[] = [];
  if (!isAlive) found.push("the server has ended");
  if (alarm !== undefined) found.push(`the server has printed: ${alarm}`);
  const { made, closed } = after.bodies;
  if (made !== closed) found.push(`${made} bodies, ${closed} closed`);
  const { entered, left } = after.work;
  if (entered !== left) found.push(`${entered} generators, ${left} ended`);
  for (const list of [surprises, after.faults]) {
    if (list.length > 0) found.push(`${list.length} times like: ${list[0]}`);
  }
  const allowed = soak.seconds < SETTLED ? ALLOWED_UNSETTLED : ALLOWED;
  if (grows(before.memory.resident, after.memory.resident, allowed)) {
    found.push("the process grows");
  }
  if (grows(before.memory.held, after.memory.held, ALLOWED)) {
    found.push("objects pile up");
  }
  return found;
}

/**
 * Judges a soak test.
 *
 * @param soak How it went.
 * @returns Whether it went well, and the line that says so.
 */
export function judge(soak: Soak): { isGood: boolean; line: string } {
  const { before, after, requests, seconds } = soak;
  const found = findings(soak);
  const facts = [
    `${requests} requests in ${seconds} s`,
    `${after.bodies.made} bodies, ${after.bodies.closed} closed`,
    `process ${show(before.memory.resident, after.memory.resident)}`,
    `held ${show(before.memory.held, after.memory.held)}`,
  ].join(", ");
  const isGood = found.length === 0;
  return {
    isGood,
    line: isGood ? `ok: ${facts}` : `FAILED: ${found.join("; ")} (${facts})`,
  };
}

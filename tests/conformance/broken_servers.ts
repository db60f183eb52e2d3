/** The servers that the kit must see through. */

import { BODY } from "./broken/bodies.ts";
import { CALL } from "./broken/calls.ts";
import { CHUNKS } from "./broken/chunks.ts";
import { ENVIRON } from "./broken/environ.ts";
import { HANDLERS } from "./broken/handlers.ts";
import { INPUT } from "./broken/input.ts";
import { LIMITS } from "./broken/limits.ts";
import { REQUESTS } from "./broken/requests.ts";
import type { BrokenServer } from "./broken/server.ts";
import { START } from "./broken/start_response.ts";
import { WIRE } from "./broken/wire.ts";

/** Those that call applications wrongly. */
export const BROKEN_CALLS: readonly BrokenServer[] = [
  ...ENVIRON,
  ...INPUT,
  ...START,
  ...BODY,
  ...CALL,
];

/** Those that read requests or send responses wrongly. */
export const BROKEN_WIRES: readonly BrokenServer[] = [
  ...HANDLERS,
  ...WIRE,
  ...REQUESTS,
  ...CHUNKS,
  ...LIMITS,
];

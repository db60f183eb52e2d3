/**
 * The shared set: broken and sound programs, the same for every validator.
 *
 * What is broken in a case is one thing; everything else in it is right for all
 * of the validators. `cases.py` has the same programs in Python.
 *
 * @module
 */

import type { Cases } from "./case.ts";
import { BODIES, STREAMS } from "./cases/bodies.ts";
import { ENVIRONS } from "./cases/environs.ts";
import { HEADERS } from "./cases/headers.ts";
import { MESSAGES } from "./cases/messages.ts";
import { MIDDLEWARE, SERVERS } from "./cases/servers.ts";
import { STARTS } from "./cases/starts.ts";
export { SOUND } from "./cases/sound.ts";

/** Programs in which something is to be found. */
export const BROKEN: Cases = {
  ...STARTS,
  ...HEADERS,
  ...MESSAGES,
  ...BODIES,
  ...STREAMS,
  ...ENVIRONS,
  ...SERVERS,
  ...MIDDLEWARE,
};

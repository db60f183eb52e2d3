/**
 * All cases for applications, in their order.
 *
 * @module
 */

import { BODY_CASES } from "./request_bodies.ts";
import type { ApplicationCase } from "./case.ts";
import { HEADER_CASES } from "./request_headers.ts";
import { LEAVING_CASES } from "./leaving.ts";
import { METHOD_CASES } from "./methods.ts";
import { NOTHING_LEFT } from "./nothing_left.ts";
import { REPEATED_CASES } from "./repeated.ts";
import { TARGET_CASES } from "./targets.ts";
import { VARIABLE_CASES } from "./variables.ts";

/** The cases. */
export const APPLICATION_CASES: readonly ApplicationCase[] = [
  ...METHOD_CASES,
  ...TARGET_CASES,
  ...HEADER_CASES,
  ...VARIABLE_CASES,
  ...BODY_CASES,
  ...REPEATED_CASES,
  ...LEAVING_CASES,
  NOTHING_LEFT,
];

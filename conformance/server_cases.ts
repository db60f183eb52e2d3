/**
 * All cases for servers, in the order in which they are run.
 *
 * @module
 */

import { BODY_CASES } from "./cases/body.ts";
import { CLOSE_CASES } from "./cases/close.ts";
import { CONNECTION_CASES } from "./cases/connection.ts";
import { ENVIRON_CASES } from "./cases/environ.ts";
import { ERROR_CASES } from "./cases/errors.ts";
import { FILE_WRAPPER_CASES } from "./cases/file_wrapper.ts";
import { INPUT_CASES } from "./cases/input.ts";
import { BODILESS_CASES, LENGTH_CASES } from "./cases/length.ts";
import { HEADER_CASES, REFUSED_CASES } from "./cases/request_headers.ts";
import { RESPONSE_CASES } from "./cases/response.ts";
import { START_CASES } from "./cases/start_response.ts";
import { TARGET_CASES } from "./cases/target.ts";
import { WRITE_CASES } from "./cases/write.ts";
import type { ServerCase } from "./server_case.ts";

/** All cases for servers, in the order in which they are run. */
export const SERVER_CASES: readonly ServerCase[] = [
  ...ENVIRON_CASES,
  ...TARGET_CASES,
  ...HEADER_CASES,
  ...REFUSED_CASES,
  ...INPUT_CASES,
  ...START_CASES,
  ...RESPONSE_CASES,
  ...WRITE_CASES,
  ...BODY_CASES,
  ...LENGTH_CASES,
  ...BODILESS_CASES,
  ...CLOSE_CASES,
  ...FILE_WRAPPER_CASES,
  ...ERROR_CASES,
  ...CONNECTION_CASES,
];

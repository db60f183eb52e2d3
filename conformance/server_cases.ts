/**
 * All cases for servers, in the order in which they are run.
 *
 * @module
 */

import { BODILESS_CASES } from "./cases/bodiless.ts";
import { BODY_CASES } from "./cases/body.ts";
import { BODY_FLOW_CASES } from "./cases/body_flow.ts";
import { CHUNK_CASES } from "./cases/chunks.ts";
import { CLOSE_CASES } from "./cases/close.ts";
import { CLOSE_ENDING_CASES } from "./cases/close_endings.ts";
import { CLOSE_LEFT_CASES } from "./cases/close_left.ts";
import { CONNECTION_END_CASES } from "./cases/connection_ends.ts";
import { CONNECTION_REQUEST_CASES } from "./cases/connection_requests.ts";
import { CONNECTION_CASES } from "./cases/connection.ts";
import { ENVIRON_CASES } from "./cases/environ.ts";
import { ENVIRON_REQUEST_CASES } from "./cases/environ_request.ts";
import { ERROR_CASES } from "./cases/errors.ts";
import { FILE_WRAPPER_CASES } from "./cases/file_wrapper.ts";
import { INPUT_ARRIVAL_CASES } from "./cases/input_arrival.ts";
import { INPUT_LINE_CASES } from "./cases/input_lines.ts";
import { INPUT_READ_CASES } from "./cases/input_read.ts";
import { LENGTH_CASES } from "./cases/length.ts";
import { LIMIT_CASES } from "./cases/limits.ts";
import { REFUSED_CASES } from "./cases/refused.ts";
import { REFUSED_HEAD_CASES } from "./cases/refused_head.ts";
import { HEADER_CASES } from "./cases/request_headers.ts";
import { RESPONSE_CASES } from "./cases/response.ts";
import { START_HEADERS_CASES } from "./cases/start_headers.ts";
import { START_REFUSED_CASES } from "./cases/start_refused.ts";
import { START_CASES } from "./cases/start_response.ts";
import { TARGET_CASES } from "./cases/target.ts";
import { WRITE_CASES } from "./cases/write.ts";
import type { ServerCase } from "./server_case.ts";

/** All cases for servers, in the order in which they are run. */
export const SERVER_CASES: readonly ServerCase[] = [
  ...ENVIRON_CASES,
  ...ENVIRON_REQUEST_CASES,
  ...TARGET_CASES,
  ...HEADER_CASES,
  ...REFUSED_CASES,
  ...REFUSED_HEAD_CASES,
  ...INPUT_READ_CASES,
  ...INPUT_LINE_CASES,
  ...INPUT_ARRIVAL_CASES,
  ...CHUNK_CASES,
  ...START_REFUSED_CASES,
  ...START_CASES,
  ...START_HEADERS_CASES,
  ...RESPONSE_CASES,
  ...WRITE_CASES,
  ...BODY_CASES,
  ...BODY_FLOW_CASES,
  ...LENGTH_CASES,
  ...BODILESS_CASES,
  ...CLOSE_ENDING_CASES,
  ...CLOSE_CASES,
  ...CLOSE_LEFT_CASES,
  ...FILE_WRAPPER_CASES,
  ...ERROR_CASES,
  ...CONNECTION_CASES,
  ...CONNECTION_REQUEST_CASES,
  ...CONNECTION_END_CASES,
  ...LIMIT_CASES,
];

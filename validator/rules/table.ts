/**
 * All rules, by the moment at which they are applied.
 *
 * @module
 */

import type {
  BufferView,
  ChangeView,
  ChunkView,
  ClosingView,
  DetachView,
  IteratorView,
  LengthView,
  OpenView,
  ResultView,
  ReturnView,
  ReuseView,
  StoppedView,
  WrappedView,
} from "../views/body_views.ts";
import type {
  AwaitedView,
  CallableView,
  CallView,
  FailedView,
  HeadView,
  SignalView,
  StartedView,
  StartView,
  WrapView,
  WriteView,
  WrittenView,
} from "../views/call_views.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { PairView } from "../views/middleware_view.ts";
import type { StateView } from "../views/request_state.ts";
import type {
  ErrorsThrownView,
  ErrorsView,
  InputMemoryView,
  InputResultView,
  InputView,
} from "../views/stream_views.ts";
import { ARGUMENT_RULES, CALLABLE_RULES } from "./application.ts";
import { RETURN_RULES } from "./body.ts";
import {
  BODY_LENGTH_RULES,
  END_RULES,
  NO_CONTENT_RULES,
} from "./body_length.ts";
import { ITERATOR_RULES, RESULT_RULES, STOPPED_RULES } from "./body_result.ts";
import { BUFFER_RULES, CHUNK_RULES, MEMORY_RULES } from "./chunk.ts";
import { CHANGE_RULES, DETACH_RULES, REUSE_RULES } from "./chunk_changes.ts";
import { CLOSING_RULES, OPEN_RULES } from "./close.ts";
import { ENVIRON_EXTENSION_RULES } from "./environ_extensions.ts";
import { ENVIRON_HEADER_RULES } from "./environ_headers.ts";
import { ENVIRON_INTERFACE_RULES } from "./environ_interface.ts";
import { ENVIRON_OBJECT_RULES } from "./environ_object.ts";
import { ENVIRON_PATH_RULES } from "./environ_path.ts";
import { ENVIRON_QUERY_RULES } from "./environ_query.ts";
import { ENVIRON_PRESENT_RULES } from "./environ_present.ts";
import { ENVIRON_SERVER_RULES } from "./environ_server.ts";
import { ENVIRON_VARIABLE_RULES } from "./environ_variables.ts";
import { ERRORS_RULES, ERRORS_THROWN_RULES } from "./errors.ts";
import { WRAP_RULES, WRAPPED_RULES } from "./file_wrapper.ts";
import { SIGNAL_RULES } from "./signal.ts";
import { HEADER_NAME_RULES } from "./headers_names.ts";
import {
  HEADER_SHAPE_RULES,
  HEADER_SIZE_RULES,
  LEAVING_RULES,
} from "./headers_shape.ts";
import { HEADER_LENGTH_RULES, HEADER_VALUE_RULES } from "./headers_values.ts";
import {
  HTTP_CODING_RULES,
  HTTP_CONTENT_RULES,
  HTTP_END_RULES,
} from "./http_content.ts";
import { HTTP_FIELD_RULES } from "./http_fields.ts";
import { HTTP_SINGLE_RULES } from "./http_single.ts";
import { HTTP_STATUS_RULES } from "./http_status.ts";
import { HTTP_UNASKED_RULES } from "./http_asked.ts";
import { HTTP_RANGE_RULES } from "./http_ranges.ts";
import { HTTP_COOKIE_RULES } from "./http_cookies.ts";
import { INPUT_RULES } from "./input.ts";
import { INPUT_MEMORY_RULES } from "./input_memory.ts";
import { INPUT_END_RULES, INPUT_RESULT_RULES } from "./input_results.ts";
import { NEXT_RULES, RETURNING_RULES, TAKE_RULES } from "./iteration.ts";
import { MIDDLEWARE_RULES } from "./middleware.ts";
import { MIDDLEWARE_BODY_RULES } from "./middleware_body.ts";
import { FAILED_RULES } from "./other_interface.ts";
import type { Rule } from "./rule.ts";
import {
  GOING_ON_RULES,
  START_RULES,
  STARTED_RULES,
} from "./start_response.ts";
import { STATUS_RULES } from "./status.ts";
import { AWAITED_RULES, WRITE_RULES, WRITTEN_RULES } from "./write.ts";

type Rules<View> = readonly Rule<View>[];

/**
 * The rules by moment, with their views.
 *
 * At each moment the first error is thrown, so general rules come first.
 */
export class RuleTable {
  /** An application is given to `validator()`. */
  readonly callable: Rules<CallableView> = CALLABLE_RULES;

  // The server calls the application.
  readonly call: Rules<CallView> = ARGUMENT_RULES;
  readonly environ: Rules<EnvironView> = [
    ...ENVIRON_OBJECT_RULES,
    ...ENVIRON_PRESENT_RULES,
    ...ENVIRON_VARIABLE_RULES,
    ...ENVIRON_SERVER_RULES,
    ...ENVIRON_PATH_RULES,
    ...ENVIRON_QUERY_RULES,
    ...ENVIRON_HEADER_RULES,
    ...ENVIRON_INTERFACE_RULES,
    ...ENVIRON_EXTENSION_RULES,
  ];

  /** The application, or its result, has failed. */
  readonly failed: Rules<FailedView> = FAILED_RULES;

  // The application calls startResponse.
  readonly start: Rules<StartView> = START_RULES;
  readonly status: Rules<HeadView> = STATUS_RULES;
  readonly headers: Rules<HeadView> = [
    ...HEADER_SHAPE_RULES,
    ...HEADER_NAME_RULES,
    ...HEADER_VALUE_RULES,
    ...HEADER_LENGTH_RULES,
    ...HEADER_SIZE_RULES,
  ];
  /** Applied only if status and headers are well formed. */
  readonly http: Rules<HeadView> = [
    ...HTTP_STATUS_RULES,
    ...HTTP_RANGE_RULES,
    ...HTTP_UNASKED_RULES,
    ...HTTP_CONTENT_RULES,
    ...HTTP_SINGLE_RULES,
    ...HTTP_COOKIE_RULES,
    ...HTTP_FIELD_RULES,
  ];
  /** The server's startResponse has returned or thrown. */
  readonly started: Rules<StartedView> = STARTED_RULES;

  // The application calls write().
  readonly write: Rules<WriteView> = [...WRITE_RULES, ...LEAVING_RULES];
  readonly awaited: Rules<AwaitedView> = AWAITED_RULES;
  readonly written: Rules<WrittenView> = WRITTEN_RULES;

  /** The application calls `wsgiref.signal`. */
  readonly signal: Rules<SignalView> = SIGNAL_RULES;

  // The application calls `wsgi.file_wrapper`, which then returns.
  readonly wrap: Rules<WrapView> = WRAP_RULES;
  readonly wrapped: Rules<WrappedView> = WRAPPED_RULES;

  // The application has returned, and the server iterates over the body.
  readonly return: Rules<ReturnView> = RETURN_RULES;
  readonly take: Rules<StateView> = TAKE_RULES;
  readonly iterator: Rules<IteratorView> = ITERATOR_RULES;
  readonly next: Rules<StateView> = NEXT_RULES;
  readonly result: Rules<ResultView> = RESULT_RULES;

  // A chunk was yielded or written.
  readonly chunk: Rules<ChunkView> = [
    ...CHUNK_RULES,
    ...GOING_ON_RULES,
    ...LEAVING_RULES,
  ];
  readonly bytes: Rules<ChunkView> = [
    ...MEMORY_RULES,
    ...NO_CONTENT_RULES,
    ...HTTP_CODING_RULES,
  ];
  readonly length: Rules<LengthView> = BODY_LENGTH_RULES;
  readonly change: Rules<ChangeView> = CHANGE_RULES;
  readonly reuse: Rules<ReuseView> = REUSE_RULES;
  readonly detach: Rules<DetachView> = DETACH_RULES;
  readonly buffer: Rules<BufferView> = BUFFER_RULES;

  // The body ends, is stopped, or is closed.
  readonly end: Rules<StateView> = [
    ...END_RULES,
    ...GOING_ON_RULES,
    ...LEAVING_RULES,
    ...HTTP_END_RULES,
  ];
  readonly returning: Rules<StateView> = RETURNING_RULES;
  readonly stopped: Rules<StoppedView> = STOPPED_RULES;
  readonly closing: Rules<ClosingView> = CLOSING_RULES;
  /** A request was never closed. */
  readonly open: Rules<OpenView> = OPEN_RULES;

  // The application uses wsgi.input and wsgi.errors.
  readonly input: Rules<InputView> = INPUT_RULES;
  readonly inputResult: Rules<InputResultView> = INPUT_RESULT_RULES;
  readonly inputEnd: Rules<InputResultView> = INPUT_END_RULES;
  readonly inputMemory: Rules<InputMemoryView> = INPUT_MEMORY_RULES;
  readonly errors: Rules<ErrorsView> = ERRORS_RULES;
  readonly errorsThrown: Rules<ErrorsThrownView> = ERRORS_THROWN_RULES;

  /** Something happens between two layers. */
  readonly middleware: Rules<PairView> = [
    ...MIDDLEWARE_RULES,
    ...MIDDLEWARE_BODY_RULES,
  ];
}

/** The rules by moment. */
export const TABLE: RuleTable = new RuleTable();

/** All rules, each once; some are applied at several moments. */
export const RULES: readonly Rule<never>[] = [
  ...new Set<Rule<never>>(Object.values<Rules<never>>({ ...TABLE }).flat()),
];

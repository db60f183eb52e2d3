/**
 * All rules, by the moment at which they are applied.
 *
 * @module
 */

import { ARGUMENT_RULES, CALLABLE_RULES } from "./application.ts";
import { RETURN_RULES } from "./body.ts";
import { CONTENT_RULES, END_RULES, LENGTH_RULES } from "./body_length.ts";
import { ITERATOR_RULES, RESULT_RULES, STOPPED_RULES } from "./body_result.ts";
import {
  BUFFER_RULES,
  CHANGE_RULES,
  CHUNK_RULES,
  DETACH_RULES,
  MEMORY_RULES,
} from "./chunk.ts";
import { CLOSING_RULES, OPEN_RULES } from "./close.ts";
import { ENVIRON_RULES } from "./environ.ts";
import { ERRORS_RULES, ERRORS_THROWN_RULES } from "./errors.ts";
import { WRAP_RULES } from "./file_wrapper.ts";
import { HEADER_RULES, LEAVING_RULES } from "./headers.ts";
import { CONTENT_END_RULES, HTTP_RULES } from "./http.ts";
import { INPUT_RULES } from "./input.ts";
import { INPUT_MEMORY_RULES, INPUT_RESULT_RULES } from "./input_results.ts";
import { NEXT_RULES, TAKE_RULES } from "./iteration.ts";
import type { Layer } from "../context.ts";
import { MIDDLEWARE_RULES } from "./middleware.ts";
import type { PairView } from "../views/middleware_view.ts";
import type { ActiveRule, Rule } from "./rule.ts";
import {
  GOING_ON_RULES,
  START_RULES,
  STARTED_RULES,
} from "./start_response.ts";
import { STATUS_RULES } from "./status.ts";
import type {
  AwaitedView,
  BufferView,
  CallableView,
  CallView,
  ChangeView,
  ChunkView,
  ClosingView,
  EndView,
  EnvironView,
  ErrorsThrownView,
  ErrorsView,
  HeadView,
  InputMemoryView,
  InputResultView,
  InputView,
  IterationView,
  IteratorView,
  LengthView,
  OpenView,
  ResultView,
  ReturnView,
  StartedView,
  StartView,
  StateView,
  StoppedView,
  WrapView,
  WriteView,
  WrittenView,
} from "../views/body_views.ts";
import { AWAITED_RULES, WRITE_RULES, WRITTEN_RULES } from "./write.ts";

/** What the rules of each moment look at. */
interface Moments {
  readonly callable: CallableView;
  readonly call: CallView;
  readonly environ: EnvironView;
  readonly start: StartView;
  readonly status: HeadView;
  readonly headers: HeadView;
  readonly http: HeadView;
  readonly started: StartedView;
  readonly write: WriteView;
  readonly awaited: AwaitedView;
  readonly written: WrittenView;
  readonly wrap: WrapView;
  readonly return: ReturnView;
  readonly take: IterationView;
  readonly iterator: IteratorView;
  readonly next: IterationView;
  readonly result: ResultView;
  readonly chunk: ChunkView;
  readonly bytes: ChunkView;
  readonly length: LengthView;
  readonly change: ChangeView;
  readonly detach: StateView;
  readonly buffer: BufferView;
  readonly end: EndView;
  readonly stopped: StoppedView;
  readonly closing: ClosingView;
  readonly open: OpenView;
  readonly input: InputView;
  readonly inputResult: InputResultView;
  readonly inputMemory: InputMemoryView;
  readonly errors: ErrorsView;
  readonly errorsThrown: ErrorsThrownView;
  readonly middleware: PairView;
}

/** The rules by moment. */
const TABLE: {
  readonly [Moment in keyof Moments]: readonly Rule<Moments[Moment]>[];
} = {
  callable: CALLABLE_RULES,
  call: ARGUMENT_RULES,
  environ: ENVIRON_RULES,
  start: START_RULES,
  status: STATUS_RULES,
  headers: HEADER_RULES,
  http: HTTP_RULES,
  started: STARTED_RULES,
  write: [...WRITE_RULES, ...LEAVING_RULES],
  awaited: AWAITED_RULES,
  written: WRITTEN_RULES,
  wrap: WRAP_RULES,
  return: RETURN_RULES,
  take: TAKE_RULES,
  iterator: ITERATOR_RULES,
  next: NEXT_RULES,
  result: RESULT_RULES,
  chunk: [...CHUNK_RULES, ...GOING_ON_RULES, ...LEAVING_RULES],
  bytes: [...MEMORY_RULES, ...CONTENT_RULES],
  length: LENGTH_RULES,
  change: CHANGE_RULES,
  detach: DETACH_RULES,
  buffer: BUFFER_RULES,
  end: [
    ...END_RULES,
    ...GOING_ON_RULES,
    ...LEAVING_RULES,
    ...CONTENT_END_RULES,
  ],
  stopped: STOPPED_RULES,
  closing: CLOSING_RULES,
  open: OPEN_RULES,
  input: INPUT_RULES,
  inputResult: INPUT_RESULT_RULES,
  inputMemory: INPUT_MEMORY_RULES,
  errors: ERRORS_RULES,
  errorsThrown: ERRORS_THROWN_RULES,
  middleware: MIDDLEWARE_RULES,
};

/** The rules of one layer, by the moment at which they are applied. */
export type ActiveRules = {
  readonly [Moment in keyof Moments]: readonly ActiveRule<Moments[Moment]>[];
};

/** All rules, each once; some are applied at several moments. */
export const RULES: readonly Rule<never>[] = [
  ...new Set<Rule<never>>(Object.values(TABLE).flat()),
];

/**
 * Picks the rules that a layer applies.
 *
 * @param layer The layer.
 * @returns Its rules by moment.
 */
export function activate(layer: Layer): ActiveRules {
  return {
    callable: layer.select(TABLE.callable),
    call: layer.select(TABLE.call),
    environ: layer.select(TABLE.environ),
    start: layer.select(TABLE.start),
    status: layer.select(TABLE.status),
    headers: layer.select(TABLE.headers),
    http: layer.select(TABLE.http),
    started: layer.select(TABLE.started),
    write: layer.select(TABLE.write),
    awaited: layer.select(TABLE.awaited),
    written: layer.select(TABLE.written),
    wrap: layer.select(TABLE.wrap),
    return: layer.select(TABLE.return),
    take: layer.select(TABLE.take),
    iterator: layer.select(TABLE.iterator),
    next: layer.select(TABLE.next),
    result: layer.select(TABLE.result),
    chunk: layer.select(TABLE.chunk),
    bytes: layer.select(TABLE.bytes),
    length: layer.select(TABLE.length),
    change: layer.select(TABLE.change),
    detach: layer.select(TABLE.detach),
    buffer: layer.select(TABLE.buffer),
    end: layer.select(TABLE.end),
    stopped: layer.select(TABLE.stopped),
    closing: layer.select(TABLE.closing),
    open: layer.select(TABLE.open),
    input: layer.select(TABLE.input),
    inputResult: layer.select(TABLE.inputResult),
    inputMemory: layer.select(TABLE.inputMemory),
    errors: layer.select(TABLE.errors),
    errorsThrown: layer.select(TABLE.errorsThrown),
    middleware: layer.select(TABLE.middleware),
  };
}

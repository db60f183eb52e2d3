/**
 * All rules, by the moment at which they are applied.
 *
 * @module
 */

import { ARGUMENT_RULES, CALLABLE_RULES } from "./application.ts";
import { CHUNK_RULES, END_RULES, RESULT_RULES, RETURN_RULES } from "./body.ts";
import { CLOSE_RULES, ITERATION_RULES, OPEN_RULES } from "./close.ts";
import { ENVIRON_RULES } from "./environ.ts";
import { ERRORS_RULES } from "./errors.ts";
import { HEADER_RULES } from "./headers.ts";
import { INPUT_RESULT_RULES, INPUT_RULES } from "./input.ts";
import type { Layer } from "./layer.ts";
import type { ActiveRule, Rule } from "./rule.ts";
import { START_RULES, STARTED_RULES } from "./start_response.ts";
import { STATUS_RULES } from "./status.ts";
import type {
  CallableView,
  CallView,
  ChunkView,
  CloseView,
  EndView,
  EnvironView,
  ErrorsView,
  HeadView,
  InputResultView,
  InputView,
  IterationView,
  OpenView,
  ResultView,
  ReturnView,
  StartedView,
  StartView,
  WriteView,
} from "./views.ts";
import { WRITE_RULES } from "./write.ts";

/** What the rules of each moment look at. */
interface Moments {
  readonly callable: CallableView;
  readonly call: CallView;
  readonly environ: EnvironView;
  readonly start: StartView;
  readonly status: HeadView;
  readonly headers: HeadView;
  readonly started: StartedView;
  readonly write: WriteView;
  readonly return: ReturnView;
  readonly result: ResultView;
  readonly chunk: ChunkView;
  readonly end: EndView;
  readonly iteration: IterationView;
  readonly close: CloseView;
  readonly open: OpenView;
  readonly input: InputView;
  readonly inputResult: InputResultView;
  readonly errors: ErrorsView;
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
  started: STARTED_RULES,
  write: WRITE_RULES,
  return: RETURN_RULES,
  result: RESULT_RULES,
  chunk: CHUNK_RULES,
  end: END_RULES,
  iteration: ITERATION_RULES,
  close: CLOSE_RULES,
  open: OPEN_RULES,
  input: INPUT_RULES,
  inputResult: INPUT_RESULT_RULES,
  errors: ERRORS_RULES,
};

/** The rules of one layer, by the moment at which they are applied. */
export type ActiveRules = {
  readonly [Moment in keyof Moments]: readonly ActiveRule<Moments[Moment]>[];
};

/** All rules. */
export const RULES: readonly Rule<never>[] = Object.values(TABLE).flat();

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
    started: layer.select(TABLE.started),
    write: layer.select(TABLE.write),
    return: layer.select(TABLE.return),
    result: layer.select(TABLE.result),
    chunk: layer.select(TABLE.chunk),
    end: layer.select(TABLE.end),
    iteration: layer.select(TABLE.iteration),
    close: layer.select(TABLE.close),
    open: layer.select(TABLE.open),
    input: layer.select(TABLE.input),
    inputResult: layer.select(TABLE.inputResult),
    errors: layer.select(TABLE.errors),
  };
}

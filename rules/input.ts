/**
 * Rules about the use of wsgi.input.
 *
 * @module
 */

import type { Rule } from "./rule.ts";
import type { InputResultView, InputView } from "./views.ts";

/** Applied when the application uses wsgi.input. */
export const INPUT_RULES: readonly Rule<InputView>[] = [];

/** Applied to what a method of wsgi.input gave. */
export const INPUT_RESULT_RULES: readonly Rule<InputResultView>[] = [];

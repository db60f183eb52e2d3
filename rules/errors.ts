/**
 * Rules about the use of wsgi.errors.
 *
 * @module
 */

import type { Rule } from "./rule.ts";
import type { ErrorsView } from "./views.ts";

/** Applied when the application uses wsgi.errors. */
export const ERRORS_RULES: readonly Rule<ErrorsView>[] = [];

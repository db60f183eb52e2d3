/**
 * Rules about what HTTP demands of a response.
 *
 * @module
 */

import { CONTENT_RULES } from "./http_content.ts";
import { FIELD_RULES } from "./http_fields.ts";
import { SINGLE_RULES } from "./http_single.ts";
import { COMPANION_RULES, UNASKED_RULES } from "./http_status.ts";
import type { Rule } from "./rule.ts";
import type { HeadView } from "../views/body_views.ts";

export { CONTENT_END_RULES } from "./http_content.ts";

/** Applied to status and headers, once they are well formed. */
export const HTTP_RULES: readonly Rule<HeadView>[] = [
  ...COMPANION_RULES,
  ...UNASKED_RULES,
  ...CONTENT_RULES,
  ...SINGLE_RULES,
  ...FIELD_RULES,
];

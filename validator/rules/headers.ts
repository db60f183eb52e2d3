/**
 * Rules about the header list.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { NAME_RULES } from "./headers_names.ts";
import { SHAPE_RULES } from "./headers_shape.ts";
import { LENGTH_RULES, VALUE_RULES } from "./headers_values.ts";
import type { ResponseView } from "../views/response_view.ts";
import type { Rule } from "./rule.ts";
import type { HeadView, StateView } from "../views/body_views.ts";

const MAX_FIELD = 8 * 1024;
const MAX_SECTION = 16 * 1024;

function tooLarge({ fields, size }: ResponseView): string | undefined {
  // The one field can only be too large where the whole is.
  if (size <= MAX_FIELD) return undefined;
  const field = fields.find(({ name, value }) =>
    name.length + value.length > MAX_FIELD
  );
  if (field !== undefined) {
    return `${field.value.length} bytes in ${quote(field.name)}`;
  }
  return size > MAX_SECTION ? `${size} bytes in all` : undefined;
}

/** Applied to the second argument of startResponse. */
export const HEADER_RULES: readonly Rule<HeadView>[] = [
  ...SHAPE_RULES,
  ...NAME_RULES,
  ...VALUE_RULES,
  ...LENGTH_RULES,
  {
    id: "headers/size",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "header-size",
    title: "Headers should have at most 8 KiB each and 16 KiB together",
    why: "Many clients and proxies refuse a response with larger ones.",
    hint: "Keep the data on the server, or send it in the body",
    check: ({ response }) => tooLarge(response),
  },
];

/** Applied when status and headers leave: a chunk, a write() or the end. */
export const LEAVING_RULES: readonly Rule<StateView>[] = [
  {
    id: "headers/changed",
    severity: "warning",
    blame: "application",
    profile: "core",
    spec: "header-not-changed",
    title: "Headers should not be changed after startResponse was called",
    why: "The server has copied them, so the change has no effect.",
    hint: "Call startResponse when all the headers are known",
    check: ({ state: { headSent, response } }) =>
      headSent ? undefined : response?.takeChange(),
  },
];

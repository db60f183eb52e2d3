/**
 * Rules about the environ that a server hands to an application, all of them.
 *
 * @module
 */

import { ENVIRON_EXTENSION_RULES } from "./environ_extensions.ts";
import { ENVIRON_HEADER_RULES } from "./environ_headers.ts";
import { ENVIRON_INTERFACE_RULES } from "./environ_interface.ts";
import { ENVIRON_OBJECT_RULES } from "./environ_object.ts";
import { ENVIRON_PATH_RULES } from "./environ_path.ts";
import { ENVIRON_PRESENT_RULES } from "./environ_present.ts";
import { ENVIRON_SERVER_RULES } from "./environ_server.ts";
import { ENVIRON_VARIABLE_RULES } from "./environ_variables.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { Rule } from "./rule.ts";

/**
 * Applied when the server calls the application. The first that is broken is
 * the one that is thrown, so what is more general comes first.
 */
export const ENVIRON_RULES: readonly Rule<EnvironView>[] = [
  ...ENVIRON_OBJECT_RULES,
  ...ENVIRON_PRESENT_RULES,
  ...ENVIRON_VARIABLE_RULES,
  ...ENVIRON_SERVER_RULES,
  ...ENVIRON_PATH_RULES,
  ...ENVIRON_HEADER_RULES,
  ...ENVIRON_INTERFACE_RULES,
  ...ENVIRON_EXTENSION_RULES,
];

/**
 * A request and the variables that must come of it, as a case.
 *
 * @module
 */

import { expectEqual } from "../expect.ts";
import type { RequestParts, ServerCase } from "../server_case.ts";
import { environOf, tellEnviron } from "./fixtures.ts";

/** A request, and the variables that must come of it; `undefined` for none. */
export interface Asked {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  readonly parts: RequestParts;
  readonly expected: Readonly<Record<string, string | undefined>>;
}

/** Makes the case of a request. */
export function environCase(subject: string, asked: Asked): ServerCase {
  const { name, spec, title, parts, expected } = asked;
  return {
    id: `${subject}/${name}`,
    spec,
    title,
    app: tellEnviron,
    run: async (talk) => {
      const environ = await environOf(talk, parts);
      for (const [key, value] of Object.entries(expected)) {
        expectEqual(environ[key], value, key);
      }
    },
  };
}

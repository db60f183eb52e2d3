/**
 * What the tests of bodies have in common.
 *
 * @module
 */

import {
  type Application,
  type ResponseBody,
  type StartResponse,
  type ValidatedApplication,
  validator,
  type Violation,
} from "../../mod.ts";
import type { Profile } from "../../validator.ts";
import { createEnviron, type Loose } from "./scenario.ts";

/** The headers of the applications in the tests. */
export const TEXT = [["Content-Type", "text/plain"]] as const;

/** A startResponse that takes everything. */
export const startResponse: StartResponse = () => () => Promise.resolve();

/** One validator, with what it has found. */
export interface Validated {
  /** The application. */
  readonly app: ValidatedApplication;
  /** The violations, in order. */
  readonly found: Violation[];
  /** Calls the application for one request. */
  readonly call: (
    method?: string,
  ) => ResponseBody | Promise<ResponseBody>;
}

/** Validates an application that begins the response and returns a body. */
export function validate(
  app: (environ: Loose, startResponse: Loose) => Loose,
  options: { throws?: boolean; profile?: Profile } = {},
): Validated {
  const found: Violation[] = [];
  const validated = validator(app as Application, {
    ...options,
    onViolation: (violation) => void found.push(violation),
  });
  return {
    app: validated,
    found,
    call: (method = "GET") => {
      const environ = createEnviron();
      environ.REQUEST_METHOD = method;
      return validated(environ, startResponse);
    },
  };
}

/** Validates an application that returns a body. */
export function returning(
  make: () => Loose,
  options: { throws?: boolean; profile?: Profile } = {},
): Validated {
  return validate((_environ, startResponse) => {
    startResponse("200 OK", TEXT);
    return make();
  }, options);
}

/** The ids of violations. */
export function idsOf(found: readonly Violation[]): string[] {
  return found.map(({ rule }) => rule);
}

/** Validates an application that wraps a file, and calls it for one request. */
export function wrapping(
  wrap: (file: Loose) => unknown,
  file: Loose = { read: () => null },
  options: { throws?: boolean; headers?: readonly unknown[] } = {},
): { readonly body: Loose } & Omit<Validated, "call"> {
  const { headers = TEXT, ...others } = options;
  const { app, found } = validate((environ, startResponse) => {
    startResponse("200 OK", headers);
    return environ["wsgi.file_wrapper"](file);
  }, others);
  const environ: Loose = createEnviron();
  environ["wsgi.file_wrapper"] = wrap;
  return { app, found, body: app(environ, startResponse) };
}

/**
 * What one program of the shared set is, and what most of them are made of.
 *
 * @module
 */

import { RequestInput } from "../../gateway/input/input_stream.ts";
import type { HeaderTuple } from "../../mod.ts";
import type { Loose, Scenario } from "../../tests/validator/scenario.ts";

/** One program, broken or sound. What it leaves out is correct. */
export interface Case extends Scenario {
  /** What is the matter with it, in a few words. */
  readonly title: string;
  /** The rows of the table of checks that it is about. */
  readonly rows: readonly string[];
  /** Why this validator says otherwise than it should, where that is meant. */
  readonly exception?: string;
}

/** Programs by id. `cases.py` has the same ids. */
export type Cases = Readonly<Record<string, Case>>;

/** An application. */
type App = NonNullable<Scenario["app"]>;

/** A content type that is always right. */
export const TEXT: HeaderTuple = ["Content-Type", "text/plain"];

/** Makes bytes of text. */
export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A chunk. */
export const HELLO: Uint8Array = toBytes("Hello world!\n");

/**
 * Makes an application that answers the same to everyone.
 *
 * @param status The status.
 * @param headers The headers.
 * @param body The body.
 * @returns The application.
 */
export function reply(
  status: Loose = "200 OK",
  headers: Loose = [TEXT],
  body: Loose = [HELLO],
): App {
  return (_environ, startResponse) => {
    startResponse(status, headers);
    return body;
  };
}

/**
 * Makes an application that sends one header more than a content type.
 *
 * @param name The name.
 * @param value The value.
 * @returns The application.
 */
export function header(name: Loose, value: Loose): App {
  return reply("200 OK", [TEXT, [name, value]]);
}

/**
 * Makes an application that returns something, rightly started.
 *
 * @param body What it returns.
 * @returns The application.
 */
export function returning(body: Loose): App {
  return reply("200 OK", [TEXT], body);
}

/**
 * Makes what changes an environ.
 *
 * @param variables The variables to set; `undefined` takes one away.
 * @returns A function for {@linkcode Scenario.environ}.
 */
export function variables(
  variables: Readonly<Record<string, unknown>>,
): (environ: Loose) => void {
  return (environ) => {
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) delete environ[name];
      else environ[name] = value;
    }
  };
}

/** Makes the request a conditional one. */
export const conditional: (environ: Loose) => void = variables({
  HTTP_IF_NONE_MATCH: '"1"',
});

/** A startResponse that takes everything. */
export function startServerResponse(): () => Promise<void> {
  return () => Promise.resolve();
}

/**
 * Makes a wsgi.input of which some members are not as they should be.
 *
 * @param members Those members.
 * @returns The stream, without any bytes.
 */
export function inputWith(members: Loose): Loose {
  return Object.assign(new RequestInput(() => null), members);
}

/**
 * Runs programs that break a rule, and programs that follow it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  type Application,
  type Environ,
  type Middleware,
  setupTestingDefaults,
  type StartResponse,
  type ValidatedApplication,
  validator,
  type ValidatorOptions,
  type Violation,
} from "../../mod.ts";
import type { Profile } from "../../validator.ts";
import { runApplication, type Transport } from "../../gateway/mod.ts";
import { RequestInput } from "../../gateway/input/input_stream.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";

// Deliberate mistakes have no type: beginners make these.
// deno-lint-ignore no-explicit-any -- see above
export type Loose = any;

/** One request between a server and an application. */
export interface Scenario {
  /** The application; a correct one if it is left out. */
  readonly app?: (environ: Loose, startResponse: Loose) => Loose;
  /** A middleware between two validators. */
  readonly middleware?: (
    app: Loose,
  ) => (environ: Loose, startResponse: Loose) => Loose;
  /** Changes the environ before the call, or replaces it. */
  readonly environ?: (environ: Loose) => Loose;
  /** The body of the request. */
  readonly input?: string;
  /** Plays the server; a correct one if it is left out. */
  readonly server?: (app: Loose, environ: Loose) => Loose;
  /** Uses the validator in another way than for one request. */
  readonly validate?: (validate: Loose) => Loose;
}

/** Programs that break a rule and no other, and programs that break none. */
export interface Fixture {
  readonly bad?: readonly Scenario[];
  readonly good?: readonly Scenario[];
}

/** The fixtures of some rules, by id. */
export type Fixtures = Readonly<Record<string, Fixture>>;

/** A correct application, for scenarios about the server. */
export function helloApp(
  _environ: Environ,
  startResponse: StartResponse,
): Uint8Array[] {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode("Hello world!\n")];
}

/** A correct server: the algorithm of this package over a silent transport. */
export async function runServer(
  app: Application,
  environ: Environ,
): Promise<void> {
  const transport: Transport = {
    sendHead: () => {},
    write: () => {},
    end: () => {},
    abort: () => {},
  };
  await runApplication(app, environ, transport);
}

/** An environ as a server makes it, with a silent wsgi.errors. */
export function createEnviron(input?: string): Environ {
  const environ = setupTestingDefaults({
    SERVER_PROTOCOL: "HTTP/1.1",
    "wsgi.errors": new StderrStream(() => {}),
  });
  if (input !== undefined) {
    const bytes = new TextEncoder().encode(input);
    environ.REQUEST_METHOD = "POST";
    environ.CONTENT_LENGTH = String(bytes.byteLength);
    environ["wsgi.input"] = new RequestInput(
      () => ReadableStream.from([bytes]),
      { contentLength: bytes.byteLength },
    );
  }
  return environ;
}

/**
 * Runs a scenario and collects the findings of its validators.
 *
 * @param scenario The request and its participants.
 * @param options Options for every validator in it.
 * @returns The violations, in order. Errors are not thrown: with `throws` the
 * violations are the same, except that the first error is the last one.
 */
export async function runScenario(
  scenario: Scenario,
  options: ValidatorOptions & { profile?: Profile } = {},
): Promise<Violation[]> {
  const found: Violation[] = [];
  const validate = (app: unknown, name?: string): ValidatedApplication =>
    validator(app as Application, {
      throws: false,
      ...options,
      name,
      onViolation: (violation) => void found.push(violation),
    });
  if (scenario.validate !== undefined) {
    await scenario.validate(validate);
    return found;
  }
  let app: Application = validate(scenario.app ?? helloApp);
  if (scenario.middleware !== undefined) {
    const middleware: Middleware = scenario.middleware;
    app = validate(middleware(app), "outer");
  }
  const environ = createEnviron(scenario.input);
  const changed: Environ = scenario.environ?.(environ) ?? environ;
  const server = scenario.server ?? runServer;
  await server(app, changed);
  return found;
}

/** The found value in a message. */
export function foundIn(message: string): string {
  const got = message.slice(message.indexOf(", got ") + 6);
  return got.slice(0, got.lastIndexOf(" (rule "));
}

/** The findings in a scenario: rules, with the found values in the messages. */
export async function findingsIn(
  scenario: Scenario,
  options: Parameters<typeof runScenario>[1] = {},
): Promise<string[]> {
  const found = await runScenario(scenario, {
    profile: "paranoid",
    ...options,
  });
  return found.map(({ rule, message }) => `${rule}: ${foundIn(message)}`);
}

/** Asserts the findings: rules, or rules with the found values. */
export async function assertFinds(
  scenario: Scenario,
  expected: readonly string[],
  options: Parameters<typeof runScenario>[1] = {},
): Promise<void> {
  const lines = await findingsIn(scenario, options);
  const found = lines.map((line, index) =>
    expected[index]?.includes(": ") ? line : line.replace(/: .*/s, "")
  );
  assertEquals(found, expected);
}

/** Returns the text written to stderr until an action has run or settled. */
export async function stderrOf(action: () => unknown): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  Object.defineProperty(Deno.stderr, "writeSync", {
    value: (written: Uint8Array) => {
      text += decoder.decode(written);
      return written.byteLength;
    },
    configurable: true,
  });
  try {
    await action();
  } finally {
    Reflect.deleteProperty(Deno.stderr, "writeSync");
  }
  return text;
}

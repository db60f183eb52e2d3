/**
 * The type of a case for applications, and the client that sends its requests.
 *
 * @module
 */

import { describe, escapeControls } from "../../wsgi/describe.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import type { Application } from "../../wsgi/types.ts";
import type { Profile, RuleSetting } from "../../validator/rules/rule.ts";
import { ConformanceError } from "../../validator/conformance_error.ts";
import type { Violation } from "../../validator/violation.ts";
import type { Transcript } from "../report.ts";
import { type RequestOutcome, sendRequest } from "./send_request.ts";
import type { SendingMode } from "./sending_mode.ts";
import { type KitRequest, requestName } from "./request.ts";

/** One case: requests, and the expected behavior of an application. */
export interface ApplicationCase {
  /** Its id, such as `"application/head-like-get"`. */
  readonly id: string;
  /** The anchor of its requirement in SPEC.md. */
  readonly spec: string;
  /** The expected behavior, as a sentence. */
  readonly title: string;
  /** Whether it does not depend on a path, and runs only once. */
  readonly isOnce?: boolean | undefined;
  /**
   * Sends the requests and checks the responses.
   *
   * @param client Sends the requests and collects problems.
   * @param target A target that the application knows.
   * @returns The reason why nothing could be checked, if there is one.
   */
  run(client: ApplicationClient, target: string): Promise<string | void>;
}

/** The settings for all requests of one check. */
export interface ApplicationSettings {
  /** The application under test. */
  readonly app: Application;
  /** How long the application may be silent, in milliseconds. */
  readonly timeout: number;
  /** The severities of rules for the validator. */
  readonly rules: Readonly<Record<string, RuleSetting>>;
  /** The profile of the validator. */
  readonly profile: Profile;
  /** Additional variables for every request. */
  readonly environ: Readonly<Record<string, unknown>>;
  /** The first response to GET for each known target. */
  readonly answers: Map<string, RequestOutcome>;
  /** Known targets whose bodies are so long that the client leaves. */
  readonly long: Set<string>;
  /** Receives violations that are found after the end of the request. */
  readonly onLate: (violation: Violation) => void;
}

/** The special properties of one request. */
export interface Expectation {
  /** The behavior of the server. */
  readonly mode?: SendingMode | undefined;
  /** Whether a complete response is impossible because of the client. */
  readonly isClients?: boolean | undefined;
}

/**
 * Formats an error as one line.
 *
 * @param error The thrown value.
 * @returns Its name and the first line of its message.
 */
export function toLine(error: unknown): string {
  const text = error instanceof Error
    ? `${error.name}: ${error.message}`
    : describe(error);
  return escapeControls(text.split("\n", 1)[0] ?? "");
}

/**
 * Describes a violation and how to fix it.
 *
 * @param violation The violation that the validator found.
 * @returns Its message and hint.
 */
export function explain({ message, hint }: Violation): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

/** Sends the requests of one case and collects problems with the responses. */
export class ApplicationClient {
  /** The problems found so far. */
  readonly problems: string[] = [];
  /** The warnings of the validator. */
  readonly warnings: Violation[] = [];
  readonly #settings: ApplicationSettings;
  readonly #known: string;
  readonly #transcript: Transcript;

  /**
   * @param settings The settings for all requests.
   * @param known The known target on which all requests are based.
   * @param transcript Records the bytes sent and received.
   */
  constructor(
    settings: ApplicationSettings,
    known: string,
    transcript: Transcript,
  ) {
    this.#settings = settings;
    this.#known = known;
    this.#transcript = transcript;
  }

  /**
   * Adds a problem with a response.
   *
   * @param request The request with the problem.
   * @param problem What was expected and what was found, as one sentence.
   */
  fail(request: KitRequest, problem: string): void {
    const line = `${requestName(request)}: ${problem}`;
    if (!this.problems.includes(line)) this.problems.push(line);
  }

  /**
   * Sends a request and makes the checks that apply to every response: the
   * application must not fail, must follow the rules, and must send a complete
   * response in time.
   *
   * @param request The request to send.
   * @param expectation The special properties of the request.
   * @returns The outcome of the request.
   */
  async send(
    request: KitRequest,
    { mode = {}, isClients = false }: Expectation = {},
  ): Promise<RequestOutcome> {
    const { app, environ, long, answers: _, ...sending } = this.#settings;
    const full = { ...request, environ: { ...environ, ...request.environ } };
    // Waiting for the end of a long body once is enough.
    const isLong = long.has(this.#known) && mode.leaves === undefined;
    const result = await sendRequest(app, full, {
      ...sending,
      transcript: this.#transcript,
      mode: isLong ? { ...mode, leaves: "after chunk" } : mode,
    });
    if (result.hasLeft && !result.isHung && mode.leaves === undefined) {
      long.add(this.#known);
    }
    this.#judge(result, isClients || mode.leaves !== undefined);
    return result;
  }

  /**
   * Sends GET for the known target again.
   *
   * @returns The outcome of this request and of the first one.
   */
  async again(): Promise<{ first: RequestOutcome; now: RequestOutcome }> {
    const target = this.#known;
    const now = await this.send({ target });
    const { answers } = this.#settings;
    const first = answers.get(target) ?? now;
    answers.set(target, first);
    return { first, now };
  }

  #judge(result: RequestOutcome, isClients: boolean): void {
    const { request, violations, isHung } = result;
    for (const violation of violations) {
      if (violation.severity === "warning") {
        // The environ is unusual on purpose.
        if (violation.blame !== "server") this.warnings.push(violation);
      } else this.fail(request, explain(violation));
    }
    const isBroken = violations.some(({ severity }) => severity === "error");
    if (isHung) {
      this.fail(
        request,
        `the application must do something within ${this.#settings.timeout} ms, got nothing`,
      );
    } else if (!isBroken) this.#judgeAnswer(result, isClients);
  }

  #judgeAnswer(result: RequestOutcome, isClients: boolean): void {
    const { request, errors, status, code, isComplete, hasLeft } = result;
    // Consequences of a broken rule and of the client's behavior are not
    // reported.
    const failures = errors.filter((error) =>
      !(error instanceof ConformanceError) &&
      !(isClients && error instanceof RequestBodyError)
    );
    const [failure] = failures;
    if (failure !== undefined) {
      this.fail(
        request,
        `the application must not fail, got ${toLine(failure)}`,
      );
    } else if (isClients) {
      return;
    } else if (!isComplete && !hasLeft) {
      this.fail(
        request,
        "the response must be complete, got an incomplete one",
      );
    } else if (code === 500) {
      this.fail(
        request,
        `the response must not be an error, got ${describe(status)}`,
      );
    }
  }
}

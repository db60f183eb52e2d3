/**
 * What a case for applications is, and the client that sends its requests.
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

/** One case: requests, and what an application must do with them. */
export interface ApplicationCase {
  /** Its name, such as `"application/head-like-get"`. */
  readonly id: string;
  /** The anchor of its requirement in SPEC.md. */
  readonly spec: string;
  /** What is expected, as a sentence. */
  readonly title: string;
  /** Whether it has nothing to do with a path, and runs once. */
  readonly isOnce?: boolean | undefined;
  /**
   * Sends its requests.
   *
   * @param client Sends them, and keeps what is wrong.
   * @param target The target of a path that the application knows.
   * @returns Why there was nothing to look at, if so.
   */
  run(client: ApplicationClient, target: string): Promise<string | void>;
}

/** What holds for all requests of one check. */
export interface ApplicationSettings {
  /** The application under test. */
  readonly app: Application;
  /** How long it may be silent, in milliseconds. */
  readonly timeout: number;
  /** Settings of rules for the validator. */
  readonly rules: Readonly<Record<string, RuleSetting>>;
  /** How much the validator checks. */
  readonly profile: Profile;
  /** Further variables for every request. */
  readonly environ: Readonly<Record<string, unknown>>;
  /** The first answer to GET of each known target. */
  readonly answers: Map<string, RequestOutcome>;
  /** Known targets whose bodies take so long that the client leaves. */
  readonly long: Set<string>;
  /** Receives what the validator finds when its request is over. */
  readonly onLate: (violation: Violation) => void;
}

/** What a case expects of one answer. */
export interface Expectation {
  /** How the server behaves. */
  readonly mode?: SendingMode | undefined;
  /** Whether the client has made a whole answer impossible. */
  readonly isClients?: boolean | undefined;
}

/**
 * Puts an error into one line.
 *
 * @param error What was thrown.
 * @returns Its name and the first line of its message.
 */
export function toLine(error: unknown): string {
  const text = error instanceof Error
    ? `${error.name}: ${error.message}`
    : describe(error);
  return escapeControls(text.split("\n", 1)[0] ?? "");
}

/**
 * Says which rule was broken, and how to fix it.
 *
 * @param violation What the validator found.
 * @returns Its message and hint.
 */
export function explain({ message, hint }: Violation): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

/** Sends the requests of one case, and keeps what is wrong with the answers. */
export class ApplicationClient {
  /** What is wrong. */
  readonly problems: string[] = [];
  /** What the validator warned of. */
  readonly warnings: Violation[] = [];
  readonly #settings: ApplicationSettings;
  readonly #known: string;
  readonly #transcript: Transcript;

  /**
   * @param settings What holds for all requests.
   * @param known The known target that all requests are made of.
   * @param transcript Keeps what is sent and received.
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
   * Notes what is wrong with an answer.
   *
   * @param request The request.
   * @param problem What was expected and what was found.
   */
  fail(request: KitRequest, problem: string): void {
    const line = `${requestName(request)}: ${problem}`;
    if (!this.problems.includes(line)) this.problems.push(line);
  }

  /**
   * Sends a request and looks at what holds for every answer: the application
   * does not fail, keeps the rules, and answers whole and in time.
   *
   * @param request The request.
   * @param expectation What is special about it.
   * @returns What became of it.
   */
  async send(
    request: KitRequest,
    { mode = {}, isClients = false }: Expectation = {},
  ): Promise<RequestOutcome> {
    const { app, environ, long, answers: _, ...sending } = this.#settings;
    const full = { ...request, environ: { ...environ, ...request.environ } };
    // To wait for the end of such a body once is enough.
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
   * Sends the GET of the known target.
   *
   * @returns What became of it, and of the first of its kind.
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
        // The environ is odd on purpose.
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
    // Consequences of a broken rule, and what the client did, are not reported.
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
      this.fail(request, "the response must be complete, got a broken one");
    } else if (code === 500) {
      this.fail(
        request,
        `the response must not be an error, got ${describe(status)}`,
      );
    }
  }
}

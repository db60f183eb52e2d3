/**
 * Sends requests of the test client to the application, which the validator
 * wraps.
 *
 * @module
 */

import { ClientDisconnected } from "../gateway/cancellation.ts";
import { RequestInput } from "../gateway/input/input_stream.ts";
import { RequestBodyError } from "../gateway/input/request_body_error.ts";
import { runApplication } from "../gateway/run_application.ts";
import { RequestError } from "../http1/request_error.ts";
import type { ValidatorOptions } from "../validator/validator_options.ts";
import { validateWith } from "../validator/validator.ts";
import { ConformanceError } from "../validator/conformance_error.ts";
import type { Violation } from "../validator/violation.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { Application, Environ } from "../wsgi/types.ts";
import type { CookieJar } from "./cookie_jar.ts";
import { createTestEnviron, refusedResponse } from "./sent_request.ts";
import {
  hasHeader,
  type TestRequest,
  type TestRequestOptions,
  urlOf,
} from "./test_request.ts";
import { TestResponse } from "./test_response.ts";
import { CloseWatch, TestTransport } from "./test_transport.ts";

/** Options of {@linkcode TestClient}. */
export interface TestClientOptions {
  /**
   * Whether the validator checks the application, or the options of the
   * validator.
   *
   * @default {true}
   */
  validate?: boolean | ValidatorOptions | undefined;
  /**
   * Whether an error of the application rejects the promise of the request.
   * With `false`, the response is the one that a server would send.
   *
   * @default {true}
   */
  throws?: boolean | undefined;
  /**
   * Scheme, host and port of the simulated server.
   *
   * @default {"http://localhost"}
   */
  baseUrl?: string | URL | undefined;
  /**
   * The address of the client: `REMOTE_ADDR`.
   *
   * @default {"127.0.0.1"}
   */
  remoteAddress?: string | undefined;
  /** Additional environ variables for all requests. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Whether to follow redirects, or the maximum number of them; `true` means
   * 20. A redirect to another host is never followed.
   *
   * @default {false}
   */
  followRedirects?: boolean | number | undefined;
}

/** The parts of a request that select its cookies. */
interface CookieScope {
  readonly path: string;
  readonly host: string | undefined;
  readonly isSecure: boolean;
}

function scopeOf({ target }: TestRequest, url: string): CookieScope {
  const parsed = URL.parse(url);
  return {
    // The path as it was sent: parsing would resolve dot segments.
    path: target.startsWith("/")
      ? target.replace(/\?.*$/s, "")
      : parsed?.pathname ?? "/",
    host: parsed?.hostname,
    isSecure: /^https:/i.test(url),
  };
}

/** Sends requests to one application and keeps its cookies. */
export class ApplicationSender {
  readonly #app: Application;
  readonly #options: TestClientOptions;
  readonly #origin: URL;
  readonly #cookies: CookieJar;

  /**
   * @param app The application, without a validator.
   * @param options The options of the client.
   * @param origin Scheme, host and port of the simulated server.
   * @param cookies The cookies to send. Cookies of the responses are added.
   */
  constructor(
    app: Application,
    options: TestClientOptions,
    origin: URL,
    cookies: CookieJar,
  ) {
    this.#app = app;
    this.#options = options;
    this.#origin = origin;
    this.#cookies = cookies;
  }

  /**
   * Sends one request, without following redirects.
   *
   * @param redirects The earlier responses, which redirected to this request.
   * @returns The response.
   */
  async send(
    request: TestRequest,
    options: TestRequestOptions,
    redirects: readonly TestResponse[],
  ): Promise<TestResponse> {
    const transport = new TestTransport(options.onChunk);
    const written: string[] = [];
    const violations: Violation[] = [];
    const thrown: unknown[] = [];
    const watch = new CloseWatch();
    const app = watch.outside(this.#validated(watch, violations));
    const url = urlOf(request, this.#origin);
    const scope = scopeOf(request, url);
    let environ: Environ;
    try {
      environ = createTestEnviron(
        this.#withCookies(request, scope),
        this.#origin,
        this.#options.remoteAddress ?? "127.0.0.1",
        () => transport.cancellation.signal,
        {
          "wsgi.errors": new StderrStream((text) => void written.push(text)),
          ...this.#options.environ,
          ...options.environ,
        },
      );
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return refusedResponse(request, error, url, redirects);
    }
    // Read now, because the application may change its environ.
    const input = environ["wsgi.input"];
    const stop = transport.leaveOn(options.signal);
    try {
      await runApplication(app, environ, transport, {
        onError: (error) => void thrown.push(error),
      });
    } finally {
      stop();
      if (input instanceof RequestInput) input.release();
    }
    this.#rethrow(thrown, violations);
    const { head, chunks, isComplete } = transport;
    if (head === undefined) throw options.signal?.reason;
    for (const [name, value] of head.headers) {
      if (name.toLowerCase() === "set-cookie") {
        this.#cookies.receive(value, scope.path, scope);
      }
    }
    return new TestResponse({
      url,
      statusLine: head.status,
      headers: head.headers,
      chunks,
      complete: isComplete,
      closed: watch.closed,
      errors: written.join(""),
      violations,
      redirects: [...redirects],
    });
  }

  /** Returns the application with a new validator. */
  #validated(watch: CloseWatch, violations: Violation[]): Application {
    const { validate = true } = this.#options;
    const app = watch.inside(this.#app);
    if (validate === false) return app;
    const options = validate === true ? {} : validate;
    const onViolation = (violation: Violation): void => {
      violations.push(violation);
      options.onViolation?.(violation);
    };
    return validateWith(app, { ...options, onViolation }, {
      program: this.#app,
    });
  }

  /** Returns the request with its cookies. */
  #withCookies(request: TestRequest, scope: CookieScope): TestRequest {
    const { headers } = request;
    const { path, host, isSecure } = scope;
    const cookies = this.#cookies.headerFor(path, isSecure, host);
    return cookies === undefined || hasHeader(headers, "Cookie")
      ? request
      : { ...request, headers: [...headers, ["Cookie", cookies]] };
  }

  /**
   * Throws the first error of the application or, without one, the first broken
   * rule.
   */
  #rethrow(
    thrown: readonly unknown[],
    violations: readonly Violation[],
  ): void {
    const { throws, validate } = this.#options;
    if (throws === false) return;
    for (const error of thrown) {
      // An error of the client is not the application's.
      const isClients = error instanceof RequestBodyError ||
        error instanceof ClientDisconnected;
      if (isClients) continue;
      // It explains the error, which by itself does not name the mistake.
      const other = violations.find(({ rule }) =>
        rule === "application/other-interface"
      );
      if (other === undefined) throw error;
      throw Object.assign(new ConformanceError(other), { cause: error });
    }
    if (typeof validate === "object" && validate.throws === false) return;
    // An error handler may have caught the error, but the rule is still broken.
    const wrong = violations.find(({ severity }) => severity === "error");
    if (wrong !== undefined) throw new ConformanceError(wrong);
  }
}

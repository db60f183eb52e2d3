/**
 * Calls an application in a test, without a socket.
 *
 * ```ts
 * import { TestClient } from "@wsgi/ref/test-client";
 * import type { Application } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const echo: Application = async (environ, startResponse) => {
 *   const body = await environ["wsgi.input"].read();
 *   startResponse("200 OK", [["Content-Type", environ.CONTENT_TYPE ?? ""]]);
 *   return [body];
 * };
 *
 * const client = new TestClient(echo);
 * const response = await client.post("/", { json: { a: 1 } });
 * assertEquals(response.json(), { a: 1 });
 * ```
 *
 * @module
 */

import { ClientDisconnected } from "../gateway/cancellation.ts";
import { describe, quote } from "../wsgi/describe.ts";
import { createEnviron } from "../gateway/environ/environ.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import { RequestInput } from "../gateway/input/input_stream.ts";
import { RequestBodyError } from "../gateway/input/request_body_error.ts";
import {
  checkApplication,
  runApplication,
} from "../gateway/run_application.ts";
import type { Application, Environ } from "../wsgi/types.ts";
import type { ValidatorOptions } from "../validator/layer.ts";
import { validator } from "../validator/validator.ts";
import { ConformanceError, type Violation } from "../validator/violation.ts";
import { CookieJar } from "./cookie_jar.ts";
import { CloseWatch, TestTransport } from "./test_transport.ts";
import { nextStep, type Step } from "./test_redirect.ts";
import {
  type TestRequestOptions,
  toTestBody,
  toTestHeaders,
  toTestStream,
} from "./test_request.ts";
import { type TestOutcome, TestResponse } from "./test_response.ts";

export { CookieJar, type TestOutcome, type TestRequestOptions, TestResponse };

/** Options of {@linkcode TestClient}. */
export interface TestClientOptions {
  /**
   * Whether the validator is around the application, or with which options.
   *
   * @default {true}
   */
  validate?: boolean | ValidatorOptions | undefined;
  /**
   * Whether what the application throws is thrown to the test. If not, there is
   * the response that a server would send.
   *
   * @default {true}
   */
  throws?: boolean | undefined;
  /**
   * Scheme, host and port of the server that is played.
   *
   * @default {"http://localhost"}
   */
  baseUrl?: string | URL | undefined;
  /**
   * `REMOTE_ADDR`.
   *
   * @default {"127.0.0.1"}
   */
  remoteAddress?: string | undefined;
  /** Further variables of the environ, for all requests. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Whether redirects are followed, or how many; `true` stands for 20. One that
   * leads to another host is never followed.
   *
   * @default {false}
   */
  followRedirects?: boolean | number | undefined;
}

const MAX_REDIRECTS = 20;
function pathOf(target: string): string {
  return target.replace(/\?.*$/s, "");
}

function toOrigin(baseUrl: string | URL): URL {
  const url = URL.parse(baseUrl);
  const isWeb = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === null || !isWeb || url.href !== `${url.origin}/`) {
    throw new TypeError(
      `Cannot make the test client: baseUrl must be a scheme, a host and a port such as "http://localhost:8000", got ${
        describe(String(baseUrl))
      }`,
    );
  }
  return url;
}

/**
 * Calls an application without a socket: what WebTest's `TestApp` is to Python.
 *
 * A request goes through the same environ and the same algorithm as in the
 * servers of this package, with the validator around the application. What the
 * application throws fails the test, and so does a broken rule; `throws: false`
 * gives the 500 instead. Cookies are kept from one request to the next.
 *
 * @example A broken rule fails the test
 * ```ts
 * import { TestClient } from "@wsgi/ref/test-client";
 * import { ConformanceError } from "@wsgi/ref";
 * import { assertRejects } from "@std/assert";
 *
 * const client = new TestClient((_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return "Hello world!" as unknown as Uint8Array[];
 * });
 * await assertRejects(() => client.get("/"), ConformanceError, "body");
 * ```
 */
export class TestClient {
  /** The cookies that the application has set. */
  readonly cookies: CookieJar = new CookieJar();
  readonly #app: Application;
  readonly #options: TestClientOptions;
  readonly #origin: URL;

  /**
   * Makes a client.
   *
   * @param app The application to call.
   * @param options What to set.
   * @throws {TypeError} If `app` is not a function or an option is wrong.
   */
  constructor(app: Application, options: TestClientOptions = {}) {
    checkApplication(app);
    this.#app = app;
    this.#options = options;
    this.#origin = toOrigin(options.baseUrl ?? "http://localhost");
  }

  /**
   * Sends a GET.
   *
   * @param target The path, with a query if there is one.
   * @param options What the request carries.
   * @returns The response.
   */
  get(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("GET", target, options);
  }

  /**
   * Sends a POST.
   *
   * @param target The path, with a query if there is one.
   * @param options What the request carries.
   * @returns The response.
   */
  post(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("POST", target, options);
  }

  /**
   * Sends a PUT.
   *
   * @param target The path, with a query if there is one.
   * @param options What the request carries.
   * @returns The response.
   */
  put(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("PUT", target, options);
  }

  /**
   * Sends a PATCH.
   *
   * @param target The path, with a query if there is one.
   * @param options What the request carries.
   * @returns The response.
   */
  patch(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("PATCH", target, options);
  }

  /**
   * Sends a DELETE.
   *
   * @param target The path, with a query if there is one.
   * @param options What the request carries.
   * @returns The response.
   */
  delete(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("DELETE", target, options);
  }

  /**
   * Sends a HEAD.
   *
   * @param target The path, with a query if there is one.
   * @param options What the request carries.
   * @returns The response, without a body.
   */
  head(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("HEAD", target, options);
  }

  /**
   * Sends an OPTIONS.
   *
   * @param target The path, with a query if there is one.
   * @param options What the request carries.
   * @returns The response.
   */
  options(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("OPTIONS", target, options);
  }

  /**
   * Sends a request.
   *
   * @param method The method.
   * @param target The path as it stands in a request, with a query if there is
   * one. Nothing of it is changed: `"/a/../b%2F"` stays.
   * @param options What the request carries.
   * @returns The response. The promise rejects with what the application has
   * thrown, unless the client was made with `throws: false`; and with the
   * signal's reason if the client left before there was a status.
   * @throws {TypeError} If the target does not begin with a slash, or what the
   * request carries cannot be sent.
   */
  async request(
    method: string,
    target: string,
    options: TestRequestOptions = {},
  ): Promise<TestResponse> {
    if (typeof target !== "string" || !target.startsWith("/")) {
      throw new TypeError(
        `Cannot send the request: target must begin with "/", got ${
          describe(target)
        }`,
      );
    }
    const body = await toTestBody(options);
    const host = this.#origin.host;
    const headers = toTestHeaders(options.headers, body, method, host);
    let step: Step = { method, target, headers, body };
    const wanted = options.followRedirects ?? this.#options.followRedirects;
    const most = wanted === true ? MAX_REDIRECTS : Number(wanted ?? 0);
    const redirects: TestResponse[] = [];
    for (;;) {
      const response = await this.#send(step, options, redirects);
      const next = most > 0 ? nextStep(step, response) : undefined;
      if (next === undefined) return response;
      if (redirects.length === most) {
        throw new Error(
          `Cannot follow more than ${most} redirects: the last leads to ${
            quote(next.target)
          }`,
        );
      }
      redirects.push(response);
      step = next;
    }
  }

  async #send(
    step: Step,
    options: TestRequestOptions,
    redirects: readonly TestResponse[],
  ): Promise<TestResponse> {
    const transport = new TestTransport(options.onChunk);
    const written: string[] = [];
    const violations: Violation[] = [];
    const thrown: unknown[] = [];
    const watch = new CloseWatch();
    const app = watch.outside(this.#validated(watch, violations));
    const environ = this.#environ(step, options, transport, written);
    // Taken now: the application may change its environ.
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
        this.cookies.receive(value, pathOf(step.target));
      }
    }
    return new TestResponse({
      url: this.#origin.origin + step.target,
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

  /** The application with the validator, which is new for each request. */
  #validated(watch: CloseWatch, violations: Violation[]): Application {
    const { validate = true } = this.#options;
    const app = watch.inside(this.#app);
    if (validate === false) return app;
    const options = validate === true ? {} : validate;
    return validator(app, {
      ...options,
      onViolation: (violation) => {
        violations.push(violation);
        options.onViolation?.(violation);
      },
    });
  }

  #environ(
    { method, target, headers, body }: Step,
    options: TestRequestOptions,
    transport: TestTransport,
    written: string[],
  ): Environ {
    const { remoteAddress = "127.0.0.1", environ } = this.#options;
    const sent = new Headers(headers);
    const isSecure = this.#origin.protocol === "https:";
    const cookies = this.cookies.headerFor(pathOf(target), isSecure);
    if (cookies !== undefined && !sent.has("Cookie")) {
      sent.set("Cookie", cookies);
    }
    // A true Request would resolve dot segments and refuse a body with GET.
    const request = {
      url: this.#origin.origin + target,
      method,
      headers: sent,
      body: toTestStream(body),
    } as Request;
    return createEnviron(
      request,
      { remoteAddr: { hostname: remoteAddress } },
      () => transport.cancellation.signal,
      {
        environ: {
          "wsgi.errors": new StderrStream((text) => void written.push(text)),
          ...environ,
          ...options.environ,
        },
      },
    );
  }

  /** Throws what the application has thrown first, or has done wrong. */
  #rethrow(
    thrown: readonly unknown[],
    violations: readonly Violation[],
  ): void {
    const { throws, validate } = this.#options;
    if (throws === false) return;
    for (const error of thrown) {
      // What the client did is no fault of the application.
      const isClients = error instanceof RequestBodyError ||
        error instanceof ClientDisconnected;
      if (!isClients) throw error;
    }
    if (typeof validate === "object" && validate.throws === false) return;
    // An error handler may have answered it; it is wrong all the same.
    const wrong = violations.find(({ severity }) => severity === "error");
    if (wrong !== undefined) throw new ConformanceError(wrong);
  }
}

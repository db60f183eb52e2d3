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

import { checkApplication } from "../gateway/run_application.ts";
import { describe, quote } from "../wsgi/describe.ts";
import type { Application } from "../wsgi/types.ts";
import {
  ApplicationSender,
  type TestClientOptions,
} from "./application_sender.ts";
import { CookieJar, type CookieSource } from "./cookie_jar.ts";
import { redirectedRequest } from "./redirect.ts";
import {
  checkRequestLine,
  type TestRequest,
  type TestRequestOptions,
  toTestBody,
  toTestHeaders,
} from "./test_request.ts";
import { type TestOutcome, TestResponse } from "./test_response.ts";

export {
  CookieJar,
  type CookieSource,
  type TestClientOptions,
  type TestOutcome,
  type TestRequestOptions,
  TestResponse,
};

const MAX_REDIRECTS = 20;

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
 * The parser and the environ are those of `makeServer()`, and the application is
 * called as by every server of this package, with the validator around it. An
 * error of the application fails the test, and so does a broken rule; with
 * `throws: false` the response is a 500 instead. Cookies are kept from one
 * request to the next.
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
  readonly #options: TestClientOptions;
  readonly #origin: URL;
  readonly #sender: ApplicationSender;

  /**
   * Makes a client.
   *
   * @param app The application to call.
   * @param options The options, which hold for all requests.
   * @throws {TypeError} If `app` is not a function or an option is wrong.
   */
  constructor(app: Application, options: TestClientOptions = {}) {
    checkApplication(app);
    this.#options = options;
    this.#origin = toOrigin(options.baseUrl ?? "http://localhost");
    this.#sender = new ApplicationSender(
      app,
      options,
      this.#origin,
      this.cookies,
    );
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
   * @param target The path, with a query if there is one. It is sent unchanged:
   * `"/a/../b%2F"` stays. It can also be a whole URL, as for a proxy, and `"*"`
   * for OPTIONS.
   * @param options What the request carries.
   * @returns The response. The promise rejects with what the application has
   * thrown, unless the client was made with `throws: false`; and with the
   * signal's reason if the client left before there was a status.
   * @throws {TypeError} If the target is not one of these, or what the request
   * carries cannot be sent. What can be sent and `makeServer()` refuses, such as
   * a malformed Host, leads to its response: 400, with the reason in `errors`.
   */
  async request(
    method: string,
    target: string,
    options: TestRequestOptions = {},
  ): Promise<TestResponse> {
    checkRequestLine(method, target);
    const body = await toTestBody(options);
    const host = this.#origin.host;
    const headers = toTestHeaders(options.headers, body, method, host);
    let request: TestRequest = { method, target, headers, body };
    const wanted = options.followRedirects ?? this.#options.followRedirects;
    const most = wanted === true ? MAX_REDIRECTS : Number(wanted ?? 0);
    const redirects: TestResponse[] = [];
    for (;;) {
      const response = await this.#sender.send(request, options, redirects);
      const next = most > 0 ? redirectedRequest(request, response) : undefined;
      if (next === undefined) return response;
      if (redirects.length === most) {
        throw new Error(
          `Cannot follow more than ${most} redirects: the last leads to ${
            quote(next.target)
          }`,
        );
      }
      redirects.push(response);
      request = next;
    }
  }
}

/**
 * Calls an application in tests, without a socket.
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
 * Calls an application in tests, without a socket, like WebTest's `TestApp` in
 * Python. The client uses the request parser and the environ of `makeServer()`,
 * calls the application as the servers of this package do, and checks it with
 * the validator. An error of the application or a broken rule fails the test;
 * with `throws: false` it leads to a 500 response instead. Cookies are kept
 * between requests.
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
   * @param options The options for all requests.
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
   * Sends a GET request.
   *
   * @param target The path, optionally with a query.
   * @param options The headers, the body and other options of the request.
   * @returns The response.
   */
  get(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("GET", target, options);
  }

  /**
   * Sends a POST request.
   *
   * @param target The path, optionally with a query.
   * @param options The headers, the body and other options of the request.
   * @returns The response.
   */
  post(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("POST", target, options);
  }

  /**
   * Sends a PUT request.
   *
   * @param target The path, optionally with a query.
   * @param options The headers, the body and other options of the request.
   * @returns The response.
   */
  put(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("PUT", target, options);
  }

  /**
   * Sends a PATCH request.
   *
   * @param target The path, optionally with a query.
   * @param options The headers, the body and other options of the request.
   * @returns The response.
   */
  patch(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("PATCH", target, options);
  }

  /**
   * Sends a DELETE request.
   *
   * @param target The path, optionally with a query.
   * @param options The headers, the body and other options of the request.
   * @returns The response.
   */
  delete(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("DELETE", target, options);
  }

  /**
   * Sends a HEAD request.
   *
   * @param target The path, optionally with a query.
   * @param options The headers, the body and other options of the request.
   * @returns The response, without a body.
   */
  head(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("HEAD", target, options);
  }

  /**
   * Sends an OPTIONS request.
   *
   * @param target The path, optionally with a query.
   * @param options The headers, the body and other options of the request.
   * @returns The response.
   */
  options(target: string, options?: TestRequestOptions): Promise<TestResponse> {
    return this.request("OPTIONS", target, options);
  }

  /**
   * Sends a request.
   *
   * @param method The method, sent unchanged.
   * @param target The path, optionally with a query. It is sent unchanged, even
   * `"/a/../b%2F"`. It can also be an absolute URL, as for a proxy, and `"*"`
   * for OPTIONS.
   * @param options The headers, the body and other options of the request.
   * @returns The response. The promise rejects with the error of the
   * application, unless the client has the option `throws: false`. It rejects
   * with the reason of the signal if the client leaves before there is a
   * status.
   * @throws {TypeError} If the target is not valid, or if the headers or the
   * body cannot be sent. A request that can be sent but that `makeServer()`
   * rejects, such as one with a malformed Host, leads to a 400 response with
   * the reason in `errors`.
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

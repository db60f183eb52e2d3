/**
 * The pages of the rule reference, with their titles and rules.
 *
 * @module
 */

/** One page of the reference. */
export interface RulePage {
  /** The file name in `docs/rules/`, without the extension. */
  readonly name: string;
  /** The heading. */
  readonly title: string;
  /**
   * The rules on the page: ids, or a subject with a star for all its other
   * rules.
   */
  readonly rules: readonly string[];
}

/** The pages, in the order of the index. */
export const RULE_PAGES: readonly RulePage[] = [
  {
    name: "application",
    title: "Calling the application",
    rules: ["application/*"],
  },
  {
    name: "environ",
    title: "The environ and its keys",
    rules: ["environ/*"],
  },
  {
    name: "environ-required",
    title: "Variables that every environ has",
    rules: [
      "environ/missing-request-method",
      "environ/missing-server-name",
      "environ/missing-server-port",
      "environ/missing-server-protocol",
      "environ/missing-version",
      "environ/missing-url-scheme",
      "environ/missing-input",
      "environ/missing-errors",
      "environ/missing-multithread",
      "environ/missing-multiprocess",
      "environ/missing-run-once",
      "environ/no-path",
      "environ/missing-path",
    ],
  },
  {
    name: "environ-request",
    title: "Variables about the server, and the method",
    rules: [
      "environ/request-method",
      "environ/server-name",
      "environ/wildcard-address",
      "environ/server-port",
      "environ/remote",
      "environ/server-protocol",
      "environ/https",
    ],
  },
  {
    name: "environ-path",
    title: "Variables about the target of the request",
    rules: [
      "environ/script-name",
      "environ/script-name-end",
      "environ/path-info",
      "environ/path-decoded",
      "environ/query-string",
      "environ/query-of-target",
      "environ/question-mark",
      "environ/fragment",
      "environ/request-uri",
    ],
  },
  {
    name: "environ-headers",
    title: "Variables made from request headers",
    rules: [
      "environ/header-name",
      "environ/line-end",
      "environ/outer-blank",
      "environ/content-variable",
      "environ/content-length",
      "environ/http-proxy",
      "environ/transfer-encoding",
      "environ/two-lengths",
    ],
  },
  {
    name: "environ-wsgi",
    title: "The wsgi.* variables",
    rules: [
      "environ/version",
      "environ/url-scheme",
      "environ/flags",
      "environ/multithread",
      "environ/input",
      "environ/errors",
      "environ/file-wrapper",
      "environ/input-terminated",
      "environ/signal",
      "signal/*",
    ],
  },
  {
    name: "start-response",
    title: "Calling startResponse",
    rules: ["start-response/*"],
  },
  { name: "status", title: "The status", rules: ["status/*"] },
  {
    name: "headers",
    title: "The header list and the names in it",
    rules: ["headers/*"],
  },
  {
    name: "headers-values",
    title: "Header values",
    rules: [
      "headers/control",
      "headers/byte-string",
      "headers/tab",
      "headers/outer-space",
      "headers/non-ascii",
      "headers/content-length",
      "headers/content-length-twice",
      "headers/size",
    ],
  },
  {
    name: "http-status",
    title: "Headers that go with a status",
    rules: [
      "http/challenge",
      "http/405-allow",
      "http/405-allowed",
      "http/426-upgrade",
      "http/unused-status",
      "http/226-im",
      "http/location-status",
      "http/missing-location",
      "http/created-location",
      "http/missing-content-range",
      "http/missing-retry-after",
    ],
  },
  {
    name: "http-request",
    title: "Responses that answer the request",
    rules: [
      "http/unasked",
      "http/forbidden-length",
      "http/304-method",
      "http/304-headers",
      "http/304-content-type",
    ],
  },
  {
    name: "http-ranges",
    title: "Parts of a resource",
    rules: [
      "http/206-range",
      "http/range-method",
      "http/content-range",
      "http/206-length",
      "http/206-body",
      "http/content-range-status",
    ],
  },
  {
    name: "http-cookies",
    title: "Cookies, and headers that come once",
    rules: [
      "http/set-cookie-joined",
      "http/set-cookie-refused",
      "http/set-cookie-twice",
      "http/single",
      "http/single-others",
      "http/request-header",
    ],
  },
  {
    name: "http",
    title: "Headers with a meaning in HTTP",
    rules: ["http/*"],
  },
  { name: "body", title: "The body", rules: ["body/*"] },
  {
    name: "body-content",
    title: "The content of the body",
    rules: [
      "body/chunk",
      "body/array-hole",
      "body/array-changed",
      "body/empty-chunks",
      "body/tiny-chunks",
      "body/no-content",
      "body/head",
      "body/content-length",
    ],
  },
  { name: "chunk", title: "The chunks of a body", rules: ["chunk/*"] },
  { name: "write", title: "The write function", rules: ["write/*"] },
  {
    name: "iteration",
    title: "Iterating over the body",
    rules: ["iteration/*"],
  },
  { name: "close", title: "Closing the body", rules: ["close/*"] },
  { name: "input", title: "Reading wsgi.input", rules: ["input/*"] },
  {
    name: "input-results",
    title: "What wsgi.input returns",
    rules: [
      "input/promise",
      "input/bytes",
      "input/read-size",
      "input/line",
      "input/lines",
      "input/end",
    ],
  },
  {
    name: "input-bytes",
    title: "How many bytes wsgi.input returns, and where they are",
    rules: [
      "input/too-much",
      "input/too-little",
      "input/memory",
      "input/reused",
      "input/overwritten",
    ],
  },
  { name: "errors", title: "Writing to wsgi.errors", rules: ["errors/*"] },
  {
    name: "file-wrapper",
    title: "wsgi.file_wrapper",
    rules: ["file-wrapper/*"],
  },
  {
    name: "middleware",
    title: "Middleware between two validators",
    rules: ["middleware/*"],
  },
  {
    name: "middleware-body",
    title: "The body that middleware passes on",
    rules: [
      "middleware/content-length",
      "middleware/drained",
      "middleware/chunk-for-chunk",
      "middleware/inner-not-closed",
    ],
  },
];

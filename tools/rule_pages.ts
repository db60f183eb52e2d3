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

/** The pages, in the order of the index: name, title, and the rules. */
const PAGES = `
application: Calling the application
  application/*
environ: The environ and its keys
  environ/*
environ-required: Variables that every environ has
  environ/missing-request-method environ/missing-server-name
  environ/missing-server-port environ/missing-server-protocol
  environ/missing-version environ/missing-url-scheme environ/missing-input
  environ/missing-errors environ/missing-multithread
  environ/missing-multiprocess environ/missing-run-once environ/no-path
  environ/missing-path
environ-request: Variables about the server, and the method
  environ/request-method environ/server-name environ/wildcard-address
  environ/server-port environ/remote environ/server-protocol environ/https
environ-path: Variables about the target of the request
  environ/script-name environ/script-name-end environ/path-info
  environ/path-decoded environ/query-string environ/query-of-target
  environ/question-mark environ/fragment environ/request-uri
environ-headers: Variables made from request headers
  environ/header-name environ/line-end environ/outer-blank
  environ/content-variable environ/content-length environ/http-proxy
  environ/transfer-encoding environ/two-lengths
environ-wsgi: The wsgi.* variables
  environ/version environ/url-scheme environ/flags environ/multithread
  environ/input environ/errors environ/file-wrapper environ/input-terminated
  environ/signal signal/*
start-response: Calling startResponse
  start-response/*
status: The status
  status/*
headers: The header list and the names in it
  headers/*
headers-values: Header values
  headers/control headers/byte-string headers/tab headers/outer-space
  headers/non-ascii headers/content-length headers/content-length-twice
  headers/size
http-status: Headers that go with a status
  http/challenge http/405-allow http/405-allowed http/426-upgrade
  http/unused-status http/226-im http/location-status http/missing-location
  http/created-location http/missing-content-range http/missing-retry-after
http-request: Responses that answer the request
  http/unasked http/forbidden-length http/304-method http/304-headers
  http/304-content-type
http-ranges: Parts of a resource
  http/206-range http/range-method http/content-range http/206-length
  http/206-body http/content-range-status
http-cookies: Cookies, and headers that come once
  http/set-cookie-joined http/set-cookie-refused http/set-cookie-twice
  http/single http/single-others http/request-header
http: Headers with a meaning in HTTP
  http/*
body: The body
  body/*
body-content: The content of the body
  body/chunk body/array-hole body/array-changed body/empty-chunks
  body/tiny-chunks body/no-content body/head body/content-length
chunk: The chunks of a body
  chunk/*
write: The write function
  write/*
iteration: Iterating over the body
  iteration/*
close: Closing the body
  close/*
input: Reading wsgi.input
  input/*
input-results: What wsgi.input returns
  input/promise input/bytes input/read-size input/line input/lines input/end
input-bytes: How many bytes wsgi.input returns, and where they are
  input/too-much input/too-little input/memory input/reused input/overwritten
errors: Writing to wsgi.errors
  errors/*
file-wrapper: wsgi.file_wrapper
  file-wrapper/*
middleware: Middleware between two validators
  middleware/*
middleware-body: The body that middleware passes on
  middleware/content-length middleware/drained middleware/chunk-for-chunk
  middleware/inner-not-closed
`;

/** The pages, in the order of the index. */
export const RULE_PAGES: readonly RulePage[] = PAGES.trim().split(/\n(?=\S)/)
  .map((page) => {
    const [, name = "", title = "", rules = ""] =
      /^(\S+): (.*)\n([^]*)$/.exec(page) ?? [];
    return { name, title, rules: rules.trim().split(/\s+/) };
  });

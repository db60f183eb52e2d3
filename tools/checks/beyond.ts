/**
 * Rules that stand in neither list of checks.
 *
 * @module
 */

/** Why there is a rule, by its id. */
export const BEYOND: Readonly<Record<string, string>> = {
  "close/arguments": "a close() with options would take a stray value for them",
  "close/unread": "a stream is cancelled only through its iterator",
  "close/without-return": "a generator runs its `finally` only then",
  "environ/https": "frameworks look there for the scheme",
  "environ/multithread": "no second thread can enter an isolate",
  "environ/reserved-prefix": "a later version may give the name a meaning",
  "environ/wildcard-address": "a URL made of 0.0.0.0 leads nowhere",
  "errors/any-text": "a log that throws hides the error that it was to show",
  "errors/line-end": "log readers expect one kind of line",
  "errors/member": "as M11, for the other stream",
  "file-wrapper/readable": "it would fail far from the line that is wrong",
  "start-response/refusal-caught": "the response is lost, and nobody sees why",
  "write/arguments": "as D1, for write()",
  "write/returns-promise": "write() is asynchronous here, in every server",
};

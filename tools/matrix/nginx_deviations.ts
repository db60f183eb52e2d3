/**
 * What nginx changes, whatever is behind it over SCGI or uwsgi.
 *
 * @module
 */

const UNBROKEN =
  "SCGI and uwsgi end a response without a Content-Length by the end of the connection, and a reset, the only other end that nginx sees, cannot be caused with the sockets of Deno (SPEC.md, section 10.4)";

/** From the id of a case to the reason. */
export const nginxDeviations: Readonly<Record<string, string>> = {
  "environ/method-case":
    "nginx answers 400 to a method with small letters before any backend sees it",
  "target/path-decoded":
    "nginx answers 400 to a %00 in the path before any backend sees it",
  "target/path-bad-escape":
    "nginx answers 400 to a percent sign without two digits before any backend sees it",
  "target/path-dots":
    "$document_uri, by which nginx chooses the location, has its dot segments resolved; REQUEST_URI has them",
  "target/path-double-slash":
    "$document_uri has its slashes merged, as merge_slashes says; REQUEST_URI has them",
  "target/asterisk-form":
    "nginx answers 400 to a target that does not begin with a slash",
  "headers/token":
    "nginx drops a header whose name has other characters than letters, digits and hyphens, as ignore_invalid_headers says",
  "headers/transfer-encoding":
    "nginx gathers a chunked body before it calls a backend and then tells its length, which is true",
  "refused/host-3":
    "nginx takes a Host with letters for a port and hands on its host without them",
  "response/headers-order":
    "nginx writes Content-Type before the headers that it does not know",
  "start-response/rethrows": UNBROKEN,
  "errors/after-first-chunk": UNBROKEN,
};

/**
 * What Deno.serve cannot express.
 *
 * @module
 */

/**
 * The deviations of servers on `Deno.serve`, for `RunningServer.deviations`:
 * from the id of a case to what the interface of `Deno.serve` lacks for it.
 * Section 10.1 of SPEC.md has the same list in prose.
 */
export const denoServeDeviations: Readonly<Record<string, string>> = {
  "environ/protocol-1.0":
    "A Request has no property for the HTTP version, and neither has ServeHandlerInfo",
  "environ/scheme-not-from-target":
    "Request.url begins with the scheme that the client wrote into a target in absolute form; makeServer knows its own, toFetchHandler only if it is told (urlScheme)",
  "headers/host-none":
    "Request.url has the server's own address where the client sent no Host, and nothing tells it from a Host; makeServer knows its port, toFetchHandler only if it is told (serverPort)",
  "input/with-get":
    "Request.body is null for GET and HEAD, and the bytes are dropped",
  "response/reason":
    "Deno.serve ignores Response.statusText and writes the phrase of a built-in table",
  "target/asterisk-form":
    "Request.url is http://host/* for the target * as well as for /*",
};

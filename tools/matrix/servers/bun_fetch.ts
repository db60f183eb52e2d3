import { bun } from "../bun.ts";
import { startBun } from "../fetch_server.ts";
import type { ServerPart } from "../part.ts";
import { remoteSubject, toRunning } from "../remote_subject.ts";

const DEVIATIONS: Readonly<Record<string, string>> = {
  "environ/method-unknown":
    "Bun closes the connection of a request whose method it does not know",
  "environ/method-case":
    "Bun closes the connection of a request whose method it does not know",
  "environ/protocol-1.0": "a Request does not tell the version of HTTP",
  "target/path-dots": "Request.url of Bun has its dot segments resolved",
  "target/path-backslash":
    "Request.url of Bun has slashes in the place of backslashes",
  "target/request-uri": "Request.url of Bun has its dot segments resolved",
  "target/absolute-form-host":
    "Request.url of Bun has the authority of the Host header, whatever the target says",
  "target/asterisk-form": "Bun refuses the target *",
  "headers/host": "Request.url and the Host header of Bun are in small letters",
  "headers/host-none": "Bun gives a Request.url without an authority",
  "input/with-get": "a Request with the method GET has no body",
  "response/reason": "Bun sends a reason phrase of its own",
  "response/headers-order": "Bun sends Content-Type and Set-Cookie first",
  "length/chunked": "Bun puts a length on a stream that ends at once",
  "length/short-array":
    "Bun sends nothing of a response whose stream fails at once",
  "length/short-generator":
    "Bun sends nothing of a response whose stream fails at once",
  "bodiless/head-empty":
    "Bun answers HEAD without a length by Content-Length: 0",
  "bodiless/head-generator":
    "Bun answers HEAD without a length by Content-Length: 0",
  "bodiless/head-endless":
    "Bun answers HEAD without a length by Content-Length: 0",
  "errors/after-length":
    "Bun sends nothing of a response whose stream fails at once",
};

/** Bun.serve with `toFetchHandler()`, as in `examples/deploy/bun.ts`. */
export const bunFetch: ServerPart = {
  name: "Bun.serve, toFetchHandler()",
  ...bun,
  start: async (_app, remote) =>
    toRunning(await startBun(remoteSubject(remote)), DEVIATIONS),
};

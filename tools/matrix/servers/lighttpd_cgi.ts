import type { RunningServer } from "../../../conformance/server_under_test.ts";
import { cgiProgram, missingCgiServer, startCgiServer } from "../cgi_server.ts";
import type { ServerPart } from "../part.ts";
import { remoteSubject, toRunning } from "../remote_subject.ts";
import { findProgram, versionOf } from "../server_process.ts";

const DEVIATIONS: Readonly<Record<string, string>> = {
  "environ/method-unknown":
    "lighttpd answers a method that it does not know with 501",
  "environ/method-case":
    "lighttpd answers a method that it does not know with 501",
  "environ/no-content":
    "lighttpd sets CONTENT_LENGTH to 0 where there is no body",
  "target/path-decoded": "lighttpd refuses %00 in a path",
  "target/path-dots": "lighttpd resolves dot segments in PATH_INFO",
  "target/path-double-slash": "lighttpd joins slashes in PATH_INFO",
  "target/absolute-form-host":
    "lighttpd refuses a target whose authority is not that of Host",
  "target/asterisk-form": "lighttpd answers OPTIONS * itself",
  "headers/token":
    "lighttpd drops header names with other characters than letters, digits and -",
  "headers/empty": "lighttpd drops a header without a value",
  "headers/underscore":
    "lighttpd makes the same variable of X_Real_IP and of X-Real-IP",
  "headers/transfer-encoding":
    "lighttpd decodes a chunked body and tells its length",
  "headers/host": "lighttpd turns the Host into small letters",
  "input/with-get": "lighttpd refuses a GET with a body",
  "input/arrives-late":
    "lighttpd starts the program when it has all of the request",
  "input/lazy": "lighttpd starts the program when it has all of the request",
  "response/reason": "lighttpd sends a reason phrase of its own",
  "response/headers-order": "lighttpd drops a header without a value",
  "body/backpressure": "lighttpd reads on while its client does not",
  "start-response/rethrows":
    "the end of a pipe is the end of a response, whatever the reason",
  "errors/after-first-chunk":
    "the end of a pipe is the end of a response, whatever the reason",
  "close/pending-next":
    "lighttpd notices that a client has left only when it writes",
  "close/left-early":
    "lighttpd notices that a client has left only when it writes",
  "connection/left-signal":
    "lighttpd notices that a client has left only when it writes",
};

/** lighttpd with `runCgi()`, as in `examples/deploy/lighttpd_cgi.conf`. */
export const lighttpdCgi: ServerPart = {
  name: "lighttpd, CGI",
  missing: () => Promise.resolve(missingCgiServer("lighttpd")),
  versions: async () => ({
    lighttpd: await versionOf(findProgram("lighttpd") ?? "lighttpd", "-v"),
    deno: Deno.version.deno,
  }),
  async start(_app, remote): Promise<RunningServer> {
    const { module, name } = remoteSubject(remote);
    // It must stay until it has told what it saw, whatever lighttpd wants.
    const program = 'Deno.addSignalListener("SIGTERM", () => {});\n' +
      cgiProgram(module, name).replace("Deno.exit();\n", "");
    const script = [["--allow-env", "--allow-all"]] as const;
    const process = await startCgiServer("lighttpd", program, { script });
    return toRunning(process, DEVIATIONS);
  },
};

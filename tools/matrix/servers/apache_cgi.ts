import type { RunningServer } from "../../../conformance/server_under_test.ts";
import { cgiProgram, missingCgiServer, startCgiServer } from "../cgi_server.ts";
import type { ServerPart } from "../part.ts";
import { remoteSubject, toRunning } from "../remote_subject.ts";
import { findProgram, versionOf } from "../server_process.ts";

const DEVIATIONS: Readonly<Record<string, string>> = {
  "target/path-decoded": "Apache answers %00 in a path with 404",
  "target/path-bad-escape": "Apache refuses a % without two digits in a path",
  "target/path-dots": "Apache resolves dot segments in PATH_INFO",
  "target/path-double-slash": "Apache joins slashes in PATH_INFO",
  "target/asterisk-form": "Apache answers OPTIONS * itself",
  "headers/token":
    "Apache drops header names with other characters than letters, digits and -",
  "headers/cookies": "Apache joins cookies with a comma",
  "refused/length-and-chunked": "Apache drops the length of a chunked request",
  "input/lazy":
    "Apache reads nothing of the program before it has all of the request",
  "response/headers-order": "Apache sends Content-Type last",
  "body/not-held-back":
    "what is written to a pipe is gone, whether anybody reads it or not",
  "start-response/rethrows":
    "the end of a pipe is the end of a response, whatever the reason",
  "errors/after-first-chunk":
    "the end of a pipe is the end of a response, whatever the reason",
  "close/pending-next":
    "Apache notices that a client has left only when it writes",
  "close/left-early":
    "Apache notices that a client has left only when it writes",
  "connection/left-signal":
    "Apache notices that a client has left only when it writes",
};

/** Apache with `runCgi()`, as in `examples/deploy/apache_cgi.conf`. */
export const apacheCgi: ServerPart = {
  name: "Apache, CGI",
  missing: () => Promise.resolve(missingCgiServer("apache2")),
  versions: async () => ({
    apache2: await versionOf(findProgram("apache2") ?? "apache2", "-v"),
    deno: Deno.version.deno,
  }),
  async start(_app, remote): Promise<RunningServer> {
    const { module, name } = remoteSubject(remote);
    // It must stay until it has told what it saw.
    const program = cgiProgram(module, name).replace("Deno.exit();\n", "");
    const script = [["--allow-env", "--allow-all"]] as const;
    const process = await startCgiServer("apache2", program, { script });
    return toRunning(process, DEVIATIONS);
  },
};

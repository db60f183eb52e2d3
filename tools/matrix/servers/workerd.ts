import type { RemoteProbe } from "../../../conformance/server_under_test.ts";
import { startWorkerd, type Subject } from "../fetch_server.ts";
import { npmProgram } from "../npm_program.ts";
import type { ServerPart } from "../part.ts";
import { remoteSubject, toRunning } from "../remote_subject.ts";
import { versionOf } from "../server_process.ts";

const DEVIATIONS: Readonly<Record<string, string>> = {
  "environ/method-unknown":
    "workerd answers a method that it does not know with 501",
  "environ/method-case":
    "workerd answers a method that it does not know with 501",
  "environ/protocol-1.0": "a Request does not tell the version of HTTP",
  "target/path-special": "workerd refuses some characters in a target",
  "target/absolute-form-host":
    "Request.url of workerd has the authority of the Host header, whatever the target says",
  "target/asterisk-form": "workerd refuses the target *",
  "headers/bytes": "Headers of workerd are text, decoded from UTF-8",
  "headers/cookies": "Headers of workerd join cookies with a comma",
  "headers/host-none": "workerd refuses a request without Host",
  "refused/same-lengths":
    "Headers of workerd have one Content-Length of two that are the same",
  "refused/length-and-chunked": "Headers of workerd have no Transfer-Encoding",
  "response/headers-order": "workerd sends headers sorted by their names",
  "response/headers-bytes": "Headers of workerd are text, sent as UTF-8",
  "response/date": "workerd sends no Date",
  "body/not-held-back": "workerd sends nothing before there is a first chunk",
  "length/short-array":
    "workerd sends nothing of a response whose stream fails at once",
  "length/short-generator":
    "workerd sends nothing of a response whose stream fails at once",
  "close/pending-next":
    "workerd does not tell of a client that leaves while nothing is sent",
  "close/left-early":
    "workerd does not tell of a client that leaves before the response begins",
  "errors/after-length":
    "workerd sends nothing of a response whose stream fails at once",
  "connection/left-signal":
    "workerd does not tell of a client that leaves before the response begins",
};

/**
 * What a worker waits for belongs to the request that it was made for. So each
 * gets a probe of its own, and may tell what it saw after its response.
 */
const EDITS = [
  ["const handler = toFetchHandler(app);", ""],
  ["fetch(request: Request)", "fetch(request: Request, _env, context)"],
  [
    "const response = await handler(",
    "context.waitUntil(new Promise((resolve) => setTimeout(resolve, 2000)));\n" +
    "const response = await toFetchHandler(subject())(",
  ],
  ["import { app }", "import { app as subject }"],
] as const;

function perRequest(remote: RemoteProbe): Subject {
  const { module, name } = remoteSubject(remote);
  return { module, name: `remoteProbe && (() => module.${name})` };
}

/** workerd with `toFetchHandler()`, as in `examples/deploy/workerd.capnp`. */
export const workerd: ServerPart = {
  name: "workerd, toFetchHandler()",
  missing: async () =>
    await npmProgram("workerd") === undefined
      ? "workerd cannot be had from npm"
      : undefined,
  versions: async () => ({
    workerd: await versionOf(await npmProgram("workerd") ?? "workerd"),
  }),
  start: async (_app, remote) =>
    toRunning(await startWorkerd(perRequest(remote), EDITS), DEVIATIONS),
};

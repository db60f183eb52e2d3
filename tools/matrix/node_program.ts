/**
 * Serves the application of the conformance kit with `node:http`. It writes its
 * port to stdout.
 *
 *     node node_program.js ADDRESS
 *
 * @module
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { remoteProbe } from "../../conformance/probe.ts";
import { toNodeListener } from "../../gateway/node/node.ts";

const app = remoteProbe(process.argv[2] ?? "");
const server = createServer(toNodeListener(app));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on ${port}\n`);
});

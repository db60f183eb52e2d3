/**
 * This package on Deno's node:http.
 *
 * @module
 */

import { createServer } from "node:http";
import { toNodeListener } from "../../gateway/node/node.ts";
import { askedApplication } from "../applications.ts";
import { asked } from "./payload.mjs";

createServer(toNodeListener(askedApplication())).listen(
  asked.port,
  "127.0.0.1",
);

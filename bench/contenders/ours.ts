/**
 * The servers of this package.
 *
 * @module
 */

import { makeServer, toFetchHandler, validator } from "../../mod.ts";
import { askedApplication } from "../applications.ts";
import { asked } from "./payload.mjs";

const app = askedApplication();
const { kind, port } = asked;

if (kind === "toFetchHandler") {
  Deno.serve(
    { hostname: "127.0.0.1", port, onListen: () => {} },
    toFetchHandler(app),
  );
} else {
  const served = kind === "validator" ? validator(app) : app;
  const log = kind === "access-log";
  await makeServer("127.0.0.1", port, served, { log }).serveForever();
}

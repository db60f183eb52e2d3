import { startWorkerd } from "../../tools/matrix/fetch_server.ts";
import { npmProgram } from "../../tools/matrix/npm_program.ts";
import { SUBJECT, testRuntime } from "./fetch_suite.ts";

const missing = await npmProgram("workerd") === undefined
  ? "workerd cannot be had from npm"
  : undefined;

testRuntime({
  name: "workerd",
  missing,
  start: () => startWorkerd(SUBJECT),
  statusLine: "HTTP/1.1 404 Nowhere to be seen",
  // UTF-8.
  latin: "caf\xc3\xa9",
  client: undefined,
});

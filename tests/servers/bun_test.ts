import { startBun } from "../../tools/matrix/fetch_server.ts";
import { npmProgram } from "../../tools/matrix/npm_program.ts";
import { SUBJECT, testRuntime } from "./fetch_suite.ts";

const missing = await npmProgram("bun") === undefined
  ? "bun cannot be had from npm"
  : undefined;

testRuntime({
  name: "Bun",
  missing,
  start: () => startBun(SUBJECT),
  statusLine: "HTTP/1.1 404 Not Found",
  latin: "caf\xe9",
  client: "127.0.0.1",
});

import { startBun } from "../../tools/matrix/fetch_server.ts";
import { npmProgram } from "../../tools/matrix/npm_program.ts";
import { FetchSuite, SUBJECT } from "./fetch_suite.ts";

const missing = await npmProgram("bun") === undefined
  ? "bun cannot be had from npm"
  : undefined;

const suite = new FetchSuite({
  name: "Bun",
  missing,
  start: () => startBun(SUBJECT),
  statusLine: "HTTP/1.1 404 Not Found",
  latin: "caf\xe9",
  client: "127.0.0.1",
  streamedLength: "6",
  headLength: "6",
  tellsEarly: true,
});
suite.common();

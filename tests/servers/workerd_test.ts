import { startWorkerd } from "../../tools/matrix/fetch_server.ts";
import { npmProgram } from "../../tools/matrix/npm_program.ts";
import { FetchSuite, SUBJECT } from "./fetch_suite.ts";

const missing = await npmProgram("workerd") === undefined
  ? "workerd cannot be had from npm"
  : undefined;

const suite = new FetchSuite({
  name: "workerd",
  missing,
  start: () => startWorkerd(SUBJECT),
  statusLine: "HTTP/1.1 404 Nowhere to be seen",
  // UTF-8.
  latin: "caf\xc3\xa9",
  client: undefined,
  streamedLength: "6",
  headLength: "6",
  // Not even with the flag enable_request_signal.
  tellsEarly: false,
});
suite.common();

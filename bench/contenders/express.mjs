/**
 * Express. Deno loads it by its npm specifier; Node loads it from the folder in
 * the environment variable `BENCH_MODULES`.
 *
 * @module
 */
// deno-lint-ignore-file explicit-function-return-type -- JavaScript

import { createRequire } from "node:module";
import process from "node:process";
import { handlers } from "./node.mjs";
import { asked, HELLO } from "./payload.mjs";

const modules = process.env.BENCH_MODULES;
const { default: express } = asked.kind === "express"
  ? { default: createRequire(`${modules}/`)("express") }
  : await import("npm:express@5");

const app = express();
app.disable("x-powered-by");
app.disable("etag");

function send(res, type, body) {
  // Not res.set(), which would add a charset that the others do not send.
  res.setHeader("Content-Type", type);
  res.send(body);
}

const hello = (_req, res) => send(res, "text/plain", Buffer.from(HELLO));

/**
 * The scenarios that Express handles in its own way; the others use node:http.
 */
const own = {
  hello,
  browser: hello,
  varied: hello,
  read(req, res) {
    const query = req.url.slice(req.url.indexOf("?") + 1);
    const text = `${req.get("accept-language")} ${query}`;
    send(res, "text/plain", Buffer.from(text));
  },
  idle: hello,
  json(req, res) {
    const text = JSON.stringify({
      method: req.method,
      script: req.baseUrl,
      path: req.path,
      query: req.url.slice(req.url.indexOf("?") + 1),
      protocol: `HTTP/${req.httpVersion}`,
      port: String(req.socket.localPort),
      client: req.ip,
      host: req.get("host"),
      accept: req.get("accept"),
      scheme: req.protocol,
    });
    send(res, "application/json", Buffer.from(text));
  },
  echo: [
    express.raw({ type: () => true, limit: "1mb" }),
    (req, res) => send(res, "application/octet-stream", req.body),
  ],
};

app.all("/{*path}", own[asked.scenario] ?? handlers[asked.scenario]);
app.listen(asked.port, "127.0.0.1");

// The requests of clients_test.ts, by fetch() of Node.js, which is undici. It
// does not know Expect, so node:http sends that one.

// deno-lint-ignore-file explicit-function-return-type -- Node.js 20 knows no types

import { request } from "node:http";

const [, , url] = process.argv;
const SMALL = Buffer.from("a=1&b=2");
const LARGE = Buffer.from(Uint8Array.from({ length: 1e6 }, (_, i) => i % 251));

function print(...words) {
  // deno-lint-ignore no-console -- a program's output
  console.log(...words);
}

async function show(name, path, init) {
  const response = await fetch(url + path, init);
  print(name, response.status, (await response.text()).trim());
}

async function echo(name, expected, body) {
  const init = { method: "POST", body, duplex: "half" };
  const response = await fetch(`${url}echo`, init);
  const got = Buffer.from(await response.arrayBuffer());
  print(name, response.status, got.equals(expected));
}

function expectContinue(name) {
  const headers = { "Content-Length": LARGE.length, Expect: "100-continue" };
  const sent = request(`${url}echo`, { method: "POST", headers });
  // Nothing of the body is sent before this has come.
  sent.on("continue", () => sent.end(LARGE));
  sent.flushHeaders();
  return new Promise((resolve, reject) => {
    sent.on("error", reject);
    sent.on("response", async (response) => {
      const got = Buffer.concat(await response.toArray());
      resolve(print(name, response.statusCode, got.equals(LARGE)));
    });
  });
}

await show("get", "caf%C3%A9?a=b");
const head = await fetch(`${url}head`, { method: "HEAD" });
print("head", head.status, head.headers.get("Content-Length"));
await echo("small", SMALL, SMALL);
await echo("large", LARGE, LARGE);
await echo("chunked", LARGE, new Blob([LARGE]).stream());
await expectContinue("expect");
await show("fail", "fail");
await show("again", "again");
const UNREAD = { method: "POST", body: Buffer.alloc(20_000_000) };
await show("unread", "unread", UNREAD);

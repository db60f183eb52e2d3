import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  AccessGuard,
  type AccessRules,
  type Exposure,
} from "../../dev/access_guard.ts";
import { setupTestingDefaults } from "../../mod.ts";
import { ask } from "../raw_client.ts";
import { answering, Developing } from "./developing.ts";

const LOCAL: AccessRules = {
  hostname: "127.0.0.1",
  isUnixSocket: false,
  allowHosts: [],
};
const OPEN = { ...LOCAL, hostname: "0.0.0.0" };
const NAMED = { ...LOCAL, allowHosts: ["Box.example", "localhost"] };
const OPEN_NAMED = { ...NAMED, hostname: "0.0.0.0" };

const FETCHED = {
  HTTP_SEC_FETCH_SITE: "cross-site",
  HTTP_SEC_FETCH_MODE: "no-cors",
  HTTP_SEC_FETCH_DEST: "script",
};
const LINKED = {
  ...FETCHED,
  HTTP_SEC_FETCH_MODE: "navigate",
  HTTP_SEC_FETCH_DEST: "document",
};
const OWN = { HTTP_SEC_FETCH_SITE: "same-origin" };

type Variables = Record<string, string | undefined>;

Deno.test.each<[boolean, AccessRules, Variables, Exposure?]>([
  [true, LOCAL, {}],
  [true, LOCAL, { HTTP_HOST: "LOCALHOST.:1" }],
  [true, LOCAL, { HTTP_HOST: "app.localhost:8000" }],
  [true, LOCAL, { HTTP_HOST: "[::1]:8000", REMOTE_ADDR: "::1" }],
  [true, LOCAL, { REMOTE_ADDR: "::ffff:127.0.0.1" }],
  [true, { ...LOCAL, hostname: "::1" }, {}],
  [true, { ...LOCAL, isUnixSocket: true, hostname: "" }, {
    REMOTE_ADDR: undefined,
  }],
  // DNS rebinding: the name is another's, the address is ours.
  [false, LOCAL, { HTTP_HOST: "evil.example:8000" }],
  [false, LOCAL, { HTTP_HOST: "localhost.evil.example" }],
  [false, LOCAL, { HTTP_HOST: "127.0.0.1.evil.example" }],
  [false, LOCAL, { HTTP_HOST: "xlocalhost" }],
  [false, LOCAL, { HTTP_HOST: "192.168.0.2" }],
  [false, LOCAL, { HTTP_HOST: "" }],
  [false, LOCAL, { HTTP_HOST: undefined }],
  [true, NAMED, { HTTP_HOST: "box.example:8000" }],
  [false, NAMED, { HTTP_HOST: "sub.box.example" }],
  [false, OPEN, {}],
  [true, OPEN_NAMED, { HTTP_HOST: "box.example", REMOTE_ADDR: "10.0.0.2" }],
  [true, OPEN_NAMED, {}],
  // Anybody can send this Host.
  [false, OPEN_NAMED, { REMOTE_ADDR: "10.0.0.2" }],
  [false, LOCAL, { REMOTE_ADDR: "10.0.0.2" }],
  [true, LOCAL, { HTTP_ORIGIN: "http://localhost:8000" }],
  [false, LOCAL, { HTTP_ORIGIN: "http://localhost:9000" }],
  [false, LOCAL, { HTTP_ORIGIN: "https://evil.example" }],
  [false, LOCAL, { HTTP_ORIGIN: "null" }],
  [false, LOCAL, FETCHED],
  [true, LOCAL, { ...FETCHED, HTTP_SEC_FETCH_SITE: "none" }],
  [false, LOCAL, { HTTP_SEC_FETCH_SITE: "same-site" }],
  [true, LOCAL, LINKED],
  [false, LOCAL, { ...LINKED, REQUEST_METHOD: "POST" }],
  [false, LOCAL, { ...LINKED, HTTP_SEC_FETCH_DEST: "iframe" }],
  [true, LOCAL, OWN, "resource"],
  [false, LOCAL, LINKED, "resource"],
  [true, LOCAL, { HTTP_ORIGIN: "http://localhost:8000" }, "action"],
  [true, LOCAL, OWN, "action"],
  [false, LOCAL, {}, "action"],
  [false, LOCAL, LINKED, "action"],
  [false, LOCAL, { HTTP_SEC_FETCH_SITE: "none" }, "action"],
  [
    false,
    LOCAL,
    { ...FETCHED, HTTP_ORIGIN: "http://localhost:8000" },
    "action",
  ],
])("AccessGuard allows access: %j, with %j, %j, %s", (...row) => {
  const [expected, rules, more, exposure] = row;
  const environ = setupTestingDefaults({
    HTTP_HOST: "localhost:8000",
    REMOTE_ADDR: "127.0.0.1",
  });
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) Reflect.deleteProperty(environ, name);
    else Object.assign(environ, { [name]: value });
  }
  // Without an exposure, the fourth argument is the context of the test.
  const checked = typeof exposure === "string" ? exposure : "page";
  const refusal = new AccessGuard(rules).refusal(environ, checked);
  assertEquals(refusal === undefined, expected, refusal);
});

Deno.test("AccessGuard turns the pages off if other machines can reach the server", () => {
  const guards = [LOCAL, OPEN, OPEN_NAMED].map((one) => new AccessGuard(one));
  assertEquals(guards.map(({ isOn }) => isOn), [true, false, true]);
});

Deno.test("devServer() sends no page and no CORS header to an unknown host", async () => {
  Deno.env.set("DEV_SERVER_SECRET", "do-not-show-this");
  const failing = "export default () => { throw new Error('boom'); };";
  await using developing = await Developing.start({ "app.js": failing });
  for (const path of ["", "/", "/reload", "/api/requests", "/none"]) {
    const request =
      `GET /__wsgi__${path} HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n`;
    const { head, body } = await ask(developing.server, request);
    assertEquals(head.status, 403);
    assertMatch(body, /^The pages .* are not shown under the host "evil\.ex/);
    assert(!head.headers.some(([name]) => /^access-control/i.test(name)));
  }
  const page = await developing.get("", { headers: { Accept: "text/html" } });
  assertMatch(page, /boom/);
  const listed = await developing.get("__wsgi__/requests/1");
  Deno.env.delete("DEV_SERVER_SECRET");
  assert(!`${page}${listed}`.includes("do-not-show-this"));
});

Deno.test("devServer() puts a script into its own pages alone, and notifies it when the application runs again", async () => {
  const accept = { headers: { Accept: "text/html" } };
  const failing = "throw new Error('boom');";
  await using developing = await Developing.start({ "app.js": failing });
  const response = await fetch(developing.server.url, accept);
  const [, nonce = "", path = ""] =
    /<script nonce="([^"]+)">new EventSource\("\/(__wsgi__\/reload\?generation=[^"]+)"/
      .exec(await response.text()) ?? [];
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  assert(nonce !== "" && policy.includes(`script-src 'nonce-${nonce}'`));
  const posted = await developing.get("", { ...accept, method: "POST" });
  assert(posted.includes("boom") && !posted.includes("<script"));
  const notified = developing.get(path);
  const html = answering("<p>mine</p>").replace("text/plain", "text/html");
  await developing.save("app.js", html);
  assertMatch(await notified, /event: reload\n/);
  // The page may have missed it.
  assertMatch(await developing.get(path), /event: reload\n/);
  assertEquals(await developing.get("", accept), "<p>mine</p>");
});

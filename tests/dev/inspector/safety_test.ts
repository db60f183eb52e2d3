import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { RawResponse } from "../../../conformance/raw_response.ts";
import { AccessGuard } from "../../../dev/access_guard.ts";
import type { RecordedRequest } from "../../../dev/conversation.ts";
import { ask, RawClient } from "../../raw_client.ts";
import { serveInspector, TOKEN } from "./inspecting.ts";
import { createSamples } from "./samples.ts";

const { log, ids } = createSamples();
const BASE = "/__wsgi__";
const REPLAY = `${BASE}/requests/${ids.home}/replay`;

/** Sends lines, with a Host of this machine. */
function send(
  server: { port: number },
  line: string,
  headers: readonly string[] = [],
  body = "",
): Promise<RawResponse> {
  const all = [
    ...[`${line} HTTP/1.1`, `Host: localhost:${server.port}`, ...headers],
    ...body === "" ? [] : [`Content-Length: ${body.length}`],
  ];
  return ask(server, `${all.join("\r\n")}\r\n\r\n${body}`);
}

const FROM_HERE = "Sec-Fetch-Site: same-origin";
const LINK = [
  "Sec-Fetch-Site: cross-site",
  "Sec-Fetch-Mode: navigate",
  "Sec-Fetch-Dest: document",
];

const REQUEST = `/requests/${ids.home}`;

/** Every path that answers GET. */
const PATHS =
  `/ /rules/ /rules/body/string ${REQUEST} /assets/list.js /assets/inspector.css /assets/icon.svg /api/requests /api${REQUEST} /api${REQUEST}/curl /api${REQUEST}/test /api/state /api/rules /api/rules/body/string`
    .split(" ");

Deno.test("inspector() answers each path with headers that isolate it, and HEAD without a body", async () => {
  await using server = serveInspector(log);
  for (const path of PATHS) {
    const { head, body } = await send(server, `GET ${BASE}${path}`, [
      FROM_HERE,
    ]);
    assertEquals(head.status, 200, path);
    assert(body.length > 0, path);
    assertEquals(head.get("x-content-type-options"), "nosniff", path);
    assertEquals(head.get("cross-origin-resource-policy"), "same-origin", path);
    assertEquals(head.get("cache-control"), "no-store", path);
    const policy = head.get("content-security-policy") ?? "";
    assertStringIncludes(policy, "default-src 'none'");
    assertStringIncludes(policy, "frame-ancestors 'none'");
    assert(!/unsafe|\*|https?:/.test(policy), policy);
    const cors = head.headers.filter(([name]) => /^access-control/i.test(name));
    assertEquals(cors, [], path);
    const headless = await send(server, `HEAD ${BASE}${path}`, [FROM_HERE]);
    assertEquals([headless.head.status, headless.body], [200, ""], path);
  }
  await server.assertClean();
});

Deno.test("inspector() refuses unknown host names at every path, and accepts those in its options", async () => {
  const rules = { hostname: "localhost", allowHosts: ["Dev.Example"] };
  await using server = serveInspector(log, { guard: new AccessGuard(rules) });
  const askAs = (host: string, path: string) =>
    ask(server, `GET ${BASE}${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  for (const path of [...PATHS, "/api/events", "/nothing", ""]) {
    const { head, body } = await askAs("evil.example", path);
    assertEquals(head.status, 403, path);
    assertStringIncludes(body, "--allow-host");
  }
  assertEquals((await askAs("dev.example", "/")).head.status, 200);
  const absolute = `GET http://evil.example${BASE}/`;
  assertEquals((await send(server, absolute)).head.status, 403);
});

Deno.test("inspector() serves scripts, data and streams to its own pages only; links may open pages", async () => {
  await using server = serveInspector(log);
  for (const path of [...PATHS, "/api/events"]) {
    const { head } = await send(server, `GET ${BASE}${path}`, LINK);
    const isPage = !/^\/(?:api|assets)/.test(path);
    assertEquals(head.status, isPage ? 200 : 403, path);
  }
});

Deno.test("inspector() replays a request only by POST from its own page with the token", async () => {
  const replayed: RecordedRequest[] = [];
  let checks = 0;
  await using server = serveInspector(log, {
    replay: (request) => Promise.resolve(40 + replayed.push(request)),
    check: () => Promise.resolve(void checks++),
  });
  const origin = `Origin: http://localhost:${server.port}`;
  const token = `token=${TOKEN}`;
  const long = "x".repeat(9000);
  const refused = [
    [`GET ${REPLAY}?${token}`, 405, "", FROM_HERE],
    [`HEAD ${REPLAY}`, 405, "", FROM_HERE],
    [`POST ${REPLAY}`, 403, token, "Accept: */*"],
    [`POST ${REPLAY}`, 403, ""],
    [`POST ${REPLAY}`, 403, `${token}x`],
    [`POST ${REPLAY}`, 403, token.slice(0, -1)],
    [`POST ${REPLAY}?${token}`, 403, "a=b"],
    [`POST ${REPLAY}`, 403, `${token}&${long}`],
    [`POST ${BASE}/requests/999/replay`, 404],
    [`POST ${BASE}/check`, 403, "token=wrong"],
    [`POST ${BASE}/`, 405],
    [`POST ${BASE}/api/requests`, 405],
    [`PUT ${REPLAY}`, 405],
    [`OPTIONS ${BASE}/api/state`, 405, ""],
    [`DELETE ${BASE}/requests/${ids.home}`, 405, ""],
  ] as const;
  for (const [line, status, body = token, header = origin] of refused) {
    const { head } = await send(server, line, [header], body);
    assertEquals(head.status, status, `${line} ${body.slice(0, 40)}`);
    assertEquals(head.get("access-control-allow-origin"), undefined);
  }
  assertEquals([replayed, checks], [[], 0]);
  for (const [index, header] of [origin, FROM_HERE].entries()) {
    const { head } = await send(server, `POST ${REPLAY}`, [header], token);
    assertEquals(head.status, 303);
    assertEquals(head.get("location"), `${BASE}/requests/${41 + index}`);
  }
  assertEquals(replayed[0], log.get(ids.home!)!.request);
  const check = await send(server, `POST ${BASE}/check`, [origin], token);
  assertEquals([check.head.status, checks], [303, 1]);
});

Deno.test("inspector() does not replay a request whose body was not kept completely", async () => {
  const { log } = createSamples();
  const { request } = log.get(ids.sign!)!;
  const [body, isBodyComplete] = [request.body.subarray(1), false];
  log.setRequest(ids.sign!, { ...request, body, isBodyComplete });
  await using server = serveInspector(log);
  const line = `POST ${BASE}/requests/${ids.sign}/replay`;
  const replay = () => send(server, line, [FROM_HERE], `token=${TOKEN}`);
  assertEquals((await replay()).head.status, 409);
  const test = await send(server, `GET ${BASE}/api/requests/${ids.sign}/test`);
  assertEquals(test.head.status, 404);
  log.setRequest(ids.sign!, request);
  // The fake of these tests rejects, like a server that cannot replay.
  const failed = await replay();
  assertEquals(failed.head.status, 502);
  assertStringIncludes(failed.body, "nothing is replayed here");
});

/** Paths above the assets, of properties of objects, and of nothing. */
const UNKNOWN =
  "/assets/../inspector.ts /assets/..%2finspector.ts /assets/%2e%2e/inspector.ts /assets/constructor /assets/__proto__ /constructor /requests/0 /requests/1e1 /requests/-1 /requests/999999999999999999999 /requests/1/2 /rules/body/../x /rules/constructor/x /rules/no/such-rule /api //evil.example/"
    .split(" ");

Deno.test("inspector() serves only its own paths", async () => {
  await using server = serveInspector(log);
  for (const path of UNKNOWN) {
    const { head } = await send(server, `GET ${BASE}${path}`, [FROM_HERE]);
    assertEquals(head.status, 404, path);
  }
  const moved = { "": "/", "/rules": "/rules/", "/requests/": "/" };
  for (const [path, to] of Object.entries(moved)) {
    const { head } = await send(server, `GET ${BASE}${path}`);
    assertEquals([head.status, head.get("location")], [302, `${BASE}${to}`]);
  }
});

Deno.test("inspector() calls source() only for places in conversations", async () => {
  const asked = new Set<string>();
  await using server = serveInspector(log, {
    source: (file) => {
      asked.add(file);
      return Promise.reject(new Error("not of the module graph"));
    },
  });
  for (const id of Object.values(ids)) {
    const { head } = await send(
      server,
      `GET ${BASE}/requests/${id}?file=/etc/passwd`,
    );
    assertEquals(head.status, 200);
  }
  const module = new URL("guestbook.ts", `file://${Deno.cwd()}/`).href;
  assertEquals([...asked], [module, "file:///home/ada/guestbook.ts"]);
});

Deno.test("inspector() streams events until the client leaves, and then stops following the log", async () => {
  const { log } = createSamples();
  const subscribe = log.subscribe.bind(log);
  const left = Promise.withResolvers<void>();
  log.subscribe = (listener) => {
    const end = subscribe(listener);
    return () => {
      end();
      left.resolve();
    };
  };
  await using server = serveInspector(log);
  {
    using client = await RawClient.connect(server);
    await client.send(
      `GET ${BASE}/api/events HTTP/1.1\r\nHost: localhost\r\n${FROM_HERE}\r\n\r\n`,
    );
    const head = await client.head();
    assertEquals(head.get("content-type"), "text/event-stream");
    const first = await client.chunk() ?? "";
    assertMatch(first, /event: requests\ndata: \[1,2,3,4,5,6,7,8,9,10\]/);
    assertStringIncludes(first, "event: application\n");
    log.append(ids.running!, { time: 9000, type: "body-end" });
    log.state = "loading";
    const second = await client.chunk() ?? "";
    const events = second.match(/^event: .*$/gm);
    assertEquals(events, ["event: request", "event: application"]);
    assertStringIncludes(second, "loading");
  }
  await left.promise;
  await server.assertClean();
});

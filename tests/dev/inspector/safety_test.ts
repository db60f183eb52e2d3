import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { AccessGuard } from "../../../dev/access_guard.ts";
import type { RecordedRequest } from "../../../dev/conversation.ts";
import { ask, RawClient, type RawResponse } from "../../raw_client.ts";
import { serveInspector, TOKEN } from "./inspecting.ts";
import { createSamples } from "./samples.ts";

const { log, ids } = createSamples();
const BASE = "/__wsgi__";
const REPLAY = `${BASE}/requests/${ids.home}/replay`;

/** Sends lines, with a Host of this machine unless they have one. */
function send(
  server: { port: number },
  line: string,
  headers: readonly string[] = [],
  body = "",
): Promise<RawResponse> {
  const hasHost = headers.some((header) => header.startsWith("Host"));
  const all = [
    ...hasHost ? [] : [`Host: localhost:${server.port}`],
    ...headers,
    ...body === "" ? [] : [`Content-Length: ${body.length}`],
  ];
  const request = `${line} HTTP/1.1\r\n${all.join("\r\n")}\r\n\r\n${body}`;
  return ask(server, request);
}

const FROM_HERE = "Sec-Fetch-Site: same-origin";
const FORM = "Content-Type: application/x-www-form-urlencoded";
const LINK = [
  "Sec-Fetch-Site: cross-site",
  "Sec-Fetch-Mode: navigate",
  "Sec-Fetch-Dest: document",
];

/** Every path that answers GET. */
const PATHS = [
  "/",
  "/rules/",
  "/rules/body/string",
  `/requests/${ids.home}`,
  "/assets/list.js",
  "/assets/inspector.css",
  "/assets/icon.svg",
  "/api/requests",
  `/api/requests/${ids.home}`,
  `/api/requests/${ids.home}/curl`,
  `/api/requests/${ids.home}/test`,
  "/api/state",
  "/api/rules",
  "/api/rules/body/string",
];

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
  const guard = new AccessGuard(rules);
  await using server = serveInspector(log, { guard });
  const wrong = [
    "evil.example",
    "localhost.evil.example:80",
    "192.168.0.2",
    "",
    "xlocalhost",
  ];
  for (const path of [...PATHS, "/api/events", "/nothing", ""]) {
    for (const host of path === "/" ? wrong : wrong.slice(0, 1)) {
      const { head, body } = await send(server, `GET ${BASE}${path}`, [
        `Host: ${host}`,
      ]);
      assertEquals(head.status, 403, `${host} ${path}`);
      assertStringIncludes(body, "--allow-host");
    }
  }
  for (
    const host of [
      "localhost",
      "LOCALHOST:1",
      "[::1]:8000",
      "dev.example",
      "shop.localhost:8000",
      "localhost.",
    ]
  ) {
    const { head } = await send(server, `GET ${BASE}/`, [`Host: ${host}`]);
    assertEquals(head.status, 200, host);
  }
  const old = await ask(server, `GET ${BASE}/ HTTP/1.0\r\n\r\n`);
  assertEquals(old.head.status, 403);
  const absolute = `GET http://evil.example${BASE}/`;
  assertEquals((await send(server, absolute)).head.status, 403);
});

Deno.test("inspector() serves scripts, data and streams to its own pages only; links may open pages", async () => {
  await using server = serveInspector(log);
  const foreign = [
    ["Origin: http://evil.example"],
    ["Origin: null"],
    ["Origin: https://localhost"],
    ["Sec-Fetch-Site: cross-site"],
    ["Sec-Fetch-Site: same-site"],
    LINK,
  ];
  const resources = PATHS.filter((path) => /^\/(?:api|assets)/.test(path));
  for (const path of [...resources, "/api/events"]) {
    for (const headers of foreign) {
      const { head } = await send(server, `GET ${BASE}${path}`, headers);
      assertEquals(head.status, 403, `${path} ${headers}`);
    }
  }
  for (
    const [headers, status] of [
      [LINK, 200],
      [["Sec-Fetch-Site: none", ...LINK.slice(1)], 200],
      [[`Origin: http://localhost:${server.port}`], 200],
      [LINK.with(2, "Sec-Fetch-Dest: iframe"), 403],
      [["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"], 403],
      [["Origin: http://evil.example"], 403],
    ] as const
  ) {
    const { head } = await send(server, `GET ${BASE}/`, headers);
    assertEquals(head.status, status, String(headers));
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
  for (
    const [line, headers, body, status] of [
      [`GET ${REPLAY}?${token}`, [FROM_HERE], "", 405],
      [`HEAD ${REPLAY}`, [FROM_HERE], "", 405],
      [`POST ${REPLAY}`, [FORM], token, 403],
      [`POST ${REPLAY}`, [FORM, ...LINK], token, 403],
      [`POST ${REPLAY}`, [FORM, "Sec-Fetch-Site: none"], token, 403],
      [`POST ${REPLAY}`, [FORM, "Origin: http://evil.example"], token, 403],
      [`POST ${REPLAY}`, [FORM, "Origin: null"], token, 403],
      [
        `POST ${REPLAY}`,
        [FORM, origin, "Sec-Fetch-Site: cross-site"],
        token,
        403,
      ],
      [`POST ${REPLAY}`, [FORM, origin], "", 403],
      [`POST ${REPLAY}`, [FORM, origin], `${token}x`, 403],
      [`POST ${REPLAY}`, [FORM, origin], token.slice(0, -1), 403],
      [`POST ${REPLAY}?${token}`, [FORM, origin], "a=b", 403],
      [`POST ${REPLAY}`, [FORM, origin], `${token}&${"x".repeat(9000)}`, 403],
      [`POST ${BASE}/requests/999/replay`, [FORM, origin], token, 404],
      [`POST ${BASE}/check`, [FORM, origin], "token=wrong", 403],
      [`POST ${BASE}/`, [FORM, origin], token, 405],
      [`POST ${BASE}/api/requests`, [FORM, FROM_HERE], token, 405],
      [`PUT ${REPLAY}`, [FORM, origin], token, 405],
      [`OPTIONS ${BASE}/api/state`, [FROM_HERE], "", 405],
      [`DELETE ${BASE}/requests/${ids.home}`, [FROM_HERE], "", 405],
    ] as const
  ) {
    const { head } = await send(server, line, headers, body);
    assertEquals(
      head.status,
      status,
      `${line} ${headers} ${body.slice(0, 40)}`,
    );
    assertEquals(head.get("access-control-allow-origin"), undefined);
  }
  assertEquals([replayed, checks], [[], 0]);
  for (const headers of [[FORM, origin], [FORM, FROM_HERE]]) {
    const { head } = await send(server, `POST ${REPLAY}`, headers, token);
    assertEquals(head.status, 303);
    const at = replayed.length + 40;
    assertEquals(head.get("location"), `${BASE}/requests/${at}`);
  }
  assertEquals(replayed[0], log.get(ids.home!)!.request);
  const check = await send(server, `POST ${BASE}/check`, [FORM, origin], token);
  assertEquals([check.head.status, checks], [303, 1]);
});

Deno.test("inspector() does not replay a request whose body was not kept completely", async () => {
  const { log } = createSamples();
  const { request } = log.get(ids.sign!)!;
  const [body, isBodyComplete] = [request.body.subarray(1), false];
  log.setRequest(ids.sign!, { ...request, body, isBodyComplete });
  await using server = serveInspector(log);
  const path = `${BASE}/requests/${ids.sign}`;
  const replay = await send(
    server,
    `POST ${path}/replay`,
    [FORM, FROM_HERE],
    `token=${TOKEN}`,
  );
  assertEquals(replay.head.status, 409);
  const test = await send(server, `GET ${BASE}/api/requests/${ids.sign}/test`);
  assertEquals(test.head.status, 404);
  log.setRequest(ids.sign!, request);
  // The fake of these tests rejects, like a server that cannot replay.
  const line = `POST ${path}/replay`;
  const failed = await send(server, line, [FORM, FROM_HERE], `token=${TOKEN}`);
  assertEquals(failed.head.status, 502);
  assertStringIncludes(failed.body, "nothing is replayed here");
});

Deno.test("inspector() serves only its own paths: nothing above its assets, no properties of objects", async () => {
  await using server = serveInspector(log);
  for (
    const path of [
      "/assets/../inspector.ts",
      "/assets/..%2finspector.ts",
      "/assets/%2e%2e/inspector.ts",
      "/assets/constructor",
      "/assets/__proto__",
      "/constructor",
      "/requests/0",
      "/requests/1e1",
      "/requests/-1",
      "/requests/999999999999999999999",
      "/requests/1/2",
      "/rules/body/../x",
      "/rules/constructor/x",
      "/rules/no/such-rule",
      "/api",
      "//evil.example/",
    ]
  ) {
    const { head } = await send(server, `GET ${BASE}${path}`, [FROM_HERE]);
    assertEquals(head.status, 404, path);
  }
  for (
    const [path, to] of [["", "/"], ["/rules", "/rules/"], ["/requests/", "/"]]
  ) {
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
    assertStringIncludes(
      first,
      "event: requests\ndata: [1,2,3,4,5,6,7,8,9,10]",
    );
    assertStringIncludes(first, "event: application\n");
    log.append(ids.running!, { time: 9000, type: "body-end" });
    log.state = "loading";
    const second = await client.chunk() ?? "";
    assertEquals(
      [...second.matchAll(/^event: (.*)$/gm)].map(([, name]) => name),
      ["request", "application"],
    );
    assertStringIncludes(second, "loading");
  }
  await left.promise;
  await server.assertClean();
});

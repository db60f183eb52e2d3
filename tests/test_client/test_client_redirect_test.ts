import { assertEquals, assertRejects } from "@std/assert";
import type { Application } from "../../wsgi/types.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { answering, PLAIN } from "../gateway/recording_transport.ts";

/** Redirects `/301/x` to `/x`; other paths describe the request. */
const app: Application = async (environ, startResponse) => {
  const body = new TextDecoder().decode(await environ["wsgi.input"].read());
  const [, code, to] = /^\/(30\d)\/(.*)$/.exec(environ.PATH_INFO) ?? [];
  if (code !== undefined) {
    startResponse(`${code} Elsewhere`, [
      ["Location", to === "away" ? "http://example.org/" : `/${to}`],
      ["Content-Type", "text/plain"],
      ["Set-Cookie", "seen=1; Path=/"],
    ]);
    return [];
  }
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  const { REQUEST_METHOD: method, CONTENT_TYPE: type = "-" } = environ;
  const answer = [method, body || "-", type, environ.HTTP_COOKIE ?? "-"];
  return [new TextEncoder().encode(answer.join(" "))];
};

const headers = { "Content-Type": "a/b" };

const following = new TestClient(app, { followRedirects: true });

Deno.test.each([
  [301, "GET", "GET - - seen=1"],
  [301, "POST", "GET - - seen=1"],
  [302, "POST", "GET - - seen=1"],
  [302, "PUT", "PUT data a/b seen=1"],
  [303, "POST", "GET - - seen=1"],
  [303, "PUT", "GET - - seen=1"],
  [307, "POST", "POST data a/b seen=1"],
  [308, "POST", "POST data a/b seen=1"],
  [308, "DELETE", "DELETE data a/b seen=1"],
])("TestClient follows a %i after %s", async (code, method, expected) => {
  const client = new TestClient(app, { followRedirects: true });
  const options = method === "GET" ? {} : { body: "data", headers };
  const response = await client.request(method, `/${code}/x`, options);
  assertEquals(response.text(), expected);
  assertEquals(response.url, "http://localhost/x");
  assertEquals(response.redirects.map(({ status }) => status), [code]);
});

Deno.test("TestClient keeps HEAD when it follows a redirect", async () => {
  const response = await following.head("/303/x");
  const { status } = response;
  assertEquals([status, response.header("Content-Length")], [200, "15"]);
});

Deno.test("TestClient follows redirects only with followRedirects, of the client or the request", async () => {
  const statuses: [number, number][] = [];
  for (const client of [new TestClient(app), following]) {
    for (const followRedirects of [undefined, true, false]) {
      const response = await client.get("/302/x", { followRedirects });
      statuses.push([response.status, response.redirects.length]);
    }
  }
  const [no, yes] = [[302, 0], [200, 1]];
  assertEquals<unknown>(statuses, [no, yes, no, yes, yes, no]);
});

Deno.test("TestClient follows at most the given number of redirects", async () => {
  const client = new TestClient(app, { followRedirects: 2 });
  const response = await client.get("/302/301/x");
  const urls = ["http://localhost/302/301/x", "http://localhost/301/x"];
  assertEquals(response.redirects.map(({ url }) => url), urls);
  const message = 'Cannot follow more than 2 redirects: the last leads to "/x"';
  await assertRejects(() => client.get("/302/302/302/x"), Error, message);
});

Deno.test("TestClient stops in a redirect loop", async () => {
  const headers = [["Location", ""], ...PLAIN] as const;
  const circle = answering(() => [], headers, "302 Found");
  const options = { followRedirects: true, validate: false };
  const client = new TestClient(circle, options);
  await assertRejects(() => client.get("/?a"), Error, "more than 20 redirects");
});

Deno.test("TestClient follows no redirect to another host", async () => {
  const response = await following.get("/302/away");
  assertEquals([response.status, response.redirects.length], [302, 0]);
});

Deno.test("TestClient cannot send a stream again", async () => {
  const post = (path: string) =>
    following.post(path, { body: ReadableStream.from<Uint8Array>([]) });
  const message = "a stream can be sent once only";
  await assertRejects(() => post("/307/x"), Error, message);
  assertEquals((await post("/303/x")).status, 200);
});

Deno.test("TestClient follows a relative Location with text in UTF-8", async () => {
  const relative: Application = (environ, startResponse) => {
    const isFirst = environ.PATH_INFO === "/a/b";
    startResponse(isFirst ? "302 Found" : "200 OK", [
      ...(isFirst ? [["Location", "../c%20\xc3\xa9?x#y"] as const] : []),
      ["Content-Type", "text/plain"],
    ]);
    return [];
  };
  const client = new TestClient(relative, { validate: false });
  const response = await client.get("/a/b", { followRedirects: true });
  assertEquals(response.url, "http://localhost/c%20%C3%A9?x");
});

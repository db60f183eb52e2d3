import { assertEquals, assertMatch } from "@std/assert";
import { guestbook } from "../../examples/guestbook.ts";
import { serve } from "../../mod.ts";
import {
  TestClient,
  type TestRequestOptions,
} from "../../test_client/test_client.ts";

function signature(...fields: [string, string | File][]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

const ADA: [string, string][] = [["name", 'A "d" a'], ["message", "<b>, Hi"]];

const SVG: [string, File] = ["photo", new File(["x"], "x.svg")];

Deno.test("guestbook.ts keeps the entries of visitors, and recognizes returning visitors", async () => {
  const client = new TestClient(guestbook(":memory:"));
  const type = "image/png";
  const png = new File([new Uint8Array([1, 2])], "a.png", { type });
  const body = signature(...ADA, ["photo", png]);
  const signed = await client.post("/", { body });
  assertEquals([signed.status, signed.header("Location")], [303, "./"]);
  const page = (await client.get("/")).text();
  assertMatch(page, /value="A &#34;d&#34; a"/);
  assertMatch(page, /&#60;b&#62;, Hi <img src="photo\?id=1"/);
  const photo = await client.get("/photo?id=1");
  assertEquals(photo.header("Content-Type"), type);
  assertEquals(photo.bytes, new Uint8Array([1, 2]));
  const csv = await client.get("/entries.csv");
  assertEquals(csv.text(), '"A ""d"" a","<b>, Hi"\r\n');
  assertEquals((await client.get("/entries.json")).json(), [
    { id: 1, name: 'A "d" a', message: "<b>, Hi", type },
  ]);
});

Deno.test.each<[string, string, string, TestRequestOptions["body"], number]>([
  ["another page", "GET", "/x", undefined, 404],
  ["a photo that is not there", "GET", "/photo?id=7", undefined, 404],
  ["a body that is not a form", "POST", "/", "text", 400],
  ["a form without a name", "POST", "/", signature(["message", "x"]), 400],
  ["a photo of another type", "POST", "/", signature(...ADA, SVG), 415],
])("guestbook.ts answers %s with its status", async (_what, ...row) => {
  const [method, target, body, status] = row;
  const client = new TestClient(guestbook(":memory:"));
  const response = await client.request(method, target, { body });
  assertEquals(response.status, status);
});

Deno.test("guestbook.ts notifies open pages of a new entry", async () => {
  await using server = serve(guestbook(":memory:"), { port: 0, log: false });
  const leaving = new AbortController();
  const { signal } = leaving;
  const events = await fetch(`${server.url}events`, { signal });
  const reader = events.body!.getReader();
  const read = async (): Promise<string> =>
    new TextDecoder().decode((await reader.read()).value);
  assertEquals(await read(), "retry: 1000\n\n");
  const body = signature(...ADA);
  const redirect = "manual";
  const posted = await fetch(server.url, { method: "POST", body, redirect });
  await posted.body?.cancel();
  assertEquals(await read(), "data: signed\n\n");
  leaving.abort();
  await reader.closed.catch(() => {});
});

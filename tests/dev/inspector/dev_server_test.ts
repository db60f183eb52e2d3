import { assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { devServer, type DevServerOptions } from "../../../dev/mod.ts";
import { Developing } from "../developing.ts";
import { runTests } from "./copied_tests.ts";

const APP = `export async function app(environ, startResponse) {
  const form = await environ["wsgi.input"].read();
  console.log("somebody signed");
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return new TextDecoder().decode(form);
}
`;

Deno.test("devServer() has an inspector that shows the line of a finding, replays the request, and writes a test that fails for the same reason", async () => {
  await using dev = await Developing.start({ "app.js": APP });
  await dev.server.settled;
  const body = new URLSearchParams({ name: "Linus", password: "abcd" });
  await dev.get("sign", { method: "POST", body });
  // The events may arrive after the response.
  const page = await dev.getUntil(/somebody signed/, "__wsgi__/requests/1");
  assertMatch(page, /read\(\)[^]*24 bytes[^]*Linus&amp;password=/);
  assertMatch(page, /class="line at"><span class="number">4<\/span>/);
  const [, token = ""] = /name="token" value="([^"]+)"/.exec(page) ?? [];
  const again = await dev.get("__wsgi__/requests/1/replay", {
    method: "POST",
    headers: { Origin: dev.server.url.slice(0, -1) },
    body: new URLSearchParams({ token }),
  });
  assertStringIncludes(again, "/__wsgi__/requests/2/replay");
  await dev.getUntil(/24 bytes[^]*Linus/, "__wsgi__/requests/2");
  const test = await dev.get("__wsgi__/api/requests/2/test");
  const { stdout } = await runTests({ "app.js": APP }, test);
  assertStringIncludes(stdout, "not a string");
  assertStringIncludes(stdout, "1 failed");
});

Deno.test.each<[Record<string, unknown>, message: string]>([
  [{}, "module must be a path or a URL"],
  [{ module: "", log: "x" }, "log must be one of common, "],
  [{ module: "", allowHosts: [""] }, "allowHosts must be an array"],
  [{ module: "", check: 1 }, "check must be true or false"],
  [{ module: "", write: 1 }, "write must be a function"],
  [{ module: "", blockedAfter: 99 }, "blockedAfter must be at least 100 ms"],
])("devServer() rejects %j", (options, message) => {
  const start = () => devServer({ port: 0, ...options } as DevServerOptions);
  assertThrows(start, Error, message);
});

import { assertEquals } from "@std/assert";
import { app as auth, basicAuth } from "../../examples/basic_auth.ts";
import {
  type Application,
  decodeUtf8,
  encodeUtf8,
  validator,
} from "../../mod.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { TEXT } from "./apps.ts";

const encoder = new TextEncoder();

Deno.test.each([
  { what: "nothing", value: undefined },
  { what: "a wrong password", value: `Basic ${btoa("ada:Lovelace")}` },
  { what: "a wrong name", value: `Basic ${btoa("eva:lovelace")}` },
  { what: "an unknown name without password", value: `Basic ${btoa("eva:")}` },
  { what: "no name", value: `Basic ${btoa(":lovelace")}` },
  { what: "no colon", value: `Basic ${btoa("adalovelace")}` },
  { what: "an empty value", value: "Basic " },
  { what: "what is no base64", value: "Basic a" },
  { what: "another scheme", value: `Bearer ${btoa("ada:lovelace")}` },
  { what: "bytes that are no text", value: `Basic ${btoa("\xff\xfe:\xff")}` },
  { what: "a name of the prototype", value: `Basic ${btoa("__proto__:")}` },
])("basic_auth.ts refuses $what", async ({ value }) => {
  const headers = value === undefined ? {} : { Authorization: value };
  const response = await new TestClient(auth).get("/", { headers });
  assertEquals([response.status, response.text()], [401, "Who are you?\n"]);
  assertEquals(
    response.header("WWW-Authenticate"),
    'Basic realm="example", charset="UTF-8"',
  );
});

Deno.test("basicAuth() hands on a name that is no ASCII as a ByteString", async () => {
  const app: Application = ({ REMOTE_USER = "" }, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return [encoder.encode(decodeUtf8(REMOTE_USER))];
  };
  const headers = { Authorization: `Basic ${btoa(encodeUtf8("žoë:à:b"))}` };
  const guard = basicAuth(new Map([["žoë", "à:b"]]));
  const response = await new TestClient(guard(validator(app))).get("/", {
    headers,
  });
  assertEquals([response.status, response.text()], [200, "žoë"]);
});

import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import type { ConversationEvent } from "../../../dev/conversation.ts";
import {
  hideSecrets,
  isSecretName,
  splitSecrets,
} from "../../../dev/inspector/secrets.ts";
import { foldEvents } from "../../../dev/inspector/timeline.ts";

Deno.test("isSecretName() knows credentials by their names", () => {
  const secret =
    "Cookie Set-Cookie Authorization Proxy-Authorization HTTP_AUTHORIZATION HTTP_COOKIE X-Api-Key X-API-KEY apikey api_key access_token id_token refreshToken csrfToken X-CSRF-Token X-Auth-Token user[password] passwd client_secret X-Amz-Signature sig session sessionid PHPSESSID jwt HTTP_X_API_KEY privateKey X-Forwarded-Access-Token"
      .split(" ");
  const harmless =
    "Accept Content-Type HTTP_HOST HTTP_SEC_WEBSOCKET_KEY Sec-Fetch-Site AUTH_TYPE author authority design monkey keyboard tokenizer PATH_INFO keys q page signed-in wsgi.input HTTP_X_REQUEST_ID If-None-Match"
      .split(" ");
  assertEquals(secret.filter((name) => !isSecretName(name)), []);
  assertEquals(harmless.filter(isSecretName), []);
});

Deno.test("hideSecrets() hides values in queries, forms, JSON and URLs, and leaves the rest", () => {
  const expected = {
    "/a?token=1&q=2": "/a?token=•••&q=2",
    "/a?q=2&api%5Fkey=x#f": "/a?q=2&api%5Fkey=•••#f",
    "/token=1;jwt=a.b.c": "/token=•••;jwt=•••",
    "name=Ada&user[password]=a%20b": "name=Ada&user[password]=•••",
    '{"password": "a\\"b", "n": 1}': '{"password": "•••", "n": 1}',
    '{"password":"cut of': '{"password":"•••',
    "https://ada:pw@h/p?x=@": "https://•••@h/p?x=@",
    "/a?token=&q=%": "/a?token=&q=%",
    "/a?%ff=1&tokens": "/a?%ff=1&tokens",
  };
  const hidden = Object.keys(expected).map(hideSecrets);
  assertEquals(hidden, Object.values(expected));
  fc.assert(fc.property(
    fc.array(fc.oneof(
      fc.constantFrom(...'token= & "password":" :// @ ? " \\'.split(" ")),
      fc.string(),
    )).map((parts) => parts.join("")),
    (text) => {
      const parts = splitSecrets(text);
      assertEquals(parts.map(({ text }) => text).join(""), text);
    },
  ));
});

Deno.test("foldEvents() keeps every event in its order, and folds long runs only", () => {
  const event = fc.constantFrom("chunk", "log", "read", "close", "omitted")
    .map((type) => ({ type, time: 0 }) as unknown as ConversationEvent);
  fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (events) => {
    const parts = foldEvents(events);
    assertEquals(parts.flat(), events);
    for (const part of parts) {
      if (!("type" in part)) assertEquals(part.length >= 5, true);
    }
    const loose = parts.map((part) =>
      "type" in part && part.type !== "close" ? "x" : "-"
    ).join("");
    assertEquals(/x{9}/.test(loose), false);
  }));
});

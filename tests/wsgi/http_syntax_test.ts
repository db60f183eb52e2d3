import { assert, assertFalse } from "@std/assert";
import { isHopByHop } from "../../wsgi/http_syntax.ts";

const NAMES = [
  "Connection",
  "Keep-Alive",
  "Proxy-Authenticate",
  "Proxy-Authorization",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Trailers",
  "Transfer-Encoding",
  "Upgrade",
];

Deno.test.each(NAMES)(
  "isHopByHop() knows %s in any case of letters",
  (name) => {
    assert(isHopByHop(name));
    assert(isHopByHop(name.toLowerCase()));
    assert(isHopByHop(name.toUpperCase()));
  },
);

Deno.test.each([
  "Accept",
  "Connections",
  "Content-Length",
  "Content-Type",
  "Date",
  "Host",
  "Proxy",
  "Set-Cookie",
  "T",
  "TE ",
  " TE",
  "Transfer_Encoding",
  "Via",
  "constructor",
  "",
])("isHopByHop() does not take %j for one", (name) => {
  assertFalse(isHopByHop(name));
});

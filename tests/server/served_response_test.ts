// The two ways to serve over HTTP from Deno send the same, but for what
// Deno.serve cannot say.

import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toBytes } from "../../wsgi/byte_string.ts";
import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import type { Application, HeaderTuple } from "../../wsgi/types.ts";
import { ask, type RawResponse } from "../raw_client.ts";
import { serve } from "./serving.ts";

interface Case {
  method: string;
  status: string;
  /** Without Content-Length. */
  headers: HeaderTuple[];
  /** Where Content-Length stands, if the application gives one. */
  lengthAt: number | null;
  lengthName: string;
  chunks: string[];
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  method: fc.constantFrom("GET", "GET", "HEAD", "POST"),
  status: fc.constantFrom("200 OK", "200 Fine", "404 Not Found", "599 Own"),
  headers: fc.array(
    fc.tuple(
      fc.constantFrom("Content-Type", "content-type", "X-Own", "Set-Cookie"),
      fc.constantFrom("text/plain", "text/plain;charset=UTF-8", "caf\xe9", ""),
    ),
    { maxLength: 4 },
  ),
  lengthAt: fc.option(fc.nat({ max: 4 })),
  lengthName: fc.constantFrom("Content-Length", "content-length"),
  chunks: fc.array(fc.constantFrom("", "a", "\xff\0", "long".repeat(50)), {
    maxLength: 3,
  }),
});

let current: Case;

const app: Application = (_environ, startResponse) => {
  const { status, headers, lengthAt, lengthName, chunks } = current;
  const given = [...headers];
  if (lengthAt !== null) {
    given.splice(lengthAt, 0, [lengthName, `${chunks.join("").length}`]);
  }
  startResponse(status, given);
  return chunks.map(toBytes);
};

/**
 * What a client sees. A name has no case (RFC 9110 section 5.1), and Deno has
 * its own way with that of a Content-Type that stands alone.
 */
function seen({ head, body, complete }: RawResponse): unknown {
  const headers = head.headers.map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]).filter(([name]) => name !== "date")
    // Deno sends Content-Type and Set-Cookie first, and Content-Length last.
    .toSorted(([one = ""], [other = ""]) =>
      one < other ? -1 : one > other ? 1 : 0
    );
  // Deno sends a reason phrase of its own.
  return { status: head.status, headers, body, complete };
}

Deno.test("makeServer() sends what Deno.serve() sends for toFetchHandler(), but for order and reason", async () => {
  await using served = serve(app);
  await using plain = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    toFetchHandler(app),
  );
  await fc.assert(
    fc.asyncProperty(anyCase, async (given) => {
      current = given;
      const request = `${given.method} / HTTP/1.1\r\nHost: h\r\n` +
        "Content-Length: 0\r\nConnection: close\r\n\r\n";
      const response = await ask(served, request);
      assertEquals(seen(response), seen(await ask(plain.addr, request)));
      assert(response.complete);
      const { length } = given.chunks.join("");
      if (given.method === "HEAD") return;
      assertEquals(response.head.all("content-length"), [`${length}`]);
    }),
    { numRuns: 150 },
  );
});

Deno.test("toFetchHandler() keeps Content-Length and reason for who holds the Response", async () => {
  current = {
    method: "GET",
    status: "200 Fine",
    headers: [],
    lengthAt: 0,
    lengthName: "Content-Length",
    chunks: ["abc"],
  };
  const response = await toFetchHandler(app)(new Request("http://h/"));
  assertEquals(response.headers.get("content-length"), "3");
  assertEquals(response.statusText, "Fine");
  assertEquals(await response.text(), "abc");
});

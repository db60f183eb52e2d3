import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import type { RequestHead } from "../../http1/request_head.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { anyCuts, anyRequests, anySpoiled, cut } from "./any_http_request.ts";
import { parseAll, type Parsed, singleBytes } from "./parse_all.ts";

/** The part of a result that must not depend on how the bytes are cut. */
function verdict({ requests, open, status, isIdle }: Parsed): unknown {
  return { requests, open, status, isIdle };
}

function sizeWithoutBlanks({ method, target, fields }: RequestHead): number {
  const lines = [`${method} ${target} HTTP/1.1`, "", ""];
  const { headers } = fields;
  for (let i = 0; i < headers.length; i += 2) {
    lines.push(`${headers[i]}:${headers[i + 1]}`);
  }
  return lines.join("\r\n").length;
}

Deno.test("RequestParser has the same result for any valid requests, cut anywhere", () => {
  fc.assert(
    fc.property(anyRequests, anyCuts, (sent, cuts) => {
      const bytes = toBytes(sent.map(({ text }) => text).join(""));
      for (const pieces of [[bytes], cut(bytes, cuts), singleBytes(bytes)]) {
        const { requests, open, message, isIdle } = parseAll(pieces);
        assertEquals([open, message, isIdle], [undefined, undefined, true]);
        assertEquals(
          requests.map(({ head, body }) => ({
            method: head.method,
            target: head.target,
            version: head.version,
            headers: head.fields.headers,
            body,
          })),
          sent.map(({ text: _, ...request }) => request),
        );
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("RequestParser has the same result on any bytes, cut anywhere", () => {
  fc.assert(
    fc.property(anySpoiled, anyCuts, (text, cuts) => {
      const bytes = toBytes(text);
      const whole = verdict(parseAll([bytes]));
      assertEquals(verdict(parseAll(cut(bytes, cuts))), whole);
      assertEquals(verdict(parseAll(singleBytes(bytes))), whole);
    }),
    { numRuns: 1_500 },
  );
});

Deno.test("RequestParser has the same result at any limit, cut anywhere", () => {
  const limit = fc.integer({ min: 1, max: 120 });
  fc.assert(
    fc.property(anySpoiled, anyCuts, limit, (text, cuts, maxHeaderSize) => {
      const bytes = toBytes(text);
      const whole = verdict(parseAll([bytes], maxHeaderSize));
      assertEquals(verdict(parseAll(cut(bytes, cuts), maxHeaderSize)), whole);
      const single = parseAll(singleBytes(bytes), maxHeaderSize);
      assertEquals(verdict(single), whole);
      for (const { head } of single.requests) {
        assert(sizeWithoutBlanks(head) <= maxHeaderSize);
      }
    }),
    { numRuns: 1_000 },
  );
});

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
  // A colon and CRLF for each pair of a name and a value, and CRLF twice.
  const { headers } = fields;
  const fieldSize = headers.join("").length + headers.length / 2 * 3;
  return `${method} ${target} HTTP/1.1`.length + fieldSize + 4;
}

Deno.test("RequestParser has the same result for any valid requests, cut anywhere", () => {
  fc.assert(
    fc.property(anyRequests, anyCuts, (sent, cuts) => {
      const bytes = toBytes(sent.map(({ text }) => text).join(""));
      for (const pieces of [[bytes], cut(bytes, cuts), singleBytes(bytes)]) {
        const { requests, open, message, isIdle } = parseAll(pieces);
        assertEquals([open, message, isIdle], [undefined, undefined, true]);
        assertEquals(
          requests.map(
            ({ head: { method, target, version, fields }, body }) => {
              return { method, target, version, headers: fields.headers, body };
            },
          ),
          sent.map(({ text: _, ...request }) => request),
        );
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("RequestParser has the same result on any bytes, at any limit, cut anywhere", () => {
  const limit = fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined });
  fc.assert(
    fc.property(anySpoiled, anyCuts, limit, (text, cuts, maxHeaderSize) => {
      const bytes = toBytes(text);
      const whole = verdict(parseAll([bytes], maxHeaderSize));
      assertEquals(verdict(parseAll(cut(bytes, cuts), maxHeaderSize)), whole);
      const single = parseAll(singleBytes(bytes), maxHeaderSize);
      assertEquals(verdict(single), whole);
      for (const { head } of single.requests) {
        assert(sizeWithoutBlanks(head) <= (maxHeaderSize ?? 16_384));
      }
    }),
    { numRuns: 2_500 },
  );
});

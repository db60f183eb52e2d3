import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import { createHead } from "../../gateway/response_head.ts";
import { anyHead, goodHead, isAcceptable } from "./head_model.ts";

/** Freezes an array and the arrays in it, so that a change throws. */
function freeze(value: unknown): void {
  if (!Array.isArray(value)) return;
  for (const inner of value) freeze(inner);
  Object.freeze(value);
}

Deno.test("createHead() takes exactly what a slow model takes", () => {
  let taken = 0;
  fc.assert(
    fc.property(anyHead, (head) => {
      let isTaken = true;
      try {
        const { status, code, headers } = createHead(head.status, head.headers);
        assertEquals<unknown>(status, head.status);
        assertEquals(code, Number(status.slice(0, 3)));
        assertEquals<unknown>(headers, head.headers);
      } catch (error) {
        assert(error instanceof TypeError || error instanceof RangeError);
        isTaken = false;
      }
      assertEquals(isTaken, isAcceptable(head));
      if (isTaken) taken++;
    }),
    { numRuns: 5000 },
  );
  // Else one half of the model would hardly be asked.
  assert(taken > 1000 && taken < 4000, `${taken} of 5000 were taken`);
});

Deno.test("createHead() never changes what it is given", () => {
  fc.assert(
    fc.property(anyHead, ({ status, headers }) => {
      const before = fc.stringify(headers);
      freeze(headers);
      try {
        createHead(status, headers);
      } catch (error) {
        // Had it tried to change a frozen array, the message would tell.
        assertInstanceOf(error, Error);
        assert(error.message.startsWith("Cannot start the response: "));
      }
      assertEquals(fc.stringify(headers), before);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("every head that createHead() takes can be made into a Response", async () => {
  await fc.assert(
    fc.asyncProperty(goodHead, async ({ status, headers }) => {
      const handler = toFetchHandler((_environ, startResponse) => {
        startResponse(status, headers);
        return [];
      });
      // Under HEAD a Content-Length need not fit the body.
      const response = await handler(
        new Request("http://h/", { method: "HEAD" }),
      );
      assertEquals(response.status, Number(status.slice(0, 3)));
      assertEquals(response.statusText, status.slice(4));
      for (const [name, value] of headers) {
        // Some statuses have none.
        if (/^content-length$/i.test(name)) continue;
        const got = response.headers.get(name);
        assert(got?.includes(value.trim()), `${name}: ${got}`);
      }
      await response.body?.cancel();
    }),
    { numRuns: 2000 },
  );
});

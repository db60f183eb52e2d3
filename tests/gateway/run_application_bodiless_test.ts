// SPEC.md 5.14: HEAD, and statuses without content.

import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { bodyOf, endless, KINDS } from "./recording_body.ts";
import {
  Events,
  RecordingTransport,
  run,
  runBoth,
} from "./recording_transport.ts";

const PLAIN: HeaderTuple[] = [["Content-Type", "text/plain"]];

/** The four ways to a response without content. */
const BODILESS = [
  ["HEAD", "200 OK"],
  ["GET", "204 No Content"],
  ["GET", "205 Reset Content"],
  ["GET", "304 Not Modified"],
] as const;

// head-no-content, close-called
Deno.test.each(BODILESS)(
  "runApplication() sends no body for %s and %s",
  async (method, status) => {
    for (const kind of KINDS) {
      const runs = await runBoth((_environ, startResponse) => {
        const write = startResponse(status, PLAIN);
        write(toBytes("written"));
        return bodyOf(kind, ["yielded"]);
      }, { method });
      for (const { transport, written } of runs) {
        assertEquals(transport.status, status);
        assertEquals(transport.body, "");
        assertEquals(transport.outcome, "ended");
        assertEquals(written, []);
      }
    }
  },
);

// head-not-iterated
Deno.test.each(BODILESS)(
  "runApplication() does not iterate an endless body for %s and %s",
  async (method, status) => {
    for (const kind of ["iterator", "async iterator"] as const) {
      const events = new Events();
      const { transport } = await run((_environ, startResponse) => {
        startResponse(status, PLAIN);
        return bodyOf(kind, endless("a"), events);
      }, { method });
      assertEquals(events.list, ["return", "close"]);
      assertEquals(transport.outcome, "ended");
    }
  },
);

Deno.test.each(BODILESS)(
  "runApplication() iterates until startResponse is called for %s and %s",
  async (method, status) => {
    for (const chunk of ["", "a"]) {
      const events = new Events();
      const transport = new RecordingTransport(events);
      await run((_environ, startResponse) => {
        let turns = 0;
        const chunks = function* (): Generator<string, void> {
          for (;;) {
            if (++turns === 3) startResponse(status, PLAIN);
            yield turns < 3 ? "" : chunk;
          }
        };
        return bodyOf("iterator", chunks(), events);
      }, { method, transport });
      const head = `head ${status.slice(0, 3)}`;
      assertEquals(events.list, [
        "next",
        "next",
        "next",
        "return",
        "close",
        head,
        "end",
      ]);
      assertEquals(transport.body, "");
    }
  },
);

Deno.test("runApplication() answers HEAD when startResponse is called by the last next()", async () => {
  const events = new Events();
  const runs = await runBoth((_environ, startResponse) => {
    const chunks = function* (): Generator<string, void> {
      yield "";
      startResponse("200 OK", PLAIN);
    };
    return bodyOf("iterator", chunks(), events);
  }, { method: "HEAD" });
  for (const { transport } of runs) {
    assertEquals(transport.headers, PLAIN);
    assertEquals(transport.outcome, "ended");
  }
  assertEquals(events.count("return"), 0);
});

// server-refuses-result holds for HEAD as well: run_application_refused_test.ts.
Deno.test("runApplication() answers HEAD with 500 when startResponse is never called", async () => {
  for (const kind of KINDS) {
    const runs = await runBoth(() => bodyOf(kind, [""]), { method: "HEAD" });
    for (const { transport } of runs) {
      assertEquals(transport.head?.code, 500);
      assertEquals(transport.body, "");
    }
  }
});

// head-length
Deno.test.each([
  [["abc", "de"], [], "5"],
  [["abc"], [["Content-Length", "99"]], "99"],
  [[], [["Content-Length", "99"]], "99"],
  [[""], [], undefined],
  [[], [], undefined],
])(
  "runApplication() answers HEAD for the array %j and the headers %j with length %s",
  async (chunks, headers, length) => {
    const runs = await runBoth((_environ, startResponse) => {
      startResponse("200 OK", headers);
      return chunks.map(toBytes);
    }, { method: "HEAD" });
    for (const { transport } of runs) {
      assertEquals(
        transport.headers,
        length === undefined ? [] : [["Content-Length", length]],
      );
      assertEquals(transport.head?.contentLength?.toString(), length);
    }
  },
);

Deno.test.each(KINDS.slice(1))(
  "runApplication() answers HEAD with no length of a body that is no array: %s",
  async (kind) => {
    for (const headers of [PLAIN, [["Content-Length", "3"]] as HeaderTuple[]]) {
      const runs = await runBoth((_environ, startResponse) => {
        startResponse("200 OK", headers);
        return bodyOf(kind, ["a"]);
      }, { method: "HEAD" });
      for (const { transport } of runs) {
        assertEquals(transport.headers, headers);
      }
    }
  },
);

// length-null-body
Deno.test.each([
  ["204 No Content", undefined, undefined],
  ["204 No Content", "0", undefined],
  ["204 No Content", "5", undefined],
  ["205 Reset Content", undefined, "0"],
  ["205 Reset Content", "0", "0"],
  ["205 Reset Content", "5", "0"],
  ["304 Not Modified", undefined, undefined],
  ["304 Not Modified", "5", "5"],
])(
  "runApplication() frames %s with length %s as one with length %s",
  async (status, given, sent) => {
    for (const method of ["GET", "HEAD"]) {
      for (const kind of KINDS) {
        const runs = await runBoth((_environ, startResponse) => {
          startResponse(status, [
            ...PLAIN,
            ...(given === undefined
              ? []
              : [["content-length", given] as const]),
          ]);
          return bodyOf(kind, ["abc"]);
        }, { method });
        for (const { transport, written } of runs) {
          const lengths = transport.headers.slice(1).map(([, value]) => value);
          assertEquals(lengths, sent === undefined ? [] : [sent]);
          assertEquals(transport.headers[0], PLAIN[0]);
          assertEquals(transport.outcome, "ended");
          assertEquals(written, []);
        }
      }
    }
  },
);

// It is the name in capitals only that HTTP knows.
Deno.test("runApplication() sends a body for the method head", async () => {
  const { transport } = await run((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    return [toBytes("a")];
  }, { method: "head" });
  assertEquals(transport.body, "a");
});

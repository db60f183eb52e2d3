import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "npm:fast-check@^4";
import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { EnvironTemplates } from "../../../gateway/environ/environ_template.ts";
import { RequestError } from "../../../http1/request_error.ts";
import type { Environ } from "../../../wsgi/types.ts";
import { validator } from "../../../validator/validator.ts";
import type { Violation } from "../../../validator/violation.ts";
import {
  anyAuthority,
  anyHeader,
  anyInfo,
  anyOptions,
  anyRequest,
  PORT,
  token,
} from "../any_request.ts";
import { asDenoGives, expectEnviron } from "./environ_model.ts";
import { environOf } from "./environ_of.ts";
import { answering } from "../recording_transport.ts";

/** Gives the variables that are neither objects nor functions. */
function plainOf(environ: Environ): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(environ).filter(([, value]) =>
      typeof value !== "object" && typeof value !== "function"
    ),
  );
}

function noSignal(): AbortSignal {
  throw new Error("Nobody asked for a signal");
}

function statusOf(error: unknown): number {
  assertInstanceOf(error, RequestError);
  return error.status;
}

Deno.test("createFetchEnviron() agrees with a slow model for any request", () => {
  let refused = 0;
  fc.assert(
    fc.property(
      anyRequest,
      anyOptions,
      anyInfo,
      (wire, options, [info, remote]) => {
        const request = asDenoGives(wire, PORT);
        const expected = expectEnviron(wire, options, PORT);
        const make = () =>
          createFetchEnviron(request, info, noSignal, options, templates);
        let made: unknown;
        // The third one is a copy.
        const templates = new EnvironTemplates();
        try {
          made = [make(), make(), make()].map(plainOf)[2];
        } catch (error) {
          made = statusOf(error);
          refused++;
        }
        assertEquals(
          made,
          typeof expected === "number"
            ? expected
            : { "wsgiref.unix_socket": false, ...remote, ...expected },
        );
      },
    ),
    { numRuns: 4000 },
  );
  // Else one half of the model would hardly be asked.
  assert(refused > 400 && refused < 3000, `${refused} were refused`);
});

Deno.test("createFetchEnviron() keeps nothing of the requests of others in its templates", () => {
  const requests = fc.array(fc.tuple(anyRequest, anyInfo), { maxLength: 5 });
  fc.assert(
    fc.property(requests, (requests) => {
      const templates = new EnvironTemplates();
      for (const [wire, [info]] of [...requests, ...requests, ...requests]) {
        const [kept, fresh] = [templates, undefined].map((templates) => {
          const request = asDenoGives(wire, PORT);
          try {
            const environ = createFetchEnviron(
              ...[request, info, noSignal, {}, templates] as const,
            );
            return plainOf(environ);
          } catch (error) {
            return statusOf(error);
          }
        });
        assertEquals(kept, fresh);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("createFetchEnviron() throws nothing but RequestError for any URL and headers", () => {
  const anyUrl = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(
      fc.constantFrom("http://", "https://", "http+unix://", "//", ""),
      fc.oneof(anyAuthority, fc.string({ unit: "binary" })),
      fc.constantFrom("", "/", "?", "#"),
      fc.string({ unit: "binary" }),
    ).map((parts) => parts.join("")),
  );
  const anyHeaders = fc.array(anyHeader, { maxLength: 6 });
  fc.assert(
    fc.property(token, anyUrl, anyHeaders, (method, url, headers) => {
      let environ: Environ;
      try {
        environ = environOf({ method, url, headers: [...headers] });
      } catch (error) {
        statusOf(error);
        return;
      }
      for (const [key, value] of Object.entries(plainOf(environ))) {
        assert(/^[\0-\xff]*$/.test(key), key);
        if (typeof value === "string") {
          assert(/^[\0-\xff]*$/.test(value), `${key} is no ByteString`);
        }
      }
    }),
    { numRuns: 4000 },
  );
});

Deno.test("createFetchEnviron() makes nothing of any request that the core profile complains of", async () => {
  const violations: Violation[] = [];
  const app = validator(
    answering(() => [new Uint8Array(1)], [["Content-Type", "text/plain"]]),
    {
      profile: "core",
      throws: false,
      onViolation: (violation) => void violations.push(violation),
    },
  );
  const handler = toFetchHandler(app, { urlScheme: "http" });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(anyRequest, anyInfo, async (wire, [info]) => {
      const response = await handler(asDenoGives(wire, PORT), info);
      assertEquals(violations.splice(0), []);
      assert([200, 400].includes(response.status), `${response.status}`);
      if (response.status === 200) answered++;
      await response.body?.cancel();
    }),
    { numRuns: 1500 },
  );
  assert(answered > 300, `only ${answered} reached the application`);
});

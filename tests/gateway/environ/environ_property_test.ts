import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { EnvironTemplates } from "../../../gateway/environ/environ_template.ts";
import type { EnvironOptions } from "../../../gateway/environ/request_environ.ts";
import { RequestError } from "../../../http1/request_error.ts";
import { isByteString } from "../../../wsgi/byte_string.ts";
import { validator } from "../../../validator/validator.ts";
import {
  anyAuthority,
  anyHeader,
  anyInfo,
  anyOptions,
  anyRequest,
  PORT,
  token,
} from "./any_request.ts";
import { asDenoGives, expectEnviron } from "./environ_model.ts";
import { fail, sending } from "../recording_transport.ts";

/** The variables that are neither objects nor functions, or the status of a rejection. */
function made(
  request: Request,
  info?: unknown,
  options: EnvironOptions = {},
  templates?: EnvironTemplates,
): Record<string, unknown> | number {
  const signal = () => fail("Nobody asked for a signal");
  try {
    const environ = createFetchEnviron(
      request,
      info,
      signal,
      options,
      templates,
    );
    const isPlain = (value: unknown) =>
      typeof value !== "object" && typeof value !== "function";
    return Object.fromEntries(
      Object.entries(environ).filter(([, value]) => isPlain(value)),
    );
  } catch (error) {
    assert(error instanceof RequestError);
    return error.status;
  }
}

Deno.test("createFetchEnviron() agrees with a slow model for any request", () => {
  let refused = 0;
  const property = fc.property(
    ...[anyRequest, anyOptions, anyInfo] as const,
    (wire, options, [info, remote]) => {
      const request = asDenoGives(wire, PORT);
      const expected = expectEnviron(wire, options, PORT);
      const templates = new EnvironTemplates();
      if (typeof expected === "number") refused++;
      // The third one is a copy.
      for (let turn = 0; turn < 3; turn++) {
        assertEquals(
          made(request, info, options, templates),
          typeof expected === "number"
            ? expected
            : { "wsgiref.unix_socket": false, ...remote, ...expected },
        );
      }
    },
  );
  fc.assert(property, { numRuns: 3000 });
  // Otherwise one half of the model would hardly be used.
  assert(refused > 300 && refused < 2250, `${refused} were rejected`);
});

Deno.test("createFetchEnviron() keeps nothing of other requests in its templates", () => {
  const requests = fc.array(fc.tuple(anyRequest, anyInfo), { maxLength: 5 });
  const property = fc.property(requests, (requests) => {
    const templates = new EnvironTemplates();
    for (const [wire, [info]] of [...requests, ...requests, ...requests]) {
      const request = asDenoGives(wire, PORT);
      const kept = made(request, info, {}, templates);
      assertEquals(kept, made(request, info));
    }
  });
  fc.assert(property, { numRuns: 300 });
});

Deno.test("createFetchEnviron() returns ByteStrings or throws a RequestError for any URL and headers", () => {
  const anyText = fc.string({ unit: "binary" });
  const parts = fc.tuple(
    fc.constantFrom("http://", "https://", "http+unix://", "//", ""),
    fc.oneof(anyAuthority, anyText),
    fc.constantFrom("", "/", "?", "#"),
    anyText,
  );
  const anyUrl = fc.oneof(anyText, parts.map((parts) => parts.join("")));
  const anyHeaders = fc.array(anyHeader, { maxLength: 6 });
  const property = fc.property(
    ...[token, anyUrl, anyHeaders] as const,
    (method, url, list) => {
      const headers = new Headers([...list]);
      const environ = made({ method, url, headers, body: null } as Request);
      for (const [key, value] of Object.entries(environ)) {
        assert(isByteString(key));
        assert(typeof value !== "string" || isByteString(value), key);
      }
    },
  );
  fc.assert(property, { numRuns: 3000 });
});

Deno.test("createFetchEnviron() breaks no rule of the http profile for any request", async () => {
  const violations: unknown[] = [];
  const app = validator(sending("a"), {
    rules: { "body/*": "off" },
    throws: false,
    onViolation: (violation) => void violations.push(violation),
  });
  const handler = toFetchHandler(app, { urlScheme: "http" });
  let answered = 0;
  const property = fc.asyncProperty(
    anyRequest,
    anyInfo,
    async (wire, [info]) => {
      const response = await handler(asDenoGives(wire, PORT), info);
      assertEquals(violations.splice(0), []);
      assert([200, 400].includes(response.status), `${response.status}`);
      if (response.status === 200) answered++;
      await response.body?.cancel();
    },
  );
  await fc.assert(property, { numRuns: 1000 });
  assert(answered > 200, `only ${answered} reached the application`);
});

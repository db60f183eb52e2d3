import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ConformanceError, validator, type Violation } from "../../mod.ts";
import { toSpecUrl, toViolation } from "../../validator/violation.ts";
import { createEnviron, helloApp, type Loose } from "./scenario.ts";

const rule = {
  id: "status/string",
  severity: "error",
  blame: "application",
  profile: "core",
  spec: "status-string",
  title: "Status must be well",
  why: "It is better so.",
  hint: "Try again",
  check: () => undefined,
} as const;

/** The violation of a rule, with this finding. */
function found(finding: Parameters<typeof toViolation>[1]): Violation {
  const active = { rule, severity: "warning" } as const;
  return toViolation(active, finding, "middleware", ' around "blog"');
}

Deno.test("toViolation() says what was expected, what was found, and where", () => {
  assertEquals(found("trouble"), {
    rule: "status/string",
    severity: "warning",
    blame: "middleware",
    message:
      'Cannot start the response: status must be well, got trouble (rule status/string, broken by the middleware around "blog")',
    hint: "Try again",
    spec: "SPEC.md#status-string",
  });
});

Deno.test("toViolation() prefers the hint of a finding", () => {
  assertEquals(found({ got: "trouble", hint: "Rest" }).hint, "Rest");
});

Deno.test("toViolation() bounds a message", () => {
  assert(found("x".repeat(1e6)).message.length < 1000);
});

Deno.test("toViolation() makes one line without control characters", () => {
  const { message } = found("\x1b[31m\r\nforged\u2028line\t\x00");
  // deno-lint-ignore no-control-regex -- they are what must not be there
  assert(!/[\x00-\x1f\x7f\u2028]/.test(message), message);
});

Deno.test("ConformanceError has name, message, hint and the address of the requirement", () => {
  const violation = found("trouble");
  const error = new ConformanceError(violation);
  assertEquals(error.name, "ConformanceError");
  assertEquals(error.violation, violation);
  assertEquals(
    error.message,
    `${violation.message}\n  hint: Try again\n  see:  ${
      toSpecUrl(violation.spec)
    }`,
  );
  assert(error instanceof Error);
});

Deno.test("toSpecUrl() leads to SPEC.md beside the package", async () => {
  const url = new URL(toSpecUrl("SPEC.md#status-string"));
  assertEquals(url.hash, "#status-string");
  assertStringIncludes(
    await Deno.readTextFile(url),
    '<a id="status-string"></a>',
  );
});

/** The text of the line that the first frame of a stack is about. */
async function firstLine(error: ConformanceError): Promise<string> {
  const frame = error.stack?.split("\n").find((line) => /^ +at /.test(line));
  const place = /(file:\/\/.*?):(\d+):\d+\)?$/.exec(frame ?? "");
  assert(place !== null, `Expected a place in ${frame}`);
  const text = await Deno.readTextFile(new URL(place[1]!));
  return text.split("\n")[Number(place[2]) - 1]?.trim() ?? "";
}

/** What is thrown into the application, which lets it through. */
async function thrown(
  app: (environ: Loose, startResponse: Loose) => Loose,
  environ: Loose = createEnviron(),
): Promise<ConformanceError> {
  try {
    await validator(app)(environ, () => () => Promise.resolve());
  } catch (error) {
    assert(error instanceof ConformanceError);
    return error;
  }
  throw new Error("Expected an error");
}

Deno.test.each<[string, Parameters<typeof thrown>[0], string]>([
  ["startResponse was called", (_environ, startResponse) => {
    startResponse(200, []); // here
    return [];
  }, "startResponse(200, []); // here"],
  ["write() was called", (_environ, startResponse) => {
    const write = startResponse("200 OK", []);
    write("Hello"); // here
    return [];
  }, 'write("Hello"); // here'],
  ["the input was read", async (environ) => {
    await environ["wsgi.input"].read("5"); // here
  }, 'await environ["wsgi.input"].read("5"); // here'],
  ["the input was closed", (environ) => {
    environ["wsgi.input"].close(); // here
  }, 'environ["wsgi.input"].close(); // here'],
  ["wsgi.errors was used", (environ) => {
    environ["wsgi.errors"].write(5); // here
  }, 'environ["wsgi.errors"].write(5); // here'],
])(
  "ConformanceError has a stack that starts where %s",
  async (_what, app, line) => {
    assertEquals(await firstLine(await thrown(app)), line);
  },
);

Deno.test("ConformanceError has a stack that starts where the application was called", async () => {
  const app = validator(helloApp);
  const environ = createEnviron();
  Reflect.deleteProperty(environ, "REQUEST_METHOD");
  const error = assertThrows(() => {
    app(environ, () => () => Promise.resolve()); // here
  }, ConformanceError);
  assertEquals(
    await firstLine(error),
    "app(environ, () => () => Promise.resolve()); // here",
  );
});

Deno.test("toViolation() shows 500 characters of what was found, and no more", () => {
  const message = (count: number): string => found("x".repeat(count)).message;
  assert(message(500).includes(`got ${"x".repeat(500)} (rule`));
  assert(message(501).includes(`got ${"x".repeat(500)}… (rule`));
});

Deno.test("toViolation() keeps the first letter of a name as it is", () => {
  const told = (title: string): string =>
    toViolation(
      { rule: { ...rule, title }, severity: "error" },
      "it",
      "server",
      "",
    ).message;
  assertStringIncludes(told("Content-Length must"), ": Content-Length must");
  assertStringIncludes(told("SERVER_PORT Must be"), ": SERVER_PORT Must be");
  assertStringIncludes(told("The name must"), ": the name must");
});

Deno.test("ConformanceError has no line for a hint that is not there", () => {
  const error = new ConformanceError({ ...found("x"), hint: undefined });
  assert(!error.message.includes("hint:"), error.message);
});

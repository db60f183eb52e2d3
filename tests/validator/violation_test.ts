import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ConformanceError, type Violation } from "../../mod.ts";
import type { Rule } from "../../validator/rules/rule.ts";
import { howToExplain, toViolation } from "../../validator/violation.ts";

const rule: Rule<unknown> = {
  ...{ id: "status/string", severity: "error", blame: "application" },
  ...{ profile: "core", spec: "status-string", title: "Status must be well" },
  ...{ why: "It is better so.", hint: "Try again", check: () => undefined },
};

/** The violation of a rule, with this finding. */
function found(
  finding: Parameters<typeof toViolation>[1],
  title: string = rule.title,
): Violation {
  const active = { rule: { ...rule, title }, severity: "warning" } as const;
  return toViolation(active, finding, "middleware", ' around "blog"');
}

Deno.test("toViolation() reports what was expected, what was found, and where", () => {
  assertEquals(found("trouble"), {
    rule: "status/string",
    severity: "warning",
    blame: "middleware",
    message:
      'Cannot start the response: status must be well, got trouble (rule status/string, broken by the middleware around "blog")',
    hint: "Try again",
    spec: "SPEC.md#status-string",
  });
  assertEquals(found({ got: "trouble", hint: "Rest" }).hint, "Rest");
});

Deno.test("toViolation() shows 500 characters of what was found, and no more", () => {
  const message = (count: number): string => found("x".repeat(count)).message;
  assertStringIncludes(message(500), `got ${"x".repeat(500)} (rule`);
  assertStringIncludes(message(501), `got ${"x".repeat(500)}… (rule`);
  assert(message(1e6).length < 1000);
});

Deno.test("toViolation() makes one line without control characters", () => {
  const { message } = found("\x1b[31m\r\nforged\u2028line\t\x00");
  // deno-lint-ignore no-control-regex -- the test looks for them
  assert(!/[\x00-\x1f\x7f\u2028]/.test(message), message);
});

Deno.test.each([
  ["Content-Length must", ": Content-Length must"],
  ["SERVER_PORT Must be", ": SERVER_PORT Must be"],
  ["The name must", ": the name must"],
])(
  "toViolation() keeps the first letter of a name as it is: %s",
  (title, text) => {
    assertStringIncludes(found("it", title).message, text);
  },
);

Deno.test("ConformanceError has name, message, hint and how to read more", () => {
  const violation = found("trouble");
  const error = new ConformanceError(violation);
  assert(error instanceof Error);
  assertEquals(error.name, "ConformanceError");
  assertEquals(error.violation, violation);
  const see = `\n  see:  ${howToExplain(violation)}`;
  assertEquals(error.message, `${violation.message}\n  hint: Try again${see}`);
  const brief = new ConformanceError({ ...violation, hint: undefined });
  assertEquals(brief.message, `${violation.message}${see}`);
});

Deno.test("howToExplain() returns a command that explains the rule", async () => {
  const spec = "SPEC.md#body-not-string";
  const command = howToExplain({ rule: "body/string", spec });
  const [program, ...args] = command.split(" ");
  assertEquals([program, args[0]], ["deno", "run"]);
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  assertStringIncludes(new TextDecoder().decode(stdout), spec);
});

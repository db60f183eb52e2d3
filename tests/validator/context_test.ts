import { assertEquals, assertThrows } from "@std/assert";
import type { ValidatorOptions, Violation } from "../../mod.ts";
import { ValidatorContext } from "../../validator/context.ts";
import type { Profile, Rule, Severity } from "../../validator/rules/rule.ts";
import { helloApp, type Loose, stderrOf } from "./scenario.ts";
import { validator } from "../../mod.ts";

function rule(
  id: `${string}/${string}`,
  profile: Profile = "core",
  severity: Severity = "error",
): Rule<unknown> {
  return {
    id,
    profile,
    severity,
    blame: "application",
    spec: "none",
    title: "All must be well",
    why: "It is better so.",
    hint: "Try again",
    check: () => undefined,
  };
}

const rules = [
  rule("headers/array"),
  rule("headers/odd", "http", "warning"),
  rule("headers/dear", "paranoid", "warning"),
  rule("body/string"),
  rule("body/dear", "paranoid", "warning"),
];
const ids = rules.map(({ id }) => id);

/** The rules that are on, with their severity. */
function active(options: ValidatorOptions): Record<string, Severity> {
  const layer = new ValidatorContext(options, ids);
  return Object.fromEntries(
    layer.select(rules).map(({ rule, severity }) => [rule.id, severity]),
  );
}

const CORE = { "headers/array": "error", "body/string": "error" };
const HTTP = { ...CORE, "headers/odd": "warning" };
const PARANOID = { ...HTTP, "headers/dear": "warning", "body/dear": "warning" };

const SELECTIONS: [string, ValidatorOptions, Record<string, string>][] = [
  ["takes http by default", {}, HTTP],
  ["takes http where undefined is given", {
    profile: undefined,
    rules: undefined,
    throws: undefined,
    name: undefined,
    onViolation: undefined,
  }, HTTP],
  ["takes core", { profile: "core" }, CORE],
  ["takes paranoid", { profile: "paranoid" }, PARANOID],
  ["switches one rule off", { rules: { "headers/odd": "off" } }, CORE],
  ["changes a severity", { rules: { "body/string": "warning" } }, {
    ...HTTP,
    "body/string": "warning",
  }],
  ["switches a subject off by a glob", { rules: { "headers/*": "off" } }, {
    "body/string": "error",
  }],
  ["switches all off", { rules: { "*": "off" } }, {}],
  ["takes globs with the star in front", { rules: { "*/string": "off" } }, {
    "headers/array": "error",
    "headers/odd": "warning",
  }],
  ["lets a later setting win", {
    rules: { "headers/*": "off", "headers/array": "warning" },
  }, { "headers/array": "warning", "body/string": "error" }],
  ["lets a later glob win", {
    rules: { "headers/array": "warning", "headers/*": "off" },
  }, { "body/string": "error" }],
  ["lets a later glob switch on again", {
    rules: { "*": "off", "headers/*": "error" },
  }, { "headers/array": "error", "headers/odd": "error" }],
  ["adds a rule of another profile by its name", {
    rules: { "headers/dear": "error" },
  }, { ...HTTP, "headers/dear": "error" }],
  ["adds no rule of another profile by a glob", {
    rules: { "*": "warning" },
  }, {
    "headers/array": "warning",
    "headers/odd": "warning",
    "body/string": "warning",
  }],
  ["changes what was added by a later glob", {
    rules: { "headers/dear": "error", "headers/*": "warning" },
  }, { ...HTTP, "headers/array": "warning", "headers/dear": "warning" }],
];

for (const [name, options, expected] of SELECTIONS) {
  Deno.test(`ValidatorContext.select() ${name}`, () => {
    assertEquals<unknown>(active(options), expected);
  });
}

const MISTAKES: [string, Loose, string][] = [
  ["options that are no object", 5, "options must be an object, got 5"],
  ["null as options", null, "options must be an object, got null"],
  ["an unknown profile", { profile: "strict" }, 'got "strict"'],
  ["null as profile", { profile: null }, "got null"],
  ["onViolation that is no function", { onViolation: {} }, "got an object"],
  ["a name that is no string", { name: 5 }, "name must be a string, got 5"],
  ["throws that is no boolean", { throws: "false" }, 'got "false"'],
  ["rules that are no object", { rules: "off" }, 'got "off"'],
  ["null as rules", { rules: null }, "got null"],
  ["a setting of its own invention", { rules: { "*": "on" } }, 'got "on"'],
  ["true as a setting", { rules: { "*": true } }, "got true"],
  ["a rule that is not there", { rules: { "body/strnig": "off" } }, "strnig"],
  ["a glob that matches nothing", { rules: { "foo/*": "off" } }, '"foo/*"'],
  ["a part of a name", { rules: { body: "off" } }, 'no rule matches "body"'],
  ["a regular expression", { rules: { "body/.*g": "off" } }, '"body/.*g"'],
  ["a name with control characters", { rules: { "a\nb": "off" } }, '"a\\nb"'],
];

for (const [name, options, message] of MISTAKES) {
  Deno.test(`validator() refuses ${name}`, () => {
    const error = assertThrows(
      () => validator(helloApp, options),
      TypeError,
      message,
    );
    assertEquals(error.message.startsWith("Cannot make the validator: "), true);
  });
}

const violation: Violation = {
  rule: "body/string",
  severity: "error",
  blame: "application",
  message: "No",
  spec: "SPEC.md#none",
};

Deno.test("ValidatorContext.report() calls onViolation for what is thrown too", async () => {
  const seen: unknown[] = [];
  const layer = new ValidatorContext(
    { onViolation: (v) => void seen.push(v) },
    ids,
  );
  assertEquals(await stderrOf(() => layer.report(violation, true)), "");
  assertEquals(await stderrOf(() => layer.report(violation, false)), "");
  assertEquals(await stderrOf(() => layer.reportLost(violation)), "");
  assertEquals(seen, [violation, violation]);
});

Deno.test("ValidatorContext.report() prints what is not thrown where there is no onViolation", async () => {
  const layer = new ValidatorContext({ name: "blog" }, ids);
  assertEquals(await stderrOf(() => layer.report(violation, true)), "");
  const text = await stderrOf(() => layer.report(violation, false));
  assertEquals(text.split("\n")[0], "error [blog]: No");
});

Deno.test("ValidatorContext.reportLost() prints what was thrown and swallowed", async () => {
  const layer = new ValidatorContext({}, ids);
  const text = await stderrOf(() => layer.reportLost(violation));
  assertEquals(text.split("\n")[0], "error: No");
});

Deno.test("ValidatorContext.report() prints a violation where onViolation throws", async () => {
  const onViolation = (): void => {
    throw new Error("no place in the list");
  };
  const layer = new ValidatorContext({ onViolation }, ids);
  const text = await stderrOf(() => layer.report(violation, true));
  assertEquals(text.split("\n")[0], "error: No");
});

Deno.test("ValidatorContext.report() survives an onViolation that rejects", async () => {
  const onViolation = (): Promise<void> => Promise.reject(new Error("no"));
  const layer = new ValidatorContext({ onViolation }, ids);
  layer.report(violation, true);
  await new Promise((resolve) => setTimeout(resolve));
});

Deno.test("ValidatorContext.report() calls onViolation as a function of its own", () => {
  const receivers: unknown[] = [];
  const onViolation = function (this: unknown): void {
    receivers.push(this);
  };
  new ValidatorContext({ onViolation }, ids).report(violation, true);
  assertEquals(receivers, [undefined]);
});

Deno.test("ValidatorContext counts the requests that are open", () => {
  const layer = new ValidatorContext({}, ids);
  layer.begin();
  layer.begin();
  layer.finish();
  assertEquals(layer.open, 1);
});

Deno.test("ValidatorContext.applies() knows the rules that are on", () => {
  const layer = new ValidatorContext({ rules: { "body/string": "off" } }, ids);
  layer.select(rules);
  assertEquals(layer.applies("headers/array"), true);
  assertEquals(layer.applies("body/string"), false);
  assertEquals(layer.applies("body/dear"), false);
});

import { assertEquals, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { validator, type ValidatorOptions, type Violation } from "../../mod.ts";
import { ValidatorContext } from "../../validator/context.ts";
import type { Profile, Rule, Severity } from "../../validator/rules/rule.ts";
import { helloApp, type Loose, stderrOf } from "./scenario.ts";

function rule(
  id: `${string}/${string}`,
  profile: Profile = "core",
  severity: Severity = "error",
): Rule<unknown> {
  return {
    ...{ id, profile, severity, blame: "application", spec: "none" },
    ...{ title: "All must be well", why: "It is better so.", hint: "Rest" },
    check: () => undefined,
  };
}

const rules = [
  rule("headers/array"),
  rule("headers/odd", "http", "warning"),
  rule("headers/costly", "paranoid", "warning"),
  rule("body/string"),
  rule("body/costly", "paranoid", "warning"),
];
const ids = rules.map(({ id }) => id);

/** The rules that are on, with the severity `e` or `w`. */
function active(options: ValidatorOptions): string {
  const context = new ValidatorContext(options, ids);
  const selected = context.select(rules);
  return selected.map(({ rule, severity }) => `${rule.id} ${severity[0]}`)
    .join(", ");
}

const ARRAY = "headers/array e, ";
const STRING = "body/string e";
const CORE = `${ARRAY}${STRING}`;
const HTTP = `${ARRAY}headers/odd w, ${STRING}`;
const UNDEFINED = { profile: undefined, rules: undefined, throws: undefined };

Deno.test.each<[Loose, string]>([
  [{}, HTTP],
  [{ ...UNDEFINED, name: undefined, onViolation: undefined }, HTTP],
  [{ profile: "core" }, CORE],
  [
    { profile: "paranoid" },
    `${ARRAY}headers/odd w, headers/costly w, ${STRING}, body/costly w`,
  ],
  [{ "headers/odd": "off" }, CORE],
  [{ "body/string": "warning" }, `${ARRAY}headers/odd w, body/string w`],
  [{ "headers/*": "off" }, STRING],
  [{ "*": "off" }, ""],
  [{ "*/string": "off" }, "headers/array e, headers/odd w"],
  // The last one counts.
  [{ "headers/array": "warning", "headers/*": "off" }, STRING],
  [{ "*": "off", "headers/*": "error" }, "headers/array e, headers/odd e"],
  [{ "*": "warning" }, "headers/array w, headers/odd w, body/string w"],
  // A rule of another profile is added by its name, and not by a glob.
  [
    { "headers/costly": "error", "headers/*": "warning" },
    `headers/array w, headers/odd w, headers/costly w, ${STRING}`,
  ],
])("ValidatorContext.select() chooses rules: %j", (options, expected) => {
  const isSetting = Object.keys(options).some((key) => /[/*]/.test(key));
  assertEquals(active(isSetting ? { rules: options } : options), expected);
});

Deno.test.each<[Loose, string]>([
  [5, "options must be an object, got 5"],
  [null, "options must be an object, got null"],
  [{ profile: "strict" }, 'got "strict"'],
  [{ profile: null }, "got null"],
  [{ onViolation: {} }, "got an object"],
  [{ name: 5 }, "name must be a string, got 5"],
  [{ throws: "false" }, 'got "false"'],
  [{ rules: "off" }, 'got "off"'],
  [{ rules: null }, "got null"],
  [{ rules: { "*": "on" } }, 'got "on"'],
  [{ rules: { "*": true } }, "got true"],
  [{ rules: { "body/strnig": "off" } }, "strnig"],
  [{ rules: { "foo/*": "off" } }, '"foo/*"'],
  [{ rules: { body: "off" } }, 'no rule matches "body"'],
  [{ rules: { "body/.*g": "off" } }, '"body/.*g"'],
  [{ rules: { "a\nb": "off" } }, '"a\\nb"'],
])(
  "validator() rejects the options %j",
  (options, message) => {
    const make = () => validator(helloApp, options);
    const error = assertThrows(make, TypeError, message);
    assertEquals(error.message.startsWith("Cannot make the validator: "), true);
  },
);

const violation: Violation = {
  ...{ rule: "body/string", severity: "error", blame: "application" },
  ...{ message: "No", spec: "SPEC.md#none" },
};

/** The first line that a context with these options prints. */
async function printed(
  options: Loose,
  isThrown: boolean | "lost",
): Promise<string | undefined> {
  const context = new ValidatorContext(options, ids);
  const text = await stderrOf(() =>
    isThrown === "lost"
      ? context.reportLost(violation)
      : context.report(violation, isThrown)
  );
  return text.split("\n")[0];
}

Deno.test("ValidatorContext.report() calls onViolation for thrown violations, too", async () => {
  const seen: unknown[] = [];
  const onViolation = function (this: unknown, given: Violation): void {
    seen.push(this, given);
  };
  assertEquals(await printed({ onViolation }, true), "");
  assertEquals(await printed({ onViolation }, false), "");
  assertEquals(await printed({ onViolation }, "lost"), "");
  assertEquals(seen, [undefined, violation, undefined, violation]);
});

Deno.test("ValidatorContext.report() prints violations that onViolation does not get", async () => {
  const named = { name: "blog" };
  assertEquals(await printed(named, true), "");
  assertEquals(await printed(named, false), "error [blog]: No");
  assertEquals(await printed({}, "lost"), "error: No");
  const onViolation = (): void => {
    throw new Error("no place in the list");
  };
  assertEquals(await printed({ onViolation }, true), "error: No");
});

Deno.test("ValidatorContext.report() survives an onViolation that rejects", async () => {
  const onViolation = () => Promise.reject(new Error("no"));
  await printed({ onViolation }, true);
  await setImmediate();
});

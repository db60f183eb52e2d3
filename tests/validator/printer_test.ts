import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Violation } from "../../mod.ts";
import { ViolationPrinter } from "../../validator/printer.ts";
import { howToExplain } from "../../validator/violation.ts";
import { stderrOf } from "./scenario.ts";

function violation(rule: string, more: Partial<Violation> = {}): Violation {
  const message = `All must be well, got trouble (rule ${rule})`;
  return {
    ...{ rule, severity: "warning", blame: "application", message },
    ...{ hint: "Try again", spec: "SPEC.md#none" },
    ...more,
  };
}

/** The output of a printer. */
function printed(
  violations: readonly Violation[],
  isColored = false,
): string[] {
  const texts: string[] = [];
  const print = (text: string) => void texts.push(text);
  const printer = new ViolationPrinter(undefined, print, () => isColored);
  for (const one of violations) printer.print(one);
  return texts;
}

Deno.test("ViolationPrinter prints message, hint and how to read more", () => {
  const message = "warning: All must be well, got trouble (rule a/b)\n";
  const see = `  see:  ${howToExplain(violation("a/b"))}\n`;
  const hint = "  hint: Try again\n";
  assertEquals(printed([violation("a/b")]), [`${message}${hint}${see}`]);
  const brief = violation("a/b", { hint: undefined });
  assertEquals(printed([brief]), [`${message}${see}`]);
});

Deno.test("ViolationPrinter prints a rule once for each layer, then counts at powers of ten", () => {
  const many = Array.from({ length: 10_000 }, () => violation("a/b"));
  const counts = [10, 100, 1000, 10000].map((count) =>
    `warning: a/b was broken ${count} times\n`
  );
  assertEquals(printed(many).slice(1), counts);
  const two = [violation("a/b"), violation("a/c")];
  assertEquals(printed([...two, ...two]).length, 2);
});

Deno.test("ViolationPrinter uses colors where it should, and ends each", () => {
  const error = violation("a/b", { severity: "error" });
  const texts = printed([error, violation("a/c")], true);
  assertStringIncludes(texts[0] ?? "", "\x1b[1;31merror\x1b[0m: ");
  assertStringIncludes(texts[1] ?? "", "\x1b[1;33mwarning\x1b[0m: ");
  for (const text of texts) {
    // Each of label, hint and address begins a color and ends it.
    assertEquals(text.split("\x1b[0m").length, 4);
    assertEquals(text.split("\x1b[").length, 7);
  }
});

Deno.test.each([[false], [true]])(
  "ViolationPrinter writes to stderr in color if it is a terminal: %s",
  async (isTerminal) => {
    Deno.stderr.isTerminal = () => isTerminal;
    try {
      const print = () =>
        new ViolationPrinter(undefined).print(violation("a/b"));
      const isColored = (await stderrOf(print)).includes("\x1b");
      assertEquals(isColored, isTerminal && !Deno.noColor);
    } finally {
      Reflect.deleteProperty(Deno.stderr, "isTerminal");
    }
  },
);

for (const noColor of ["1", ""]) {
  Deno.test(`ViolationPrinter obeys NO_COLOR=${JSON.stringify(noColor)} in a process of its own`, async () => {
    const module = new URL("../../validator/printer.ts", import.meta.url).href;
    const code = `
      import { ViolationPrinter } from ${JSON.stringify(module)};
      Deno.stderr.isTerminal = () => true;
      new ViolationPrinter().print({ rule: "a/b", severity: "error", message: "No", spec: "" });
    `;
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", "--no-lock", code],
      env: { NO_COLOR: noColor },
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stderr);
    assertStringIncludes(text, "No");
    // An empty NO_COLOR has no effect.
    assertEquals(text.includes("\x1b"), noColor === "");
  });
}

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Violation } from "../../mod.ts";
import { ViolationPrinter } from "../../validator/printer.ts";
import { toSpecUrl } from "../../validator/violation.ts";

function violation(rule: string, more: Partial<Violation> = {}): Violation {
  return {
    rule,
    severity: "warning",
    blame: "application",
    message: `All must be well, got trouble (rule ${rule})`,
    hint: "Try again",
    spec: "SPEC.md#none",
    ...more,
  };
}

/** What a printer prints, without colours. */
function printed(violations: readonly Violation[], name?: string): string[] {
  const texts: string[] = [];
  const printer = new ViolationPrinter(
    name,
    (text) => void texts.push(text),
    () => false,
  );
  for (const one of violations) printer.print(one);
  return texts;
}

Deno.test("ViolationPrinter prints message, hint and the address of the requirement", () => {
  assertEquals(printed([violation("a/b")]), [
    "warning: All must be well, got trouble (rule a/b)\n" +
    "  hint: Try again\n" +
    `  see:  ${toSpecUrl("SPEC.md#none")}\n`,
  ]);
});

Deno.test("ViolationPrinter leaves out a hint that is not there", () => {
  const [text] = printed([violation("a/b", { hint: undefined })]);
  assertEquals(text?.includes("hint"), false);
});

Deno.test("ViolationPrinter names the layer", () => {
  const [text] = printed([violation("a/b", { severity: "error" })], "blog");
  assertStringIncludes(text ?? "", "error [blog]: All");
});

Deno.test("ViolationPrinter prints a rule once, then counts at powers of ten", () => {
  const texts = printed(Array.from({ length: 10_000 }, () => violation("a/b")));
  assertEquals(texts.slice(1), [
    "warning: a/b was broken 10 times\n",
    "warning: a/b was broken 100 times\n",
    "warning: a/b was broken 1000 times\n",
    "warning: a/b was broken 10000 times\n",
  ]);
});

Deno.test("ViolationPrinter counts each rule by itself", () => {
  const texts = printed([
    violation("a/b"),
    violation("a/c"),
    violation("a/b"),
    violation("a/c"),
  ]);
  assertEquals(texts.length, 2);
});

Deno.test("ViolationPrinter counts by layer", () => {
  assertEquals(printed([violation("a/b")]).length, 1);
  assertEquals(printed([violation("a/b")]).length, 1);
});

Deno.test("ViolationPrinter uses colours where it is told to, and ends each", () => {
  const texts: string[] = [];
  const printer = new ViolationPrinter(
    undefined,
    (text) => void texts.push(text),
    () => true,
  );
  printer.print(violation("a/b", { severity: "error" }));
  printer.print(violation("a/c"));
  assertStringIncludes(texts[0] ?? "", "\x1b[1;31merror\x1b[0m: ");
  assertStringIncludes(texts[1] ?? "", "\x1b[1;33mwarning\x1b[0m: ");
  for (const text of texts) {
    // Each of label, hint and address begins a colour and ends it.
    assertEquals(text.split("\x1b[0m").length, 4);
    assertEquals(text.split("\x1b[").length, 7);
  }
});

/** What is written to stderr as if it were a terminal or not. */
function written(isTerminal: boolean): string {
  const { writeSync } = Deno.stderr;
  let text = "";
  Deno.stderr.writeSync = (bytes) => {
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  Deno.stderr.isTerminal = () => isTerminal;
  try {
    new ViolationPrinter(undefined).print(violation("a/b"));
  } finally {
    Deno.stderr.writeSync = writeSync;
    Reflect.deleteProperty(Deno.stderr, "isTerminal");
  }
  return text;
}

Deno.test("ViolationPrinter writes to stderr without colours if that is no terminal", () => {
  assertEquals(written(false).includes("\x1b"), false);
});

Deno.test("ViolationPrinter colours a terminal unless NO_COLOR is set", () => {
  assertEquals(written(true).includes("\x1b"), !Deno.noColor);
});

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
    // An empty NO_COLOR is none.
    assertEquals(text.includes("\x1b"), noColor === "");
  });
}

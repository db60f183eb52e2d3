import { assertEquals, assertMatch } from "@std/assert";
import { readLcov, shortfall } from "../../tools/coverage_limits.ts";

const LCOV = `SF:/project/validator/a.ts
FN:1,f
FNF:1
FNH:1
BRDA:1,1,0,1
BRF:4
BRH:3
DA:1,1
LH:9
LF:10
end_of_record
SF:/project/tests/a_test.ts
BRF:100
BRH:0
LH:0
LF:100
end_of_record
SF:/project/validator/b.ts
BRF:0
BRH:0
LH:10
LF:10
end_of_record
`;

function ruleOf(file: string): string | undefined {
  return /\/validator\//.test(file) ? "validator" : undefined;
}

Deno.test("readLcov() adds up the files of a group, and no others", () => {
  assertEquals(
    [...readLcov(LCOV, ruleOf)],
    [["validator", { lines: 95, branches: 75 }]],
  );
});

Deno.test("readLcov() counts a group without branches as reached", () => {
  const groups = readLcov(LCOV, (file) => file);
  assertEquals(groups.get("/project/validator/b.ts"), {
    lines: 100,
    branches: 100,
  });
});

Deno.test("shortfall() says nothing at the limits", () => {
  assertEquals(shortfall({ lines: 95, branches: 90 }), undefined);
});

Deno.test("shortfall() says what is below its limit", () => {
  assertEquals(
    shortfall({ lines: 94.96, branches: 90 }),
    "lines must be at 95 % at least, got 94.9 %",
  );
  assertEquals(
    shortfall({ lines: 10, branches: 89 }),
    "lines must be at 95 % at least, got 10 %; " +
      "branches must be at 90 % at least, got 89 %",
  );
});

Deno.test("coverage_limits.ts exits with 1 if too little is reached", async () => {
  const file = await Deno.makeTempFile({ suffix: ".info" });
  try {
    await Deno.writeTextFile(file, LCOV);
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--allow-read", "tools/coverage_limits.ts", file],
      cwd: new URL("../..", import.meta.url),
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(code, 1);
    assertMatch(text, /^Too little is tested: lines must/m);
    assertMatch(text, /^No test loads validator\/findings\.ts$/m);
  } finally {
    await Deno.remove(file);
  }
});

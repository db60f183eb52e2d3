import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../cli/parsed_arguments.ts";
import { HELP, parseKitArguments, USAGE } from "../../conformance/arguments.ts";

Deno.test("parseKitArguments() requires no options", () => {
  assertEquals(parseKitArguments(["server", "./start.ts"]), {
    kind: "server",
    module: "./start.ts",
    cases: [],
    paths: [],
    timeout: undefined,
    reports: {},
    list: false,
    name: undefined,
    verbose: false,
  });
});

Deno.test("parseKitArguments() accepts every option, and some of them several times", () => {
  const args = "application app.ts:name --cases a/* --cases=b/* --path /x " +
    "--path=/y?z --timeout 500 --text t --junit j --json o --html h --list " +
    "--verbose --name me";
  assertEquals(parseKitArguments(args.split(" ")), {
    kind: "application",
    module: "app.ts:name",
    cases: ["a/*", "b/*"],
    paths: ["/x", "/y?z"],
    timeout: 500,
    reports: { junit: "j", json: "o", html: "h", text: "t" },
    list: true,
    name: "me",
    verbose: true,
  });
});

Deno.test("parseKitArguments() accepts --help and --list without a module", () => {
  for (const args of [["--help"], ["-h"], ["server", "--help"]]) {
    assertEquals(parseKitArguments(args), "help");
  }
  const given = parseKitArguments(["server", "--list"]);
  assertEquals(given !== "help" && given.list, true);
});

const TIME = "For example --timeout 3000";
const NO_TIME = "--timeout must be a number of milliseconds, got";
const MODULE =
  "Name a module whose start(app) starts your server with the application of the kit";

/** Wrong command lines, the message for each, and the hint. */
Deno.test.each<[args: string, message: string, hint: string]>([
  ["", "name what to test: server or application", USAGE],
  ["serve x.ts", "cannot test serve: it must be server or application", USAGE],
  ["server", "name the server: a module that exports start(app)", USAGE],
  ["application", "name the application: a module that exports it", USAGE],
  [
    "server http://a:8000",
    "cannot test http://a:8000: it is a server's address, not a module",
    MODULE,
  ],
  ["server a.ts b.ts", "unexpected argument b.ts", USAGE],
  ["server a.ts --cases", "--cases needs a value", USAGE],
  ["server a.ts --html=", "--html needs a value", USAGE],
  ["server a.ts --list=1", "--list does not accept a value, got 1", USAGE],
  [
    "server a --tiemout 5",
    "unknown option --tiemout",
    "Did you mean --timeout?",
  ],
  ["server a.ts --xyzzy", "unknown option --xyzzy", USAGE],
  ["server a.ts --timeout 0", `${NO_TIME} 0`, TIME],
  ["server a.ts --timeout -5", `${NO_TIME} -5`, TIME],
  ["server a.ts --timeout 1.5", `${NO_TIME} 1.5`, TIME],
  ["server a.ts --timeout 3s", `${NO_TIME} 3s`, TIME],
  ["server a.ts --timeout 9999999999", `${NO_TIME} 9999999999`, TIME],
  ["server a.ts --path /x", "--path is for applications only", USAGE],
])('parseKitArguments() refuses "%s"', (line, message, hint) => {
  const args = line.split(" ").filter((one) => one !== "");
  const error = assertThrows(() => parseKitArguments(args), UsageError);
  assertEquals([error.message, error.hint], [message, hint]);
});

Deno.test("HELP names every option, in lines that fit a terminal", () => {
  const names =
    "cases path timeout text junit json html name verbose list help";
  const missing = names.split(" ").filter((it) => !HELP.includes(`--${it}`));
  assertEquals(missing, []);
  assertEquals(HELP.split("\n").filter((line) => line.length > 80), []);
});

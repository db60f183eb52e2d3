import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Arguments, HELP, parseArguments } from "../../cli/arguments.ts";
import { UsageError } from "../../cli/parsed_arguments.ts";

const PLAIN: Arguments = {
  app: undefined,
  hostname: "127.0.0.1",
  port: 8000,
  unix: undefined,
  cert: undefined,
  key: undefined,
  log: undefined,
  validate: true,
  open: false,
  print: undefined,
};

function parse(args: string[], env: Record<string, string> = {}): Arguments {
  return parseArguments(args, (name) => env[name]);
}

Deno.test.each<[string[], Partial<Arguments>]>([
  [[], {}],
  [["app.ts"], { app: "app.ts" }],
  [["app.ts:name", "80"], { app: "app.ts:name", port: 80 }],
  [["9000"], { port: 9000 }],
  [["0"], { port: 0 }],
  [["--port", "1", "app.ts", "2"], { app: "app.ts", port: 1 }],
  [["--port=1"], { port: 1 }],
  [["--host", "::1", "folder"], { app: "folder", hostname: "::1" }],
  [["--hostname", "::1", "--host=h"], { hostname: "::1" }],
  [["--no-validate", "--open"], { validate: false, open: true }],
  [["--production"], { validate: false }],
  [["--check", "a.ts"], { app: "a.ts", check: "once" }],
  [["--check-on-save"], { check: "on-save" }],
  [["--allow-host=a", "--allow-host", "b"], { allowHosts: ["a", "b"] }],
  [["--explain", "body/string"], { explain: "body/string" }],
  [["--log=dev"], { log: "dev" }],
  [["--log", "off"], { log: "off" }],
  [["--unix", "/run/a=b.sock"], { unix: "/run/a=b.sock" }],
  [["--unix=/run/a=b.sock"], { unix: "/run/a=b.sock" }],
  [["--cert", "c.pem", "--key", "k.pem"], { cert: "c.pem", key: "k.pem" }],
  [["--", "--odd.ts", "1"], { app: "--odd.ts", port: 1 }],
  [["-h"], { print: "help" }],
  [["--version"], { print: "version" }],
  [["--version", "--help"], { print: "help" }],
  [["--profile=core"], { checks: { profile: "core" } }],
  [["--rules", "http/*=off,body/string=warning", "--rules=http/single=error"], {
    checks: {
      rules: {
        ...{ "http/*": "off", "body/string": "warning" },
        "http/single": "error",
      },
    },
  }],
  [["--rules"], { print: "rules", checks: { listed: "*" } }],
  [["a.ts", "--rules", "--open"], {
    ...{ app: "a.ts", open: true, print: "rules", checks: { listed: "*" } },
  }],
  [["--rules", "body/*"], { print: "rules", checks: { listed: "body/*" } }],
])("parseArguments() understands %j", (args, expected) => {
  assertEquals(parse(args), { ...PLAIN, ...expected });
});

Deno.test("parseArguments() prefers a flag to an argument, a variable and a default", () => {
  const env = { PORT: "3000", HOST: "0.0.0.0" };
  assertEquals(parse(["--port", "1", "a.ts", "2"], env).port, 1);
  assertEquals(parse(["a.ts", "2"], env).port, 2);
  assertEquals(parse([], env), { ...PLAIN, hostname: "0.0.0.0", port: 3000 });
  assertEquals(parse(["--host", "h"], env).hostname, "h");
  assertThrows(() => parse([], { PORT: "a" }), UsageError, "invalid port: a");
  // An empty variable counts as not set.
  assertEquals(parse([], { PORT: "", HOST: "" }), PLAIN);
});

/** Arguments, the message and the beginning of the hint. */
const REJECTED = `
  --prot 1                     | unknown option --prot        | Did you mean --port?
  --validate                   | unknown option --validate    | usage:
  --no-validat                 | unknown option --no-validat  | Did you mean --no-validate?
  --prodcution                 | unknown option --prodcution  | Did you mean --production?
  --allow-hosts                | unknown option --allow-hosts | Did you mean --allow-host?
  -port                        | unknown option -port         | Did you mean --port?
  --ky k                       | unknown option --ky          | Did you mean --key?
  --x                          | unknown option --x           | usage:
  --production --check-on-save | --check-on-save cannot be used with --production | Remove one of them
  --no-validate --allow-host=a | --allow-host cannot be used with --production    | Remove one of them
  --port                       | --port needs a value         | usage:
  --host=                      | --host needs a value         | usage:
  --hostname=                  | --hostname needs a value     | usage:
  --open=yes                   | --open does not accept a value, got yes | usage:
  --log json                   | unknown log format: json     | Choose one of common, combined
  --profile all                | unknown profile: all         | Choose one of core, http
  --rules a.ts                 | no rule matches "a.ts"       | --rules without a value lists
  --rules x/*=off              | no rule matches "x/*"        | --rules without a value lists
  --rules body/*=no            | unknown setting of a rule: no | Choose one of
  --port 1e3                   | invalid port: 1e3            | usage:
  --port 65536                 | invalid port: 65536          | usage:
  -1                           | invalid port: -1             | usage:
  8000.5                       | invalid port: 8000.5         | usage:
  0x50                         | invalid port: 0x50           | usage:
  a.ts abc                     | invalid port: abc            | usage:
  a.ts 1 2                     | unexpected argument 2        | usage:
  --cert c.pem                 | --cert needs --key           | usage:
  --key k.pem                  | --key needs --cert           | usage:`;

Deno.test.each(
  REJECTED.trim().split("\n").map((row) => row.trim().split(/ +\| +/)),
)("parseArguments() rejects %s: %s", (args, message, hint) => {
  const error = assertThrows(() => parse(args!.split(" ")), UsageError);
  assertEquals(error.message, message);
  assert(error.hint.startsWith(hint!), error.hint);
});

Deno.test("parseArguments() rejects an empty port", () => {
  assertThrows(() => parse([""]), UsageError, "invalid port: ");
});

Deno.test("--help fits a terminal of 24 lines and 80 columns", () => {
  const lines = HELP.split("\n");
  assert(lines.length < 24);
  assertEquals(lines.filter((line) => line.length > 79), []);
});

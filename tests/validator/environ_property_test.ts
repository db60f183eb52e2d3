import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import type { EnvironView } from "../../validator/views/environ_view.ts";
import { readEnviron } from "../../validator/wrap/read_environ.ts";
import type { Finding, Rule } from "../../validator/rules/rule.ts";
import {
  activate,
  type ActiveRules,
} from "../../validator/rules/active_rules.ts";
import { ValidatorContext } from "../../validator/context.ts";
import {
  ARGUMENT_RULES,
  CALLABLE_RULES,
} from "../../validator/rules/application.ts";
import { validator } from "../../mod.ts";
import { start } from "./programs.ts";
import { createEnviron, helloApp, type Loose } from "./scenario.ts";

const context = new ValidatorContext({ profile: "paranoid" }, []);
const rules: ActiveRules = activate((rules) => context.select(rules));
const ENVIRON_RULES: readonly Rule<EnvironView>[] = rules.environ
  .map(({ rule }) => rule);

function findings<View>(rules: readonly Rule<View>[], view: View): Finding[] {
  return rules.map((rule) => rule.check(view)).filter((it) => it !== undefined);
}

function assertWords(found: Finding[]): void {
  for (const finding of found) {
    const got = typeof finding === "string" ? finding : finding?.got;
    assert(typeof got === "string" && got !== "", `${got} is no text`);
    assert(got.length < 400, got);
  }
}

const KEYS = `REQUEST_METHOD SCRIPT_NAME PATH_INFO QUERY_STRING REQUEST_URI
  CONTENT_LENGTH SERVER_NAME SERVER_PORT SERVER_PROTOCOL HTTPS HTTP_HOST
  HTTP_CONTENT_TYPE HTTP_TRANSFER_ENCODING wsgi.version wsgi.url_scheme
  wsgi.input wsgi.errors wsgi.run_once wsgi.file_wrapper wsgiref.signal
  __proto__ constructor toString`.split(/\s+/);

/** Keys that a program may use; those with a meaning are more frequent. */
const keys = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

const anything = fc.oneof(
  fc.anything({
    ...{ withBigInt: true, withDate: true, withMap: true, withSet: true },
    ...{ withNullPrototype: true, withObjectString: true },
    ...{ withBoxedValues: true, withSparseArray: true, withTypedArray: true },
  }),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "/", "?", "%41", "[", ":", "[::1]:", "*"),
  fc.constantFrom(Symbol("x"), () => {}, class {}, new Proxy({}, {})),
);

const environs = fc.array(fc.tuple(keys, anything), { maxLength: 12 })
  .map(Object.fromEntries);

Deno.test("ENVIRON_RULES, ARGUMENT_RULES and CALLABLE_RULES describe anything, and never throw", () => {
  const args = fc.oneof(
    environs.map((environ) => [environ, () => {}]),
    fc.array(anything, { maxLength: 4 }),
  );
  fc.assert(
    fc.property(args, anything, (args, app) => {
      const view = readEnviron(args, rules);
      assertWords(findings(ARGUMENT_RULES, view));
      assertWords(findings(ENVIRON_RULES, view));
      assertWords(findings(CALLABLE_RULES, { app }));
    }),
    { numRuns: 200 },
  );
});

/** A correct environ in which some variables are changed or missing. */
const variants = fc.dictionary(
  fc.constantFrom(...KEYS, "HTTP_COOKIE", "CONTENT_TYPE", "x.y", "HTTP_a"),
  fc.oneof(anything, fc.constantFrom("/a%41?b", "b", "https", "on", undefined)),
  { maxKeys: 2, noNullPrototype: true },
);

/**
 * Changes that are correct alone, and of which several may contradict one another.
 */
const changes = fc.record({
  PATH_INFO: fc.constantFrom("/", "/a", "/b"),
  QUERY_STRING: fc.constantFrom("", "q=1", "q=2"),
  REQUEST_URI: fc.constantFrom("/", "/a", "/b?q=1", "/a?q=2"),
  SCRIPT_NAME: fc.constantFrom("", "/a"),
  REQUEST_METHOD: fc.constantFrom("GET", "POST", "CONNECT"),
  SERVER_PROTOCOL: fc.constantFrom("HTTP/1.1", "HTTP/1.0"),
  HTTP_HOST: fc.constantFrom("localhost", "localhost:8000", "b"),
  REMOTE_ADDR: fc.constantFrom("127.0.0.1", "::1", "192.0.2.1"),
  REMOTE_PORT: fc.constantFrom("1", "2", "70000"),
  HTTPS: fc.constantFrom("on", "off"),
  "wsgi.url_scheme": fc.constantFrom("http", "https"),
}, { requiredKeys: [] });

Deno.test.each<[string, fc.Arbitrary<object>, number]>([
  ["variables are wrong", variants, 10],
  ["variables contradict one another", changes, 100],
])(
  "validator() finds the same in each request as in a first one if %s",
  (_, variants, numRuns) => {
    const found: string[] = [];
    const make = () =>
      validator(helloApp, {
        ...{ throws: false, profile: "paranoid" },
        onViolation: ({ rule, message }) => void found.push(rule + message),
      });
    const use = (app: Loose, variant: object) => {
      found.length = 0;
      const { "wsgi.input": input, ...environ } = createEnviron();
      app(Object.assign(environ, { "wsgi.input": input }, variant), start);
      return [...found];
    };
    fc.assert(
      fc.property(
        fc.array(variants, { minLength: 2, maxLength: 12 }),
        (all) => {
          const app = make();
          const expected = all.map((variant) => use(make(), variant));
          for (let i = 0; i < 2; i++) {
            assertEquals(all.map((variant) => use(app, variant)), expected);
          }
        },
      ),
      { numRuns },
    );
  },
);

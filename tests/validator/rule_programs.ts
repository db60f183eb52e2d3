/**
 * The two programs of each rule in `docs/rules/`, and the fixtures of the rule.
 *
 * @module
 */

import * as package_ from "../../mod.ts";
import { readPrograms } from "../../tools/rule_data.ts";
import { bytes } from "./programs.ts";
import {
  createEnviron,
  type Fixture,
  type Fixtures,
  helloApp,
  runServer,
  type Scenario,
} from "./scenario.ts";

/** The names that programs on the pages may use, as listed in their index. */
const VOCABULARY = {
  ...package_,
  bytes: bytes("Hello"),
  createEnviron,
  helloApp,
  runServer,
};

/** The parts of a scenario, and their names in a program. */
const PARTS = {
  app: "app",
  middleware: "middleware",
  environ: "setEnviron",
  server: "server",
  validate: "use",
  input: "input",
};

/** Creates a scenario from a program on a page. */
function toScenario(code: string): Scenario {
  const parts = Object.entries(PARTS).map(([part, name]) =>
    `${part}: typeof ${name} === "undefined" ? undefined : ${name}`
  );
  const source = `${code}\nreturn { ${parts.join(", ")} };`;
  const made = new Function(...Object.keys(VOCABULARY), source);
  return made(...Object.values(VOCABULARY));
}

const modules = await Promise.all(
  Array.from(
    Deno.readDirSync(new URL("fixtures/", import.meta.url)),
    ({ name }) => import(`./fixtures/${name}`),
  ),
);

/** More programs that break each rule or follow it, by the id of the rule. */
export const MORE_FIXTURES: Fixtures = Object.assign(
  {},
  ...modules.flatMap(Object.values),
);

/** All programs that break each rule or follow it; those of the page first. */
export const FIXTURES: ReadonlyMap<string, Required<Fixture>> = new Map(
  Array.from(await readPrograms(), ([id, { breaks, follows }]) => {
    const { bad = [], good = [] } = MORE_FIXTURES[id] ?? {};
    return [id, {
      bad: [toScenario(breaks), ...bad],
      good: [toScenario(follows), ...good],
    }];
  }),
);

/**
 * Measures the cost of the validator without a socket: without it, with all
 * rules off, with all rules, and with each subject alone. The difference to all
 * rules off is the cost of a subject.
 *
 * @module
 */

import { runApplication, type Transport } from "../../gateway/mod.ts";
import {
  type Application,
  setupTestingDefaults,
  validator,
} from "../../mod.ts";
import { RULES } from "../../validator/rules/table.ts";
import { hello } from "../applications.ts";

const silent: Transport = {
  respond: () => {},
  sendHead: () => {},
  write: () => {},
  end: () => {},
  abort: () => {},
};

function subjectOf(id: string): string {
  return id.replace(/\/.*/, "/*");
}

function bench(name: string, app: Application, baseline = false): void {
  Deno.bench(name, { group: "rules", baseline }, () => {
    runApplication(app, setupTestingDefaults({}), silent);
  });
}

const subjects = new Set(RULES.map(({ id }) => subjectOf(id)));
const off = Object.fromEntries(
  [...subjects].map((subject) => [subject, "off"] as const),
);

bench("no validator", hello);
bench("all rules off", validator(hello, { rules: off }), true);
bench("all rules", validator(hello));
for (const subject of subjects) {
  const { [subject]: _, ...rules } = off;
  bench(`${subject} alone`, validator(hello, { rules }));
}

import { assertEquals } from "@std/assert";
import { GoodEnvirons } from "../../validator/good_environs.ts";
import {
  type EnvironRule,
  RecordedEnviron,
} from "../../validator/recorded_environ.ts";
import type { Finding } from "../../validator/rules/rule.ts";
import type { EnvironView } from "../../validator/views/environ_view.ts";

/** A memory whose rules note each check in `seen`. */
class Memory {
  readonly #environs = new GoodEnvirons();
  readonly #rules: EnvironRule[];
  readonly #seen: string[] = [];

  constructor(reads: Readonly<Record<string, (view: EnvironView) => unknown>>) {
    this.#rules = Object.entries(reads).map(([id, read]) => {
      const check = (view: EnvironView): Finding => {
        this.#seen.push(id);
        return read(view) === "bad" ? "bad" : undefined;
      };
      const isAboutPresence = id === "presence";
      return {
        rule: { id, check, isAboutPresence },
        severity: "error",
        check,
      } as unknown as EnvironRule;
    });
  }

  /** Checks an environ as the validator does; returns the checks. */
  check(
    values: Readonly<Record<string, unknown>>,
    earlier?: EnvironView["earlier"],
  ): string[] {
    this.#seen.length = 0;
    const view = {
      ...{ values, isEnviron: true, hints: undefined, earlier },
      ...{ args: [], object: values, startResponse: undefined },
      linked: undefined,
    };
    if (this.#environs.includes(view)) return [...this.#seen];
    const recorded = new RecordedEnviron(view);
    let isGood = true;
    for (const rule of this.#rules) {
      recorded.begin();
      if (rule.check(recorded) !== undefined) isGood = false;
      recorded.end(rule);
    }
    if (isGood) this.#environs.add(recorded);
    return ["all", ...this.#seen];
  }
}

const READS = {
  path: ({ values }: EnvironView) => values["PATH_INFO"],
  port: ({ values }: EnvironView) => values["REMOTE_PORT"],
  // With other paths, it does not read the port.
  both: ({ values }: EnvironView) =>
    values["PATH_INFO"] === "/b" && values["REMOTE_PORT"] === "2" ? "bad" : "",
};

Deno.test("GoodEnvirons applies the rules about a variable once for each of its values", () => {
  const memory = new Memory(READS);
  const base = { PATH_INFO: "/", REMOTE_PORT: "1" };
  assertEquals(memory.check(base), ["all", "path", "port", "both"]);
  assertEquals(memory.check({ ...base }), []);
  const other = { ...base, REMOTE_PORT: "2" };
  assertEquals(memory.check(other), ["port", "port"]);
  assertEquals(memory.check({ ...other }), []);
  assertEquals(memory.check(base), []);
});

Deno.test("GoodEnvirons applies the rules about two variables that differ, even if each value is known", () => {
  const memory = new Memory(READS);
  memory.check({ PATH_INFO: "/", REMOTE_PORT: "1" });
  memory.check({ PATH_INFO: "/b", REMOTE_PORT: "1" });
  memory.check({ PATH_INFO: "/", REMOTE_PORT: "2" });
  const found = memory.check({ PATH_INFO: "/b", REMOTE_PORT: "2" });
  assertEquals(found.includes("all"), true);
});

Deno.test("GoodEnvirons does not learn a value together with another one", () => {
  const memory = new Memory(READS);
  memory.check({ PATH_INFO: "/", REMOTE_PORT: "1" });
  memory.check({ PATH_INFO: "/a", REMOTE_PORT: "2" });
  const found = memory.check({ PATH_INFO: "/", REMOTE_PORT: "2" });
  assertEquals(found, ["port", "port"]);
});

Deno.test("GoodEnvirons learns a limited number of values", () => {
  const memory = new Memory({ port: READS.port });
  memory.check({ REMOTE_PORT: "0" });
  const ports = Array.from({ length: 70 }, (_, index) => `${index + 1}`);
  const checks = [1, 2].map(() =>
    ports.flatMap((REMOTE_PORT) => memory.check({ REMOTE_PORT })).length
  );
  // Each of the first 64 is checked twice: to judge it, and to learn it.
  assertEquals(checks, [64 * 2 + 6, 6]);
});

Deno.test("GoodEnvirons learns no value with which a rule reads an object", () => {
  const memory = new Memory({
    both: ({ values }) =>
      values["PATH_INFO"] === "/b" ? (values["x.y"] as { z: string }).z : "",
  });
  const object = { z: "" };
  memory.check({ PATH_INFO: "/", "x.y": object });
  memory.check({ PATH_INFO: "/b", "x.y": object });
  object.z = "bad";
  const found = memory.check({ PATH_INFO: "/b", "x.y": object });
  assertEquals(found.includes("all"), true);
});

Deno.test.each<[string, unknown, string[]]>([
  ["a function", () => {}, []],
  ["a frozen array", Object.freeze([1, 0]), []],
  ["a frozen array of objects", Object.freeze([{}]), ["path"]],
  ["an array", [1, 0], ["path"]],
  ["an object", {}, ["path"]],
])(
  "GoodEnvirons applies the rules about %s again unless it cannot change",
  (_, value, again) => {
    const memory = new Memory({ path: ({ values }) => values["x.y"] });
    memory.check({ "x.y": value });
    assertEquals(memory.check({ "x.y": value }), again);
  },
);

Deno.test("GoodEnvirons applies a rule about presence only if other variables are present", () => {
  const presence = ({ values }: EnvironView) => values["x.y"];
  const memory = new Memory({ presence });
  memory.check({ "x.y": {} });
  assertEquals(memory.check({ "x.y": {} }), []);
  assertEquals(memory.check({}), ["all", "presence"]);
});

Deno.test("GoodEnvirons applies all rules to an environ that was used before", () => {
  const memory = new Memory({ path: READS.path });
  memory.check({ PATH_INFO: "/" });
  const earlier = {} as NonNullable<EnvironView["earlier"]>;
  assertEquals(memory.check({ PATH_INFO: "/" }, earlier), ["all", "path"]);
});

Deno.test("GoodEnvirons finds the same after it has replaced its strings", () => {
  const memory = new Memory(READS);
  for (let i = 0; i < 600; i++) {
    const found = memory.check({ PATH_INFO: "/", REMOTE_PORT: `${i % 3}` });
    assertEquals(found.length > 0, i < 3, `${i}`);
  }
  assertEquals(memory.check({ PATH_INFO: "/", REMOTE_PORT: "4" }).length, 2);
});

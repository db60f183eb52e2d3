import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  EnvironCollector,
  EnvironDecoder,
  EnvironEncoder,
} from "../../dev/wire/environ_strings.ts";
import { setupTestingDefaults } from "../../mod.ts";

const PLAIN = setupTestingDefaults({});

Deno.test("EnvironDecoder restores what EnvironEncoder has encoded, whatever came before", () => {
  const collector = new EnvironCollector();
  const encoder = new EnvironEncoder();
  const decoder = new EnvironDecoder();
  const sizes: number[] = [];
  const changes = [
    ...[{}, {}, { PATH_INFO: "/b", QUERY_STRING: "c" }, { HTTP_COOKIE: "d" }],
    ...[{ HTTP_COOKIE: "", PATH_INFO: "/b" }, {}],
  ];
  for (const more of changes) {
    const environ = { ...PLAIN, ...more };
    const encoded = encoder.encode(collector.collect(environ));
    sizes.push("names" in encoded ? -1 : encoded.length);
    const strings = Object.entries(environ).filter(([, value]) =>
      typeof value === "string"
    );
    const decoded = decoder.decode(structuredClone(encoded));
    assertEquals(decoded, Object.fromEntries(strings));
  }
  // Differences are pairs; -1 is a complete environ.
  assertEquals(sizes, [-1, 0, 4, -1, 4, -1]);
});

Deno.test("EnvironCollector shares the names of environs with the same variables", () => {
  const collector = new EnvironCollector();
  const [first, second] = [{}, { PATH_INFO: "/b" }].map((more) =>
    collector.collect({ ...PLAIN, ...more })
  );
  assertStrictEquals(first?.names, second?.names);
});

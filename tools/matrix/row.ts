/**
 * The requirements of a row of the matrix: programs, and the deviations of its
 * server.
 *
 * @module
 */

import type { StartServer } from "../../conformance/server_under_test.ts";
import { npmProgram } from "./npm_program.ts";
import type { ServerPart, Texts } from "./part.ts";
import { findProgram, versionOf } from "./server_process.ts";

/** Reads the deviations of a server, by the ids of cases. */
export function deviationsOf(server: string): Texts {
  const file = new URL("deviations.txt", import.meta.url);
  const lines = Deno.readTextFileSync(file).split("\n").map((line) =>
    line.split(": ")
  );
  return Object.fromEntries(
    lines.filter(([names]) => names?.split(" ").includes(server)).flatMap((
      [, ids = "", ...rest],
    ) => ids.split(" ").map((id) => [id, rest.join(": ")])),
  );
}

/** A program that a server needs. */
export interface Program {
  /** Its name on the page. */
  readonly name: string;
  /** Returns its path, if it is installed. */
  find(): Promise<string | undefined>;
  /** The reason why a row cannot run without it. */
  readonly absent: string;
  /** The option that prints its version. */
  readonly option?: string;
}

/** Returns a program that may be installed on the system. */
export function installed(name: string, title: string = name): Program {
  const absent = `${title} is not installed`;
  const find = async () => await findProgram(name);
  return { name: title, find, absent, option: "-v" };
}

/** Returns a program from npm. */
export function fromNpm(pkg: string, name: string = pkg): Program {
  const absent = `${pkg} cannot be loaded from npm`;
  return { name, find: () => npmProgram(pkg), absent };
}

/** The program that runs this process: Deno. */
export const DENO: Program = {
  name: "deno",
  find: async () => await Deno.execPath(),
  absent: "",
};

/** Creates a row for a server that needs some programs. */
export function row(
  name: string,
  programs: readonly Program[],
  start: StartServer,
): ServerPart {
  return {
    name,
    start,
    async missing(): Promise<string | undefined> {
      for (const { find, absent } of programs) {
        if (await find() === undefined) return absent;
      }
      return undefined;
    },
    async versions(): Promise<Texts> {
      const versions: Record<string, string> = {};
      for (const { name, find, option } of programs) {
        versions[name] = await versionOf(await find() ?? name, option);
      }
      return versions;
    },
  };
}

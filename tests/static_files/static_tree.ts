/** Folders that the tests of `staticFiles()` serve. */

import { dirname, join } from "@std/path";
import { staticFiles } from "../../static_files/static_files.ts";
import type { StaticFilesOptions } from "../../static_files/static_files.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { validator } from "../../validator.ts";
import { serve, type Serving } from "../server/serving.ts";

/** The default modification time of the files of a tree. */
export const CHANGED: Date = new Date("2024-05-06T07:08:09Z");

/** The entries of a tree by path: text, bytes, or a link. */
export type Content = Readonly<
  Record<string, string | Uint8Array<ArrayBuffer> | { readonly link: string }>
>;

/** A folder that is removed at the end of the test: `await using tree = …`. */
export class Tree implements AsyncDisposable {
  /** The folder of the tree. Its folder `root` is served. */
  readonly base: string;

  private constructor(base: string) {
    this.base = base;
  }

  /** Creates a tree. Paths are relative to the served folder. */
  static async make(content: Content): Promise<Tree> {
    const tree = new Tree(await Deno.makeTempDir({ prefix: "wsgiref-" }));
    await Deno.mkdir(tree.root);
    for (const [path, entry] of Object.entries(content)) {
      const full = join(tree.root, path);
      await Deno.mkdir(dirname(full), { recursive: true });
      if (typeof entry === "object" && "link" in entry) {
        await Deno.symlink(entry.link, full);
        continue;
      }
      await Deno.writeFile(full, await new Blob([entry]).bytes());
      await Deno.utime(full, CHANGED, CHANGED);
    }
    return tree;
  }

  /** The folder that is served. */
  get root(): string {
    return join(this.base, "root");
  }

  /** A client of the tree. Findings of the validator fail the test. */
  client(options?: StaticFilesOptions): TestClient {
    const app = staticFiles(this.root, options);
    return new TestClient(app, { validate: STRICT });
  }

  /** Serves it behind a validator over a socket. */
  serve(): Serving {
    return serve(validator(staticFiles(this.root), STRICT));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.base, { recursive: true });
  }
}

/** Requests each target, and returns the statuses of the responses. */
export async function statusesOf(
  client: TestClient,
  targets: readonly string[],
): Promise<number[]> {
  const responses = targets.map((target) => client.get(target));
  return (await Promise.all(responses)).map(({ status }) => status);
}

/** The default validator, except that warnings are errors. */
export const STRICT = { rules: { "*": "error" } } as const;

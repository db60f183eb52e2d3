import { assertEquals } from "@std/assert";
import { assertNoComplaint, commandOf, ExampleProgram } from "./program.ts";
import { getPage, HELLO } from "./list.ts";

/** An address of this machine that counts who calls, and answers nobody. */
class Registry implements AsyncDisposable {
  readonly url: string;
  asked = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #accepting = this.#accept();

  constructor() {
    this.url = `http://127.0.0.1:${this.#listener.addr.port}/`;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.asked++;
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
  }
}

interface Isolation {
  name: string;
  flags: string[];
}

Deno.test.each<Isolation>([
  { name: "its first line", flags: [] },
  {
    name: "all downloads forbidden",
    flags: ["--cached-only", "--no-remote", "--no-npm"],
  },
])("hello.ts asks no registry, with $name", async ({ flags }) => {
  await using registry = new Registry();
  const cache = await Deno.makeTempDir();
  try {
    const [run = "", ...rest] = await commandOf("hello.ts");
    // Nothing can be fetched without being counted: registries and proxies
    // are all the same closed door.
    const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((
      name,
    ) => [[name, registry.url], [name.toLowerCase(), registry.url]]);
    await using program = await ExampleProgram.start([run, ...flags, ...rest], {
      ...Object.fromEntries(proxies),
      DENO_DIR: cache,
      DENO_NO_UPDATE_CHECK: "1",
      JSR_URL: registry.url,
      NPM_CONFIG_REGISTRY: registry.url,
      NO_PROXY: "",
      no_proxy: "",
    });
    assertEquals(await getPage(program.url), HELLO);
    assertNoComplaint(await program.end());
    assertEquals(registry.asked, 0);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

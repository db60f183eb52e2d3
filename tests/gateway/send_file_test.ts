import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { existsSync } from "node:fs";
import { runApplication } from "../../gateway/mod.ts";
import {
  type Application,
  FileWrapper,
  makeServer,
  type ServerOptions,
  setupTestingDefaults,
  toFetchHandler,
  validator,
} from "../../mod.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";

const SIZE = 300_000;

/** A file of bytes that tell their place, and an application that sends it. */
class Folder implements Disposable {
  readonly path = Deno.makeTempFileSync();
  readonly bytes = Uint8Array.from({ length: SIZE }, (_, i) => i % 251);
  readonly opened: Deno.FsFile[] = [];

  constructor() {
    Deno.writeFileSync(this.path, this.bytes);
  }

  /** Sends the file from a place on, with some headers. */
  app(start: number, headers: [string, string][] = []): Application {
    return (environ, startResponse) => {
      const file = Deno.openSync(this.path);
      this.opened.push(file);
      file.seekSync(start, Deno.SeekMode.Start);
      startResponse("200 OK", headers);
      return environ["wsgi.file_wrapper"]!(file, 4096);
    };
  }

  get allClosed(): boolean {
    return this.opened.every((file) => {
      try {
        file.statSync();
        return false;
      } catch {
        return true;
      }
    });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}

/** Serves one request, and waits until all of it is over. */
async function ask(
  app: Application,
  use: (url: string) => Promise<void>,
  options: ServerOptions = {},
): Promise<void> {
  const server = makeServer("127.0.0.1", 0, app, { log: false, ...options });
  server.serveForever();
  try {
    await use(server.url);
  } finally {
    await server.shutdown();
  }
}

Deno.test("FileWrapper sends an open file from where it stands, with its length, and closes it", async () => {
  using folder = new Folder();
  await ask(folder.app(1000), async (url) => {
    const response = await fetch(url);
    assertEquals(response.headers.get("content-length"), `${SIZE - 1000}`);
    assertEquals(await response.bytes(), folder.bytes.subarray(1000));
  });
  assert(folder.allClosed);
});

Deno.test("FileWrapper sends no more of a file than Content-Length says", async () => {
  using folder = new Folder();
  await ask(folder.app(10, [["Content-Length", "20"]]), async (url) => {
    const response = await fetch(url);
    assertEquals(await response.bytes(), folder.bytes.subarray(10, 30));
  });
  assert(folder.allClosed);
});

Deno.test("FileWrapper breaks the response of a file that is shorter than Content-Length", async () => {
  using folder = new Folder();
  const app = folder.app(0, [["Content-Length", `${SIZE + 1}`]]);
  const errors: unknown[] = [];
  await ask(app, async (url) => {
    const response = await fetch(url);
    await assertRejects(() => response.bytes());
  }, {
    environ: { "wsgi.errors": { write: (text: string) => errors.push(text) } },
  });
  assertEquals(errors.length, 1);
  assert(folder.allClosed);
});

Deno.test("FileWrapper closes an empty file, a file under HEAD and one whose client leaves", async () => {
  using folder = new Folder();
  await ask(folder.app(SIZE), async (url) => {
    const response = await fetch(url);
    assertEquals(response.headers.get("content-length"), "0");
    assertEquals((await response.bytes()).length, 0);
    await fetch(url, { method: "HEAD" });
    await (await fetch(url)).body?.cancel();
  });
  assertEquals(folder.opened.length, 3);
  assert(folder.allClosed);
});

Deno.test("FileWrapper is read in blocks under the validator, with the same result", async () => {
  using folder = new Folder();
  const app = validator(folder.app(5));
  await ask(app, async (url) => {
    const bytes = await (await fetch(url)).bytes();
    assertEquals(bytes, folder.bytes.subarray(5));
  });
  app.assertFinished();
  assert(folder.allClosed);
});

/** Sends a file, and changes it when the first bytes are sent. */
async function sendChanging(
  path: string,
  change: () => void,
): Promise<{ sent: number; announced: unknown; errors: string[] }> {
  const errors: string[] = [];
  let sent = 0;
  let announced: unknown;
  await runApplication(
    (_environ, startResponse) => {
      startResponse("200 OK", []);
      return new FileWrapper(Deno.openSync(path));
    },
    setupTestingDefaults({
      "wsgi.errors": new StderrStream((text) => void errors.push(text)),
    }),
    {
      sendHead: ({ contentLength }) => void (announced = contentLength),
      write(chunk): void {
        if (sent === 0) change();
        sent += chunk.length;
      },
      end: () => {},
      abort: (error) => void errors.push(`broken: ${error}`),
    },
  );
  return { sent, announced, errors };
}

Deno.test("FileWrapper breaks the response, and says so, when its file is truncated meanwhile", async () => {
  using folder = new Folder();
  const cut = () => Deno.truncateSync(folder.path, 270_000);
  const { sent, announced, errors } = await sendChanging(folder.path, cut);
  assertEquals([sent, announced], [270_000, SIZE]);
  const message =
    "Error: Cannot send the whole file: it was truncated while it was sent, from 300000 bytes to 270000 or less";
  assertEquals(errors.map((text) => text.split("\n")[0]), [
    message,
    `broken: ${message}`,
  ]);
});

/** Answers with a file, changes it after the first chunk, and keeps all chunks. */
async function fetchChanging(
  folder: Folder,
  change: () => void,
): Promise<{ chunks: Uint8Array[]; errors: string[] }> {
  const [chunks, errors]: [Uint8Array[], string[]] = [[], []];
  const handler = toFetchHandler(folder.app(0), {
    environ: {
      "wsgi.errors": new StderrStream((text) => void errors.push(text)),
    },
  });
  const response = await handler(new Request("http://h/"));
  try {
    for await (const chunk of response.body!) {
      if (chunks.push(chunk) === 1) change();
    }
  } catch (error) {
    errors.push(`broken: ${error}`);
  }
  return { chunks, errors };
}

Deno.test("toFetchHandler() sends a file in chunks that stay as they are", async () => {
  using folder = new Folder();
  const { chunks, errors } = await fetchChanging(folder, () => {});
  assert(chunks.length > 1);
  assertEquals(await new Blob(chunks as BlobPart[]).bytes(), folder.bytes);
  assertEquals(errors, []);
});

Deno.test("toFetchHandler() breaks the response, and says so, when its file is truncated meanwhile", async () => {
  using folder = new Folder();
  const { errors } = await fetchChanging(
    folder,
    () => Deno.truncateSync(folder.path, 270_000),
  );
  assertEquals(errors.length, 2);
  for (const error of errors) assertMatch(error, /it was truncated/);
});

Deno.test("FileWrapper sends as much of a file that grows as it has announced", async () => {
  using folder = new Folder();
  const grow = () =>
    Deno.writeFileSync(folder.path, new Uint8Array(9), { append: true });
  const result = await sendChanging(folder.path, grow);
  assertEquals(result, { sent: SIZE, announced: SIZE, errors: [] });
});

for (
  const path of ["/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"]
) {
  Deno.test({
    name: `${path}, whose size is wrong, is sent whole by every gateway`,
    ignore: Deno.build.os !== "linux" || !existsSync(path),
    async fn(): Promise<void> {
      const app: Application = (environ, startResponse) => {
        startResponse("200 OK", []);
        return environ["wsgi.file_wrapper"]!(Deno.openSync(path));
      };
      const text = await Deno.readTextFile(path);
      const check = async (url: string): Promise<void> => {
        const response = await fetch(url);
        assertEquals(
          [response.headers.get("content-length"), await response.text()],
          [`${text.length}`, text],
        );
      };
      await ask(app, check);
      await using server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        toFetchHandler(app),
      );
      await check(`http://127.0.0.1:${server.addr.port}/`);
    },
  });
}

Deno.test("makeServer() logs the bytes of a file", async () => {
  using folder = new Folder();
  const records: [number, number][] = [];
  const use = async (url: string) => void await (await fetch(url)).bytes();
  await ask(folder.app(0), use, {
    log: ({ status, bytesSent }) => void records.push([status, bytesSent]),
  });
  assertEquals(records, [[200, SIZE]]);
});

Deno.test("FileWrapper.bytesLeft is unknown once the iteration has begun", async () => {
  using folder = new Folder();
  using file = Deno.openSync(folder.path);
  const wrapper = new FileWrapper(file);
  assertEquals(wrapper.bytesLeft, SIZE);
  await wrapper.next();
  assertEquals(wrapper.bytesLeft, undefined);
});

Deno.test("FileWrapper.bytesLeft is unknown for what is no open file", () => {
  assertEquals(new FileWrapper({ read: () => null }).bytesLeft, undefined);
  using folder = new Folder();
  const file = Deno.openSync(folder.path);
  file.close();
  assertEquals(new FileWrapper(file).bytesLeft, undefined);
});

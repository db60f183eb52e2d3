import { assertEquals, assertRejects } from "@std/assert";
import { existsSync } from "node:fs";
import { runApplication } from "../../gateway/mod.ts";
import {
  type Application,
  FileWrapper,
  setupTestingDefaults,
  toFetchHandler,
  validator,
} from "../../mod.ts";
import type { AccessRecord } from "../../gateway/access_record.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { serve } from "../server/serving.ts";
import { serveFetch } from "./left_client.ts";

const SIZE = 300_000;

/** A file whose bytes show their position, and applications that send it. */
class TestFile implements Disposable {
  readonly path = Deno.makeTempFileSync();
  readonly bytes = Uint8Array.from({ length: SIZE }, (_, i) => i % 251);
  readonly opened: Deno.FsFile[] = [];

  constructor() {
    Deno.writeFileSync(this.path, this.bytes);
  }

  /** Sends the file from a position on, with or without a length. */
  app(start: number, length?: number): Application {
    return (environ, startResponse) => {
      const file = Deno.openSync(this.path);
      this.opened.push(file);
      file.seekSync(start, Deno.SeekMode.Start);
      const headers = length === undefined
        ? []
        : [["Content-Length", `${length}`] as const];
      startResponse("200 OK", headers);
      return environ["wsgi.file_wrapper"]!(file, 4096);
    };
  }

  /** Deletes the file, if all of its openings are closed. */
  [Symbol.dispose](): void {
    for (const file of this.opened) {
      try {
        file.statSync();
      } catch {
        continue;
      }
      throw new Error("It was not closed");
    }
    Deno.removeSync(this.path);
  }
}

/** Sends one request to an application. */
async function ask(
  app: Application,
  use: (response: Response) => Promise<void>,
  init: RequestInit = {},
): Promise<{ errors: readonly string[]; bytesSent: number }> {
  let bytesSent = -1;
  const log = (record: AccessRecord) => void ({ bytesSent } = record);
  await using serving = serve(app, { log });
  await use(await fetch(serving.server.url, init));
  await serving.server.shutdown();
  return { errors: serving.log, bytesSent };
}

Deno.test("FileWrapper sends an open file from its position, with its length, and closes it", async () => {
  using file = new TestFile();
  const checked = validator(file.app(1000));
  // Under the validator it is read in blocks.
  for (const app of [file.app(1000), checked]) {
    const { bytesSent } = await ask(app, async (response) => {
      assertEquals(await response.bytes(), file.bytes.subarray(1000));
      if (app === checked) return;
      assertEquals(response.headers.get("content-length"), `${SIZE - 1000}`);
    });
    assertEquals(bytesSent, SIZE - 1000);
  }
  checked.assertFinished();
});

Deno.test("FileWrapper sends as much of a file as Content-Length says, or breaks off", async () => {
  using file = new TestFile();
  await ask(file.app(10, 20), async (response) => {
    assertEquals(await response.bytes(), file.bytes.subarray(10, 30));
  });
  const { errors } = await ask(file.app(0, SIZE + 1), async (response) => {
    await assertRejects(() => response.bytes());
  });
  assertEquals(errors.length, 1);
});

Deno.test("FileWrapper closes an empty file, a file under HEAD and one whose client leaves", async () => {
  using file = new TestFile();
  await ask(file.app(SIZE), async (response) => {
    assertEquals(response.headers.get("content-length"), "0");
    assertEquals((await response.bytes()).length, 0);
  });
  const leave = async (response: Response) => await response.body?.cancel();
  await ask(file.app(0), leave);
  await ask(file.app(0), leave, { method: "HEAD" });
  assertEquals(file.opened.length, 3);
});

/** Sends a file that changes when the first bytes are sent. */
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

Deno.test("FileWrapper breaks off and logs why if its file is truncated, and ignores growth", async () => {
  using file = new TestFile();
  const append = { append: true };
  const grow = () => Deno.writeFileSync(file.path, new Uint8Array(9), append);
  const grown = await sendChanging(file.path, grow);
  assertEquals(grown, { sent: SIZE, announced: SIZE, errors: [] });
  const cut = () => Deno.truncateSync(file.path, 270_000);
  const { sent, announced, errors } = await sendChanging(file.path, cut);
  assertEquals([sent, announced], [270_000, SIZE + 9]);
  const message =
    "Error: Cannot send the whole file: it was truncated while it was sent, from 300009 bytes to 270000 or less";
  const lines = errors.map((text) => text.split("\n")[0]);
  assertEquals(lines, [message, `broken: ${message}`]);
});

Deno.test("toFetchHandler() sends a file in separate chunks, and breaks off if it is truncated", async () => {
  using file = new TestFile();
  const truncate = () => Deno.truncateSync(file.path, 270_000);
  for (const change of [undefined, truncate]) {
    const errors: string[] = [];
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const log = new StderrStream((text) => void errors.push(text));
    const environ = { "wsgi.errors": log };
    const handler = toFetchHandler(file.app(0), { environ });
    const { body } = await handler(new Request("http://h/"));
    const read = async (): Promise<void> => {
      for await (const chunk of body!) if (chunks.push(chunk) === 1) change?.();
    };
    if (change === undefined) {
      await read();
      assertEquals(await new Blob(chunks).bytes(), file.bytes);
    } else await assertRejects(read, Error, "it was truncated");
    assertEquals(chunks.length > 1, true);
    assertEquals(errors.join().includes("truncated"), change !== undefined);
  }
});

Deno.test.each([
  "/proc/version",
  "/sys/kernel/mm/transparent_hugepage/enabled",
])("FileWrapper sends all of %s, whose size is wrong", {
  ignore: Deno.build.os !== "linux" || !existsSync("/proc/version"),
}, async (path) => {
  if (!existsSync(path)) return;
  const app: Application = (environ, startResponse) => {
    startResponse("200 OK", []);
    return environ["wsgi.file_wrapper"]!(Deno.openSync(path));
  };
  await using http = serve(app);
  await using fetched = serveFetch(app);
  const text = await Deno.readTextFile(path);
  for (const { port } of [http, fetched]) {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    assertEquals(response.headers.get("content-length"), `${text.length}`);
    assertEquals(await response.text(), text);
  }
});

Deno.test("FileWrapper.bytesLeft is known for an open file until the iteration begins", async () => {
  using file = new TestFile();
  const open = Deno.openSync(file.path);
  const wrapper = new FileWrapper(open);
  assertEquals(wrapper.bytesLeft, SIZE);
  await wrapper.next();
  assertEquals(wrapper.bytesLeft, undefined);
  open.close();
  assertEquals(new FileWrapper(open).bytesLeft, undefined);
  assertEquals(new FileWrapper({ read: () => null }).bytesLeft, undefined);
});

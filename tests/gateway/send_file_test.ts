import { assertEquals, assertRejects } from "@std/assert";
import { existsSync } from "node:fs";
import { type Application, FileWrapper, validator } from "../../mod.ts";
import type { AccessRecord } from "../../gateway/access_record.ts";
import { serve } from "../server/serving.ts";
import { run as runFetch } from "./fetch/run_fetch.ts";
import { serveFetch } from "./left_client.ts";
import { RecordingTransport, run } from "./recording_transport.ts";

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
  file: TestFile,
  change: () => void,
): Promise<unknown[]> {
  class Changing extends RecordingTransport {
    override write(chunk: Uint8Array): void | PromiseLike<void> {
      if (this.body === "") change();
      return super.write(chunk);
    }
  }
  const { transport, written } = await run(file.app(0), {
    transport: new Changing(),
    environ: { "wsgi.file_wrapper": (file) => new FileWrapper(file) },
  });
  const { body, head, reason } = transport;
  const logged = written.map((text) => text.split("\n")[0]);
  return [body.length, head?.contentLength, reason && `${reason}`, ...logged];
}

Deno.test("FileWrapper breaks off and logs why if its file is truncated, and ignores growth", async () => {
  using file = new TestFile();
  const append = { append: true };
  const grow = () => Deno.writeFileSync(file.path, new Uint8Array(9), append);
  assertEquals(await sendChanging(file, grow), [SIZE, SIZE, undefined]);
  const cut = () => Deno.truncateSync(file.path, 270_000);
  const message =
    "Error: Cannot send the whole file: it was truncated while it was sent, from 300009 bytes to 270000 or less";
  const expected = [270_000, SIZE + 9, message, message];
  assertEquals(await sendChanging(file, cut), expected);
});

Deno.test("toFetchHandler() sends a file in separate chunks, and breaks off if it is truncated", async () => {
  using file = new TestFile();
  const truncate = () => Deno.truncateSync(file.path, 270_000);
  for (const change of [undefined, truncate]) {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const { response, log } = await runFetch(file.app(0));
    const read = async (): Promise<void> => {
      for await (const chunk of response.body!) {
        if (chunks.push(chunk) === 1) change?.();
      }
    };
    if (change === undefined) {
      await read();
      assertEquals(await new Blob(chunks).bytes(), file.bytes);
    } else await assertRejects(read, Error, "it was truncated");
    assertEquals(chunks.length > 1, true);
    assertEquals(log.join().includes("truncated"), change !== undefined);
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

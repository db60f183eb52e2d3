// deno run --allow-net --allow-read examples/download.ts
//
// `curl -OJ http://127.0.0.1:8000/` saves this file under another name. The
// server's file wrapper reads it in blocks, and always closes it.

import {
  type Application,
  type FileLike,
  FileWrapper,
  makeServer,
  validator,
} from "../mod.ts";

const FILE = new URL(import.meta.url);
const NAME = "Grüße & more.ts";

/**
 * Formats a file name as RFC 6266 says: an ASCII name for old clients, and the
 * real one.
 */
function attachment(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** A Deno file with the interface of WSGI: read() returns the bytes. */
function toFileLike(file: Deno.FsFile): FileLike {
  return {
    async read(size): Promise<Uint8Array | null> {
      const block = new Uint8Array(size);
      const count = await file.read(block);
      return count === null ? null : block.subarray(0, count);
    },
    close: () => file.close(),
  };
}

export const app: Application = async (environ, startResponse) => {
  const file = await Deno.open(FILE);
  try {
    const { size } = await file.stat();
    startResponse("200 OK", [
      ["Content-Type", "application/octet-stream"],
      ["Content-Length", String(size)],
      ["Content-Disposition", attachment(NAME)],
      // Prevents browsers from guessing another media type.
      ["X-Content-Type-Options", "nosniff"],
    ]);
    const wrap = environ["wsgi.file_wrapper"];
    return wrap?.(toFileLike(file)) ?? new FileWrapper(file);
  } catch (error) {
    file.close();
    throw error;
  }
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}

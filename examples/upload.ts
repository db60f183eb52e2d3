// deno run --allow-net examples/upload.ts
//
// `curl -F 'file=@README.md' http://127.0.0.1:8000/` shows the name, size and
// SHA-256 of the file. A browser gets a form. Uploads are kept in memory, so
// more than ten megabytes are rejected.

import { type Application, makeServer, toRequest, validator } from "../mod.ts";

const FORM = `<!DOCTYPE html>
<html lang="en">
  <meta charset="utf-8">
  <title>Upload</title>
  <form method="post" enctype="multipart/form-data">
    <input type="file" name="file" multiple required>
    <button>Send</button>
  </form>
</html>
`;

async function describeFile(file: File): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const hex = new Uint8Array(hash).toHex();
  // The client chooses the name. Show it, but never use it as a path.
  return `${JSON.stringify(file.name)}: ${file.size} bytes, ${hex}\n`;
}

export const app: Application = async (environ, startResponse) => {
  const send = (status: string, type: string, text: string): Uint8Array[] => {
    startResponse(status, [["Content-Type", `${type}; charset=utf-8`]]);
    return [new TextEncoder().encode(text)];
  };
  if (environ.REQUEST_METHOD !== "POST") {
    return send("200 OK", "text/html", FORM);
  }
  let form: FormData;
  try {
    form = await toRequest(environ).formData();
  } catch (error) {
    // formData() throws a TypeError if the body is not a form. A body that is
    // incomplete or too long leads to another error, which the server handles.
    if (!(error instanceof TypeError)) throw error;
    return send("400 Bad Request", "text/plain", "The body is not a form.\n");
  }
  const files = form.getAll("file").filter((value) => value instanceof File);
  const lines = await Promise.all(files.map(describeFile));
  return send("200 OK", "text/plain", lines.join("") || "No file.\n");
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const options = { maxRequestBodySize: 10_000_000 };
  const server = makeServer("127.0.0.1", port, validator(app), options);
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}

// deno run --allow-net examples/upload.ts
//
// `curl -F 'file=@README.md' http://127.0.0.1:8000/` shows name, size and SHA-256
// of the file. A browser gets a form. What is sent is held in memory, so more
// than ten megabytes are refused.

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
  // A client chooses the name: it is shown, never used as a path.
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
    // What formData() says to a body that is no form. A body that was cut short
    // or is too long is another error, which the server answers.
    if (!(error instanceof TypeError)) throw error;
    return send("400 Bad Request", "text/plain", "This is no form.\n");
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

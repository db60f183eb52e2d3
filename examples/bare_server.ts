// deno run examples/bare_server.ts
//
// A whole server in one call: it calls the application once and prints the
// response that a client would get. The transport below it only handles bytes.

import { runApplication } from "../gateway/mod.ts";
import { type Application, setupTestingDefaults, validator } from "../mod.ts";

export const app: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [new TextEncoder().encode("Hello world!\n")];
};

if (import.meta.main) {
  const stdout = Deno.stdout.writable.getWriter();
  await runApplication(validator(app), setupTestingDefaults(), {
    sendHead({ status, headers }): void {
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
      const head = `HTTP/1.0 ${status}\r\n${lines.join("")}\r\n`;
      // ByteStrings: each code unit is one byte.
      stdout.write(Uint8Array.from(head, (unit) => unit.charCodeAt(0)));
    },
    write: (chunk) => stdout.write(chunk),
    end: () => stdout.close(),
    // The error was written to wsgi.errors.
    abort: () => Deno.exit(1),
  });
}

/** The inspector of a real development server with a small application. */

import { devServer } from "../dev/dev_server.ts";
import type { DevServer } from "../dev/development_server.ts";

/** An application with mistakes. */
const GUESTBOOK = `const encoder = new TextEncoder();
const entries = ["Ada", "Grace"];

export async function app(environ, startResponse) {
  const { PATH_INFO: path } = environ;
  if (path === "/ticks") return ticks(startResponse);
  if (path === "/names") {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return entries.join("\\n");
  }
  if (path === "/sign") {
    const form = await environ["wsgi.input"].read();
    console.log("somebody signed");
    entries.push(new URLSearchParams(new TextDecoder().decode(form)).get("name"));
    startResponse("303 See Other", [
      ["Location", "/"],
      ["Set-Cookie", "session=9f8e7d6c5b; HttpOnly"],
    ]);
    return [];
  }
  if (path === "/page/7") throw new RangeError("Cannot find page 7 of 3");
  const isHome = path === "/";
  startResponse(isHome ? "200 OK" : "404 Not Found", [
    ["Content-Type", "text/html; charset=utf-8"],
  ]);
  return [encoder.encode(isHome ? "<h1>Guestbook</h1>\\n" : "Not here\\n")];
}

async function* ticks(startResponse) {
  startResponse("200 OK", [["Content-Type", "text/event-stream"]]);
  for (let tick = 1; tick <= 400; tick++) {
    if (tick % 16 === 1) await new Promise((done) => setTimeout(done, 25));
    yield encoder.encode(\`data: tick \${tick}\\n\\n\`);
  }
}
`;

/** A development server whose application has answered some requests. */
export class Guestbook implements AsyncDisposable {
  readonly server: DevServer;

  private constructor(server: DevServer) {
    this.server = server;
  }

  /** Writes the application into a folder, and starts the server. */
  static async start(folder: string): Promise<Guestbook> {
    const module = `${folder}/guestbook.js`;
    await Deno.writeTextFile(module, GUESTBOOK);
    const server = devServer({ module, port: 0, write: () => {} });
    await server.settled;
    return new Guestbook(server);
  }

  /** The address of the inspector. */
  get inspectorUrl(): string {
    return this.server.inspectorUrl!;
  }

  /** Sends a request as a browser would, and waits for its whole response. */
  async send(target: string, init: RequestInit = {}): Promise<number> {
    const url = new URL(target, this.server.url);
    const response = await fetch(url, { redirect: "manual", ...init });
    await response.arrayBuffer();
    return response.status;
  }

  /** Sends one request of each kind; their ids are 1 to 7. */
  async sendAll(): Promise<void> {
    const headers = { Cookie: "session=c2VjcmV0MDAwMQ" };
    const body = new URLSearchParams({ name: "Linus", password: "abcd" });
    await this.send("/");
    await this.send("/style.css");
    await this.send("/sign?token=4711aa", { method: "POST", headers, body });
    await this.send("/names");
    await this.send("/page/7");
    await this.send("/ticks");
    await this.send("/");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.shutdown();
  }
}

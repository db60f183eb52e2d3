// deno run --allow-net examples/guestbook.ts
//
// A guestbook with a form, photo uploads, a session cookie, a database, JSON, a
// CSV download and live updates. Open http://127.0.0.1:8000/ in a browser.

import { DatabaseSync } from "node:sqlite";
import {
  type Application,
  type Environ,
  fromResponse,
  serve,
  toRequest,
  validator,
} from "../mod.ts";

type Handler = (environ: Environ) => Response | Promise<Response>;

const PHOTO_TYPES = ["image/jpeg", "image/png", "image/webp"];
const encoder = new TextEncoder();

const escapeHtml = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
const escapeCsv = (text: unknown): string =>
  `"${String(text).replaceAll('"', '""')}"`;

const page = (items: string[], name: string): string =>
  `<!DOCTYPE html>
<html lang="en">
  <title>Guest book</title>
  <h1>Guest book</h1>
  <form method="post" enctype="multipart/form-data">
    <label>Name <input name="name" required value="${escapeHtml(name)}"></label>
    <label>Message <input name="message" required></label>
    <label>Photo <input type="file" name="photo"></label>
    <button>Sign</button>
  </form>
  <ul>${items.join("\n")}</ul>
  <p><a href="entries.csv" download>Download all entries</a></p>
  <script>new EventSource("events").onmessage = () => location.reload();</script>
`;

/** Returns a guestbook that keeps its entries in an SQLite file. */
export function guestbook(file: string): Application {
  const db = new DatabaseSync(file);
  db.exec(`CREATE TABLE IF NOT EXISTS entries
    (id INTEGER PRIMARY KEY, name TEXT, message TEXT, type TEXT, photo BLOB)`);
  const select = "SELECT id, name, message, type FROM entries";
  const insert = "INSERT INTO entries VALUES (NULL, ?, ?, ?, ?)";
  const sessions = new Map<string, string>();
  const visitors = new Set<ReadableStreamDefaultController<Uint8Array>>();

  const showPage: Handler = (environ) => {
    const session = /(?:^|; )session=([\w-]+)/.exec(environ.HTTP_COOKIE ?? "");
    const visitor = sessions.get(session?.[1] ?? "") ?? "";
    const entries = db.prepare(`${select} ORDER BY id DESC LIMIT 100`).all();
    const items = entries.map(({ id, name, message, type }) => {
      const photo = type ? `<img src="photo?id=${id}" alt="" height="80">` : "";
      return `<li><b>${escapeHtml(name)}</b>: ${escapeHtml(message)} ${photo}`;
    });
    const headers = { "Content-Type": "text/html; charset=utf-8" };
    return new Response(page(items, visitor), { headers });
  };

  const sign: Handler = async (environ) => {
    let form: FormData | undefined;
    try {
      form = await toRequest(environ).formData();
    } catch (error) {
      // formData() throws a TypeError if the body is not a form.
      if (!(error instanceof TypeError)) throw error;
    }
    const [name, message, photo] = ["name", "message", "photo"]
      .map((field) => form?.get(field));
    if (typeof name !== "string" || typeof message !== "string") {
      return new Response("Send a name and a message.\n", { status: 400 });
    }
    const hasPhoto = photo instanceof File && photo.size > 0;
    if (hasPhoto && !PHOTO_TYPES.includes(photo.type)) {
      return new Response(`A photo must be ${PHOTO_TYPES}.\n`, { status: 415 });
    }
    const session = crypto.randomUUID();
    sessions.set(session, name);
    const type = hasPhoto ? photo.type : null;
    const bytes = hasPhoto ? await photo.bytes() : null;
    db.prepare(insert).run(name, message, type, bytes);
    const event = encoder.encode("data: signed\n\n");
    for (const visitor of visitors) visitor.enqueue(event);
    const cookie = `session=${session}; Path=/; HttpOnly; SameSite=Lax`;
    const headers = { "Location": "./", "Set-Cookie": cookie };
    return new Response(null, { status: 303, headers });
  };

  const showPhoto: Handler = ({ QUERY_STRING }) => {
    const entry = db.prepare("SELECT type, photo FROM entries WHERE id = ?")
      .get(new URLSearchParams(QUERY_STRING).get("id"));
    if (!entry?.type) {
      return new Response("Photo not found.\n", { status: 404 });
    }
    const headers = { "Content-Type": String(entry.type) };
    return new Response(entry.photo as Uint8Array<ArrayBuffer>, { headers });
  };

  function* csvLines(): Generator<Uint8Array> {
    for (const { name, message } of db.prepare(select).iterate()) {
      yield encoder.encode(`${escapeCsv(name)},${escapeCsv(message)}\r\n`);
    }
  }

  const watch: Handler = () => {
    let visitor: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start(controller): void {
        visitors.add(visitor = controller);
        // The head of a response is sent with its first chunk.
        controller.enqueue(encoder.encode("retry: 1000\n\n"));
      },
      cancel: () => void visitors.delete(visitor),
    });
    const headers = { "Content-Type": "text/event-stream" };
    return new Response(stream, { headers });
  };

  const routes: Record<string, Handler> = {
    "GET /": showPage,
    "POST /": sign,
    "GET /photo": showPhoto,
    "GET /entries.json": () => Response.json(db.prepare(select).all()),
    "GET /entries.csv": () => {
      const headers = { "Content-Type": "text/csv; charset=utf-8" };
      return new Response(ReadableStream.from(csvLines()), { headers });
    },
    "GET /events": watch,
  };

  return async (environ, startResponse) => {
    const { REQUEST_METHOD: method, PATH_INFO: path } = environ;
    const handler = routes[`${method === "HEAD" ? "GET" : method} ${path}`];
    const response = await handler?.(environ) ??
      new Response("Not found.\n", { status: 404 });
    return fromResponse(response, startResponse);
  };
}

/**
 * Keeps its entries in memory; with a file name, it would keep them on disk.
 */
export const app: Application = guestbook(":memory:");

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  // deno-lint-ignore no-console -- a program's output
  console.log(serve(validator(app), { port }).url);
}

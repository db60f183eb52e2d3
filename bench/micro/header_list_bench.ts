/**
 * Measures HeaderList, with the usual number of headers of a page.
 *
 * @module
 */

import { HeaderList, type HeaderTuple } from "../../mod.ts";

const tuples: readonly HeaderTuple[] = [
  ["Content-Type", "text/html; charset=utf-8"],
  ["Content-Length", "5120"],
  ["Cache-Control", "no-cache"],
  ["ETag", '"0123456789abcdef"'],
  ["Last-Modified", "Fri, 20 Nov 2026 12:00:00 GMT"],
  ["Vary", "Accept-Language"],
  ["Set-Cookie", "session=0123456789abcdef; HttpOnly"],
  ["X-Content-Type-Options", "nosniff"],
];
const list = new HeaderList([...tuples]);

Deno.bench("new HeaderList(): 8 headers", () => {
  new HeaderList([...tuples]);
});

Deno.bench("HeaderList.get(): the last of 8", () => {
  list.get("x-content-type-options");
});

Deno.bench("HeaderList.set(): one of 8", () => {
  list.set("Vary", "Accept");
});

Deno.bench("HeaderList.addHeader(): with a parameter", () => {
  new HeaderList().addHeader("Content-Disposition", "attachment", {
    filename: "report.pdf",
  });
});

Deno.bench("HeaderList.toBytes(): 8 headers", () => {
  list.toBytes();
});

/**
 * Measures decoding percent escapes, ByteStrings and text.
 *
 * @module
 */

import { fromBytes, percentDecode, toBytes } from "../../wsgi/byte_string.ts";
import { decodeUtf8, encodeUtf8 } from "../../mod.ts";

const plain = "/articles/2026/11/how-servers-speak";
const escaped = "/artikel/2026/11/%C3%BCber%20gr%C3%B6%C3%9Fere%20Dinge";
const text = "/artikel/über größere Dinge";
const byteString = encodeUtf8(text);
const ascii = "x".repeat(1024);
const bytes = toBytes(ascii);

Deno.bench("percentDecode(): nothing to decode", { group: "percent" }, () => {
  percentDecode(plain);
});

Deno.bench("percentDecode(): seven escapes", { group: "percent" }, () => {
  percentDecode(escaped);
});

Deno.bench("decodeUtf8(): ASCII", { group: "text" }, () => {
  decodeUtf8(plain);
});

Deno.bench("decodeUtf8(): umlauts", { group: "text" }, () => {
  decodeUtf8(byteString);
});

Deno.bench("encodeUtf8(): umlauts", { group: "text" }, () => {
  encodeUtf8(text);
});

Deno.bench("toBytes(): 1 KiB", { group: "bytes" }, () => {
  toBytes(ascii);
});

Deno.bench("fromBytes(): 1 KiB", { group: "bytes" }, () => {
  fromBytes(bytes);
});

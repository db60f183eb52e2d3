/**
 * Measures building the environ of a request. The requests are created here;
 * those of Deno.serve keep their headers outside JavaScript and may differ.
 *
 * @module
 */

import { createFetchEnviron } from "../../gateway/fetch/environ.ts";
import { SCENARIOS } from "../scenarios.ts";

const headers = SCENARIOS.find(({ id }) => id === "browser")?.headers ?? [];
const url = "http://127.0.0.1:8000/items/7?sort=name";
const info = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 50_000 },
};
const { signal } = new AbortController();
const few = new Request(url, { headers: { host: "127.0.0.1:8000" } });
const many = new Request(url, {
  headers: [["host", "127.0.0.1:8000"], ...headers.map(([n, v]) => [n, v])] as [
    string,
    string,
  ][],
});

Deno.bench("environ: Host alone", { group: "environ" }, () => {
  createFetchEnviron(few, info, () => signal, {});
});

Deno.bench("environ: 13 browser headers", { group: "environ" }, () => {
  createFetchEnviron(many, info, () => signal, {});
});

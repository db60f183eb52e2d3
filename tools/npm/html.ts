// @ts-types="./html.d.ts"
export * from "npm:deno-std@1.4.0/html/mod.js";

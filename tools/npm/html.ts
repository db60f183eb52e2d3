// @ts-types="./std.d.ts"
export { escape } from "npm:deno-std@1.4.0/html/mod.js";

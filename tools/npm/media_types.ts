// @ts-types="./std.d.ts"
export { typeByExtension } from "npm:deno-std@1.4.0/media_types/mod.js";

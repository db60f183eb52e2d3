// This is not a program: site.ts loads it.

import type { Application } from "../../mod.ts";

export const application: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [new TextEncoder().encode(`It is ${new Date().toISOString()}\n`)];
};

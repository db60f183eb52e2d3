// An application whose module imports the program that serves it.
import { type Application, demoApp } from "../../server.ts";

export const app: Application = (environ, startResponse) =>
  demoApp(environ, startResponse);

// deno run --allow-net examples/basic_auth.ts
//
// `curl -i http://127.0.0.1:8000/` gets a 401 response, and
// `curl -u ada:lovelace …` a greeting. The password is not encrypted, so serve
// this over TLS only.

import {
  type Application,
  decodeUtf8,
  encodeUtf8,
  makeServer,
  type Middleware,
  validator,
} from "../mod.ts";

async function hash(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Parses "Basic " and the base64 form of a name, a colon and a password. */
function readCredentials(header = ""): [name: string, password: string] {
  const [, encoded = ""] = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(header) ?? [];
  let text: string;
  try {
    text = decodeUtf8(atob(encoded));
  } catch {
    return ["", ""];
  }
  const colon = text.indexOf(":");
  return colon < 0 ? ["", ""] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Passes on only requests with a valid name and password. */
export function basicAuth(passwords: ReadonlyMap<string, string>): Middleware {
  return (app) => async (environ, startResponse) => {
    const [name, password] = readCredentials(environ.HTTP_AUTHORIZATION);
    const expected = passwords.get(name);
    // Compares hashes, because the time of the comparison then reveals nothing
    // about the password.
    const isKnown = await hash(password) === await hash(expected ?? "") &&
      expected !== undefined;
    if (isKnown) {
      environ.REMOTE_USER = encodeUtf8(name);
      environ.AUTH_TYPE = "Basic";
      return await app(environ, startResponse);
    }
    startResponse("401 Unauthorized", [
      ["Content-Type", "text/plain; charset=utf-8"],
      ["WWW-Authenticate", 'Basic realm="example", charset="UTF-8"'],
    ]);
    return [new TextEncoder().encode("Who are you?\n")];
  };
}

const greeting: Application = ({ REMOTE_USER = "" }, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Cache-Control", "private"],
  ]);
  return [new TextEncoder().encode(`Hello ${decodeUtf8(REMOTE_USER)}!\n`)];
};

export const app: Application = basicAuth(new Map([["ada", "lovelace"]]))(
  validator(greeting, { name: "greeting" }),
);

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}

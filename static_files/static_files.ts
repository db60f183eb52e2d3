/**
 * Serves the files of a folder.
 *
 * ```ts
 * import { staticFiles } from "@wsgi/ref/static-files";
 * import { TestClient } from "@wsgi/ref/test-client";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${root}/hello.txt`, "Hello world!\n");
 *
 * const response = await new TestClient(staticFiles(root)).get("/hello.txt");
 * assertEquals(response.text(), "Hello world!\n");
 * assertEquals(response.header("Content-Type"), "text/plain; charset=utf-8");
 * await Deno.remove(root, { recursive: true });
 * ```
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { isToken } from "../wsgi/http_syntax.ts";
import type { Application, Environ, HeaderTuple } from "../wsgi/types.ts";
import { rawPathOf } from "../wsgi/uri.ts";
import {
  type Answer,
  bodyOf,
  FileSlice,
  htmlPage,
  plain,
  redirectTo,
} from "./answer.ts";
import { answerWithFile } from "./file_answer.ts";
import { listFolder } from "./listing.ts";
import { mediaTypeOf } from "./media_type.ts";
import { locate, parsePath, statusOfFileError, toRoot } from "./path.ts";

/** Options of {@linkcode staticFiles}. */
export interface StaticFilesOptions {
  /**
   * Whether to list a folder without `index.html`. With `false` the response is
   * 404.
   *
   * @default {true}
   */
  listing?: boolean | undefined;
  /**
   * The charset of text files (`text/*`), such as `"gbk"` for old pages. With
   * `false`, no charset is sent, so that each page can declare its own.
   *
   * @default {"utf-8"}
   */
  charset?: string | false | undefined;
  /**
   * Whether to serve files and folders with names that start with a dot.
   *
   * @default {false}
   */
  dotFiles?: boolean | undefined;
}

const INDEX = "index.html";

class StaticFiles {
  readonly #root: string;
  readonly #listing: boolean;
  readonly #charset: string | false;
  readonly #dotFiles: boolean;

  constructor(root: string, options: StaticFilesOptions) {
    const { listing = true, charset = "utf-8", dotFiles = false } = options;
    this.#root = root;
    this.#listing = listing;
    this.#charset = charset;
    this.#dotFiles = dotFiles;
  }

  async answer(environ: Environ): Promise<Answer> {
    const { REQUEST_METHOD: method } = environ;
    if (method !== "GET" && method !== "HEAD") {
      return plain("405 Method Not Allowed", ["Allow", "GET, HEAD"]);
    }
    try {
      return await this.#find(environ) ?? plain("404 Not Found");
    } catch (error) {
      const status = statusOfFileError(error);
      if (status === undefined) throw error;
      if (error instanceof Deno.errors.NotCapable) {
        // The client must not learn the reason, but the log should contain it.
        environ["wsgi.errors"].write(`${error.message.replace(/\s+/g, " ")}\n`);
      }
      return plain(status === 403 ? "403 Forbidden" : "404 Not Found");
    }
  }

  async #find(environ: Environ): Promise<Answer | undefined> {
    // A server may omit empty variables.
    const { SCRIPT_NAME = "", PATH_INFO = "" } = environ;
    const path = parsePath(PATH_INFO, this.#dotFiles);
    if (path === undefined) return undefined;
    const found = await this.#locate(path.names);
    if (found === undefined) return undefined;
    if (found.kind === "file") {
      return path.isFolder
        ? undefined
        : await this.#send(environ, found.path, path.names.at(-1) ?? "");
    }
    // The root of a server has no name, and its path always has a slash.
    const isNamed = SCRIPT_NAME + PATH_INFO !== "";
    // "/a%2F" ends with a slash only after decoding.
    const endsWithSlash = rawPathOf(environ)?.endsWith("/") ?? path.isFolder;
    if (isNamed && !endsWithSlash) {
      return redirectTo(environ);
    }
    const index = await this.#index(path.names);
    if (index !== undefined) return await this.#send(environ, index, INDEX);
    if (this.#listing) return await this.#list(path.names, found.path);
  }

  #locate(names: readonly string[]): ReturnType<typeof locate> {
    return locate(this.#root, names, this.#dotFiles);
  }

  async #index(names: readonly string[]): Promise<string | undefined> {
    try {
      const found = await this.#locate([...names, INDEX]);
      return found?.kind === "file" ? found.path : undefined;
    } catch (error) {
      if (statusOfFileError(error) !== 404) throw error;
    }
  }

  async #list(names: readonly string[], path: string): Promise<Answer> {
    const page = await listFolder(this.#root, names, path, this.#dotFiles);
    return htmlPage(page);
  }

  async #send(
    environ: Environ,
    path: string,
    name: string,
  ): Promise<Answer | undefined> {
    return await answerWithFile(environ, path, this.#typeHeaders(name));
  }

  #typeHeaders(name: string): HeaderTuple[] {
    const { type, encoding } = mediaTypeOf(name);
    const isText = type.startsWith("text/") && this.#charset !== false;
    const full = isText ? `${type}; charset=${this.#charset}` : type;
    const headers: HeaderTuple[] = [["Content-Type", full]];
    if (encoding !== undefined) headers.push(["Content-Encoding", encoding]);
    return headers;
  }
}

/**
 * Returns an application that serves the files of a folder.
 *
 * The response for a folder is its `index.html`, or a list of its contents. The
 * application supports `GET` and `HEAD`, conditional requests (`If-None-Match`
 * and the others) and single byte ranges; for several ranges it sends the whole
 * file. It uses `wsgi.file_wrapper` if the server has one.
 *
 * The name determines the media type. Source code is `text/plain`, and so are
 * files such as `LICENSE` and `Makefile`. An archive such as `a.tar.gz` has no
 * `Content-Encoding`, so that browsers save it unchanged.
 *
 * Nothing outside the folder is read: symbolic links are followed only if they
 * stay inside it. Names that start with a dot, are not UTF-8 or contain a
 * backslash lead to 404. Only trusted users may have write access to the
 * folder, because renaming a file while it is served can lead outside the
 * folder.
 *
 * RFC 9110 sections 8.8, 13 and 14; PEP 3333, "Optional Platform-Specific File
 * Handling".
 *
 * @param root The path or `file:` URL of the folder. The folder is read at each
 * request.
 * @param options The options. They are read once.
 * @returns The application. It needs `--allow-read` for the folder.
 * @throws {TypeError} If the root is not a path or an option is wrong.
 *
 * @example Usage
 * ```ts
 * import { makeServer } from "@wsgi/ref";
 * import { staticFiles } from "@wsgi/ref/static-files";
 * import { assertEquals } from "@std/assert";
 *
 * const root = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${root}/index.html`, "<title>Hello</title>\n");
 * {
 *   await using server = makeServer("127.0.0.1", 0, staticFiles(root));
 *   server.serveForever();
 *   const response = await fetch(server.url);
 *   assertEquals(await response.text(), "<title>Hello</title>\n");
 * }
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export function staticFiles(
  root: string | URL,
  options: StaticFilesOptions = {},
): Application {
  const { charset } = options;
  if (
    charset !== undefined && charset !== false &&
    !(typeof charset === "string" && isToken(charset))
  ) {
    throw new TypeError(
      `Cannot serve static files: charset must be a name such as "utf-8" or false, got ${
        describe(charset)
      }`,
    );
  }
  const files = new StaticFiles(toRoot(root), options);
  return async (environ, startResponse) => {
    const answer = await files.answer(environ);
    try {
      startResponse(answer.status, answer.headers);
      return bodyOf(answer, environ);
    } catch (error) {
      if (answer.body instanceof FileSlice) answer.body.close();
      throw error;
    }
  };
}

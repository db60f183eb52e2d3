/**
 * Cases about `wsgi.file_wrapper`, which a server need not provide.
 *
 * @module
 */

import type { Application, ResponseBody } from "../../wsgi/types.ts";
import { expectEqual } from "../expect.ts";
import type { Probe, RequestParts, ServerCase } from "../server_case.ts";
import { bytes, text } from "./fixtures.ts";

/** An object that can be read like a file. */
class MemoryFile {
  readonly #probe: Probe;
  readonly #isAsync: boolean;
  #rest: Uint8Array;

  constructor(probe: Probe, content: string, isAsync = false) {
    this.#probe = probe;
    this.#rest = bytes(content);
    this.#isAsync = isAsync;
  }

  read(size: number): Uint8Array | Promise<Uint8Array> {
    const piece = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return this.#isAsync ? Promise.resolve(piece) : piece;
  }

  close(): void | Promise<void> {
    return this.#probe.report("closed");
  }
}

/** A way to return a file. */
interface Sending {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  readonly length?: string;
  readonly isAsync?: boolean;
  readonly parts?: RequestParts;
  readonly expected: string;
  readonly broken?: boolean;
}

const CONTENT = "0123456789".repeat(30);

const SENDINGS: readonly Sending[] = [
  {
    name: "bytes",
    spec: "file-wrapper-body",
    title: "A wrapped file is sent as its bytes",
    expected: CONTENT,
  },
  {
    name: "async",
    spec: "file-wrapper-body",
    title: "A wrapped file whose read() is asynchronous is sent as its bytes",
    isAsync: true,
    expected: CONTENT,
  },
  {
    name: "length",
    spec: "file-wrapper-same-bytes",
    title: "No more of a wrapped file is sent than Content-Length says",
    length: "25",
    expected: CONTENT.slice(0, 25),
    broken: true,
  },
  {
    name: "head",
    spec: "file-wrapper-close",
    title: "For HEAD, nothing of a wrapped file is sent, and it is closed",
    parts: { method: "HEAD" },
    expected: "",
  },
];

function sending(one: Sending): (probe: Probe) => Application {
  return (probe) => (environ, startResponse): ResponseBody => {
    const wrap = environ["wsgi.file_wrapper"];
    probe.report("has", wrap !== undefined);
    startResponse(
      "200 OK",
      one.length === undefined
        ? text()
        : [...text(), ["Content-Length", one.length]],
    );
    if (wrap === undefined) return [];
    return wrap(new MemoryFile(probe, CONTENT, one.isAsync), 64);
  };
}

/** The cases of this subject. */
export const FILE_WRAPPER_CASES: readonly ServerCase[] = [
  ...SENDINGS.map((one): ServerCase => ({
    id: `file-wrapper/${one.name}`,
    spec: one.spec,
    title: one.title,
    broken: one.broken,
    app: sending(one),
    run: async (client) => {
      const { body } = await client.ask(one.parts);
      if (!await client.waitFor("has")) return;
      expectEqual(body, one.expected, "the body");
      await client.waitFor("closed");
      await client.settle();
      expectEqual(client.events(), ["has", "closed"], "the reported events");
    },
  })),
  {
    id: "file-wrapper/not-returned",
    spec: "file-wrapper-not-sent",
    title: "A file that is wrapped but not returned is not sent",
    app: (probe) => (environ, startResponse) => {
      environ["wsgi.file_wrapper"]?.(new MemoryFile(probe, CONTENT));
      startResponse("200 OK", text());
      return [bytes("other")];
    },
    run: async (client) => {
      const { body } = await client.ask();
      expectEqual(body, "other", "the body");
    },
  },
];

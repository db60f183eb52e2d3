/** Servers that are wrong with `wsgi.input`. */

import { type BrokenServer, input } from "./server.ts";

/** The servers. */
export const INPUT: readonly BrokenServer[] = [
  input(
    "returns the bytes that have arrived instead of n bytes",
    (right) => ({
      read: (size) => right.read(size === undefined ? 4 : Math.min(size, 4)),
    }),
    `chunks/bad-trailer chunks/bare-lf-data chunks/case chunks/extension
    chunks/too-long chunks/trailers chunks/unended chunks/zeros
    errors/body-error-passed-on input/cut-* input/every-split-* input/large
    input/read-all input/read-bytes input/readlines-hint`,
  ),
  input(
    "returns null at the end",
    (right) => ({
      read: async (size) => {
        const piece = await right.read(size);
        return piece.length > 0 || size === 0 ? piece : null as never;
      },
    }),
    `connection/pipelined-bodies input/content-length input/empty*
    input/every-split-* input/large input/none input/read-across-chunks
    input/read-all input/read-sized`,
  ),
  input(
    "drops line ends",
    (right) => ({
      readline: async (size) => {
        const line = await right.readline(size);
        return line.at(-1) === 10 ? line.subarray(0, -1) : line;
      },
    }),
    "input/in-order input/mixed input/own-buffer input/readline input/readline-sized",
  ),
  input("ignores the size of readline()", (right) => ({
    readline: () => right.readline(),
  }), "input/readline-sized"),
  input("ignores the hint of readlines()", (right) => ({
    readlines: () => right.readlines(),
  }), "input/mixed input/own-buffer input/readlines-hint"),
  input(
    "reuses its buffer",
    (right) => {
      const buffer = new Uint8Array(1 << 21);
      return {
        read: async (size) => {
          const piece = await right.read(size);
          buffer.set(piece);
          return buffer.subarray(0, piece.length);
        },
      };
    },
    `input/arrives-late input/every-split-* input/fresh input/in-order
    input/large input/read-across-chunks input/read-sized`,
  ),
  input("accepts a body that was cut short as complete", (right) => ({
    read: (size) => right.read(size).catch(() => new Uint8Array()),
  }), "chunks/* errors/body-error-passed-on input/cut-*"),
  input(
    "returns shared arrays",
    (right) => ({
      readline: async (size) => {
        const line = await right.readline(size);
        const shared = new Uint8Array(new SharedArrayBuffer(line.length));
        shared.set(line);
        return shared as never;
      },
    }),
    "input/own-buffer",
    "input/memory",
  ),
  input("returns text", (right) => ({
    read: async (size) =>
      new TextEncoder().encode(
        new TextDecoder().decode(await right.read(size)),
      ),
  }), "input/large input/read-bytes"),
];

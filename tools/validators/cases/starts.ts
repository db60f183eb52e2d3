// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type

/**
 * Programs that are wrong about startResponse, the status or write().
 *
 * @module
 */

import { type Cases, HELLO, reply, TEXT, toBytes } from "../case.ts";

/** Programs that are wrong about startResponse, status or write(). */
export const STARTS: Cases = {
  "start-never": {
    title: "startResponse never called, empty body",
    rows: ["D5", "b1"],
    app: () => [],
  },
  "start-never-body": {
    title: "startResponse never called, a chunk",
    rows: ["D3"],
    app: () => [HELLO],
  },
  "start-twice": {
    title: "startResponse called twice without excInfo",
    rows: ["D5", "b2"],
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT]);
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
  "start-late": {
    title: "startResponse after the first chunk",
    rows: ["D3"],
    app: function* (_environ, startResponse) {
      yield HELLO;
      startResponse("200 OK", [TEXT]);
    },
  },
  "start-one-argument": {
    title: "startResponse with a status only",
    rows: ["D1"],
    app: (_environ, startResponse) => {
      startResponse("200 OK");
      return [HELLO];
    },
  },
  "start-four-arguments": {
    title: "startResponse with four arguments",
    rows: ["D1"],
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT], undefined, [HELLO]);
      return [HELLO];
    },
  },
  "start-named-arguments": {
    title: "startResponse with named arguments",
    rows: ["D2"],
    app: (_environ, startResponse) => {
      startResponse({ status: "200 OK", headers: [TEXT] });
      return [HELLO];
    },
  },
  "start-after-close": {
    title: "startResponse called from close()",
    rows: ["b3"],
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT]);
      return {
        *[Symbol.iterator]() {
          yield HELLO;
        },
        close() {
          try {
            startResponse("500 Error", [TEXT], new Error("late"));
          } catch {
            // It is thrown back: the headers have left.
          }
        },
      };
    },
  },
  "exc-info-string": {
    title: "excInfo is a string",
    rows: ["D4", "b8"],
    app: (_environ, startResponse) => {
      startResponse("500 Error", [TEXT], "it failed");
      return [HELLO];
    },
  },
  "exc-info-caught": {
    title: "goes on after excInfo was thrown back",
    rows: ["b4"],
    app: function* (_environ, startResponse) {
      startResponse("200 OK", [TEXT]);
      yield HELLO;
      try {
        startResponse("500 Error", [TEXT], new Error("it failed"));
      } catch {
        yield toBytes("Sorry\n");
      }
    },
  },
  "finding-swallowed": {
    title: "catches what the validator throws",
    rows: ["b10"],
    app: (_environ, startResponse) => {
      try {
        startResponse("200 OK", [TEXT, ["X-Count", 12]]);
      } catch (error) {
        startResponse("200 OK", [TEXT], error);
      }
      return [HELLO];
    },
  },
  "status-number": {
    title: "status is a number",
    rows: ["E1"],
    app: reply(200),
  },
  "status-code-only": {
    title: "status without a space and a reason",
    rows: ["E4"],
    app: reply("200"),
  },
  "status-letters": {
    title: "status begins with letters",
    rows: ["E2"],
    app: reply("abc OK"),
  },
  "status-two-digits": {
    title: "status of two digits",
    rows: ["E2"],
    app: reply("20 OK"),
  },
  "status-099": {
    title: "status below 100",
    rows: ["E3"],
    app: reply("099 Low"),
  },
  "status-100": {
    title: "interim status as the final one",
    rows: ["b33"],
    app: reply("100 Continue"),
  },
  "status-999": {
    title: "status above 599",
    rows: ["b34"],
    app: reply("999 High"),
  },
  "status-newline": {
    title: "line break in the status",
    rows: ["E6"],
    app: reply("200 OK\r\nX-Evil: 1"),
  },
  "status-two-spaces": {
    title: "two spaces in the status",
    rows: ["b35"],
    app: reply("200  OK"),
  },
  "status-euro": {
    title: "status beyond Latin-1",
    rows: ["b35"],
    app: reply("200 \u20ac5"),
  },
  "write-string": {
    title: "string given to write()",
    rows: ["H1"],
    app: (_environ, startResponse) => {
      const write = startResponse("200 OK", [TEXT]);
      write("Hello world!\n");
      return [];
    },
  },
  "write-in-body": {
    title: "write() called from the body",
    rows: ["b7"],
    app: function* (_environ, startResponse) {
      const write = startResponse("200 OK", [TEXT]);
      write(HELLO);
      yield toBytes("");
      write(HELLO);
    },
  },
  "write-after-close": {
    title: "write() called from close()",
    rows: ["b7"],
    app: (_environ, startResponse) => {
      const write = startResponse("200 OK", [TEXT]);
      return Object.assign([HELLO], { close: () => void write(HELLO) });
    },
  },
};

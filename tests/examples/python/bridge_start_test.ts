import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { PythonException } from "../../../examples/python/bridge.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import { ConformanceError, validator } from "../../../mod.ts";
import { get, serve } from "../../server/serving.ts";
import { ask } from "../../raw_client.ts";
import { call, environOf, iterate, make, test } from "./python_app.ts";

const WRITES = `
def app(environ, start_response):
    write = start_response("200 OK", TEXT)
    for number in range(3):
        write(b"x" * number)
    note("returns")
    return iter([b"body"])
`;

test("fromPython() writes the first chunk at once, the others in turn", async () => {
  const { app, notes } = make(WRITES);
  let takes = 0;
  const { body } = await call(app, environOf(), async ({ length }) => {
    notes.push(`write ${length}`);
    takes++;
    assertEquals(takes, 1);
    await Promise.resolve();
    takes--;
    notes.push(`took ${length}`);
  });
  notes.push("body");
  assertEquals(notes, [
    "write 0",
    "returns",
    "took 0",
    "write 1",
    "took 1",
    "write 2",
    "took 2",
    "body",
  ]);
  body.close?.();
});

test("fromPython() writes nothing more when the client has left", async () => {
  const { app, notes } = make(WRITES);
  const { body } = await call(app, environOf(), ({ length }) => {
    notes.push(`write ${length}`);
    return Promise.reject(new Error("left"));
  });
  assertEquals(notes, ["write 0", "returns"]);
  body.close?.();
});

test("fromPython() lets Python write nothing but bytes", async () => {
  const { app } = make(`
def app(environ, start_response):
    start_response("200 OK", TEXT)("text")
`);
  const text = "TypeError: write() argument must be bytes, not <class 'str'>";
  await assertRejects(() => call(app), Error, text);
});

// exc_info -------------------------------------------------------------------------

const REPLACES = `
import sys
def app(environ, start_response):
    try:
        start_response("200 OK", TEXT)
        raise ValueError("caf\\u00e9")
    except ValueError as error:
        caught = error
        try:
            start_response("500 Oops", TEXT, sys.exc_info())
        except Exception as error:
            note(error is caught)
            raise
    return [b"page"]
`;

test("fromPython() passes exc_info on with its traceback", async () => {
  const { starts: [first, second] } = await call(make(REPLACES).app);
  assertEquals([first?.[2], second?.[0]], [undefined, "500 Oops"]);
  const excInfo = second?.[2];
  assertInstanceOf(excInfo, PythonException);
  assertMatch(
    excInfo.message,
    /^Traceback [^]*, in app\n[^]*ValueError: café\n$/,
  );
});

test("fromPython() raises Python's own exception when it is too late", async () => {
  const { app, notes } = make(REPLACES);
  await assertRejects(
    async () =>
      await app(environOf(), (_status, _headers, excInfo) => {
        if (excInfo !== undefined) throw excInfo;
        return () => Promise.resolve();
      }),
    Error,
    "ValueError: café",
  );
  assertEquals(notes, ["True"]);
});

test("fromPython() raises another error of startResponse than exc_info", async () => {
  const { app, notes } = make(REPLACES);
  const other = new TypeError("a status of another kind");
  const error = await assertRejects(async () =>
    await app(environOf(), (_status, _headers, excInfo) => {
      if (excInfo !== undefined) throw other;
      return () => Promise.resolve();
    })
  );
  assertStrictEquals(error, other);
  assertEquals(notes, ["False"]);
});

// Errors that pass through Python ----------------------------------------------------

test("fromPython() gives an error of startResponse back as it was", async () => {
  const { app } = make(`
def app(environ, start_response):
    start_response("teapot", TEXT)
    return []
`);
  const checked = validator(app);
  const error = await assertRejects(() => call(checked), ConformanceError);
  assertMatch(error.violation.rule, /^status\//);
});

test("fromPython() lets Python handle an error of startResponse", async () => {
  const { app, notes } = make(`
def app(environ, start_response):
    try:
        start_response("200 OK", TEXT)
    except Exception as error:
        note(type(error).__name__)
        note(error)
        raise KeyError("mine")
`);
  const refuse = (): never => {
    throw new RangeError("no");
  };
  const error = await assertRejects(async () => await app(environOf(), refuse));
  assertMatch(String(error), /KeyError: 'mine'/);
  assertEquals(notes, ["JsException", "RangeError: no"]);
});

test("fromPython() leaves it to the server to refuse headers", async () => {
  const { app } = make(`
def app(environ, start_response):
    start_response("200 OK", {"Content-Type": "text/plain"})
    return []
`);
  const error = await assertRejects(
    () => call(validator(app)),
    ConformanceError,
  );
  assertEquals(error.violation.rule, "headers/array");
});

test("fromPython() leaves it to the server to refuse text as a chunk", async () => {
  const { app } = make(`
def app(environ, start_response):
    start_response("200 OK", TEXT)
    yield "text"
`);
  const { body } = await call(validator(app));
  const iterator = iterate(body);
  const error = assertThrows(() => iterator.next(), ConformanceError);
  assertEquals(error.violation.rule, "body/chunk");
  body.close?.();
});

test("fromPython() refuses a chunk that JavaScript does not know", async () => {
  const { app } = make(`
def app(environ, start_response):
    start_response("200 OK", TEXT)
    return [object()]
`);
  await assertRejects(() => call(app), Error, "ConversionError");
});

test("fromPython() goes on after an error of the application", async () => {
  const { app } = make(`
def app(environ, start_response):
    1 / int(environ["QUERY_STRING"])
    start_response("200 OK", TEXT)
    return [b"one"]
`);
  await using serving = serve(app);
  assertEquals((await ask(serving, get("/?0"))).head.status, 500);
  assertEquals((await ask(serving, get("/?1"))).body, "one");
  assertMatch(serving.log.join(""), /line 7, in app\n[^]*ZeroDivisionError/);
});

// wsgi.errors ----------------------------------------------------------------------

test("fromPython() takes text only on wsgi.errors", async () => {
  const { app, notes } = make(`
def app(environ, start_response):
    print("caf\\u00e9", file=environ["wsgi.errors"], flush=True)
    environ["wsgi.errors"].writelines(["a", "b"])
    try:
        environ["wsgi.errors"].write(b"bytes")
    except TypeError as error:
        note(error)
    start_response("200 OK", TEXT)
    return []
`);
  let log = "";
  const errors = new StderrStream((text) => log += text);
  await call(app, environOf({ "wsgi.errors": errors }));
  assertEquals(log, "café\nab");
  assertEquals(notes, ["write() argument must be str, not <class 'bytes'>"]);
});

test("fromPython() leaves wsgi.errors alone when Python frees its end", async () => {
  const { app } = make(`
def app(environ, start_response):
    print("line", file=environ["wsgi.errors"])
    start_response("200 OK", TEXT)
    return []
`);
  const calls: string[] = [];
  await call(
    app,
    environOf({
      "wsgi.errors": {
        write: (text) => void calls.push(text),
        writelines: () => void calls.push("writelines()"),
        flush: () => void calls.push("flush()"),
      },
    }),
  );
  assertEquals(calls, ["line", "\n"]);
});

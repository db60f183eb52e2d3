import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { PythonException } from "../../../examples/python/exchange.ts";
import { ConformanceError, type ErrorStream, validator } from "../../../mod.ts";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import { ask } from "../../raw_client.ts";
import { get, post, send, serve } from "../../server/serving.ts";
import { call, define, environOf, iterate, make, test } from "./python_app.ts";

const GENERATOR = `
def app(environ, start_response):
    start_response("200 OK", TEXT)
    try:
        for number in range(3):
            note(number)
            yield str(number).encode()
    finally:
        note("closed")
`;

const START = 'start_response("200 OK", TEXT)';

// The environ and the body of the request ----------------------------------------

test("fromPython() converts the environ to an exact dict", async () => {
  const { app, notes } = make(`
import io
from wsgiref.util import FileWrapper
def app(environ, start_response):
    note(type(environ))
    note(environ["wsgi.version"])
    note([environ["wsgi." + key] for key in ("multithread", "run_once")])
    note(environ["wsgi.file_wrapper"] is FileWrapper)
    note(isinstance(environ["wsgi.errors"], io.TextIOBase))
    note([environ["my.number"], environ["my.text"]])
    note("my.function" in environ or "my.object" in environ)
    environ["REQUEST_METHOD"] = "CHANGED"
    start_response("200 OK", TEXT)
    return []
`);
  const environ = environOf({
    ...{ "my.number": 1, "my.text": "1" },
    ...{ "my.function": () => {}, "my.object": {} },
  });
  await call(app, environ);
  const noted = "<class 'dict'>,(1, 0),[False, False],True,True,[1, '1'],False";
  assertEquals(notes.join(), noted);
  assertEquals(environ.REQUEST_METHOD, "GET");
});

test("fromPython() passes ByteStrings on unchanged", async () => {
  const path = `/${String.fromCharCode(...Array(256).keys())}`;
  const { app, notes } = define(
    'path = environ["PATH_INFO"]',
    'note(path.encode("latin-1") == b"/" + bytes(range(256)))',
    'start_response("200 OK", [("X-Path", path)])',
    "return []",
  );
  const { starts } = await call(app, environOf({ PATH_INFO: path }));
  assertEquals(notes, ["True"]);
  assertEquals(starts, [["200 OK", [["X-Path", path]], undefined]]);
});

const READS = [
  'note(environ.get("CONTENT_LENGTH"))',
  'note(environ["wsgi.input"].read())',
  ...[START, "return []"],
];

test("fromPython() sets CONTENT_LENGTH for a body that came in chunks", async () => {
  const { app, notes } = define(...READS);
  await using serving = serve(app);
  await ask(
    serving,
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n",
  );
  await ask(serving, get());
  assertEquals(notes, ["6", "b'onetwo'", "None", "b''"]);
});

test("fromPython() does not call the application if the body was cut short", async () => {
  const { app, notes } = define(...READS);
  await using serving = serve(app);
  using client = await send(serving, post("abc", 9));
  await client.closeWrite();
  await client.rest();
  await ask(serving, get());
  assertEquals(notes, ["None", "b''"]);
});

test("fromPython() converts a list to an array", async () => {
  const { app } = define(START, 'return [b"one", b"", b"two"]');
  const { body } = await call(app);
  assertEquals(body, ["one", "", "two"].map(toBytes));
  await using serving = serve(app);
  const { head } = await ask(serving, get());
  assertEquals(head.get("content-length"), "6");
});

test("fromPython() asks Python for one chunk at a time", async () => {
  const { app, notes } = make(GENERATOR);
  const { body, starts } = await call(app);
  assertEquals([starts, notes], [[], []]);
  const iterator = iterate(body);
  assertEquals(iterator.next().value, new Uint8Array([0x30]));
  assertEquals([starts.length, notes], [1, ["0"]]);
  assertEquals(iterator.next().value, new Uint8Array([0x31]));
  body.close?.();
  assertEquals(notes, ["0", "1", "closed"]);
});

const CLOSES = `
class app:
    def __init__(self, environ, start_response):
        self.query = environ["QUERY_STRING"]
        1 / (self.query != "zero")
        start_response("200 OK", TEXT)
    def __iter__(self):
        yield b"one"
        if self.query == "fails":
            raise ValueError
        while self.query == "endless":
            yield b"more" * 10000
    def close(self):
        note("closed")
`;

test("fromPython() closes Python's iterable once, also after an error, and continues", async () => {
  const { app, notes } = make(CLOSES);
  await using serving = serve(app);
  assertEquals((await ask(serving, get())).body, "one");
  assertEquals(notes, ["closed"]);
  assertEquals((await ask(serving, get("/?fails"))).complete, false);
  assertEquals(notes, ["closed", "closed"]);
  assertEquals((await ask(serving, get("/?zero"))).head.status, 500);
  assertEquals((await ask(serving, get())).body, "one");
  assertMatch(serving.log.join(""), /, in __init__\n[^]*ZeroDivisionError/);
});

test("fromPython() closes the body when its client leaves, and continues", async () => {
  const { app, notes } = make(CLOSES);
  await using serving = serve(app);
  using client = await send(serving, get("/?endless"));
  await client.head();
  client.close();
  assertEquals((await ask(serving, get())).body, "one");
  await serving.server.shutdown();
  assertEquals([notes, serving.log], [["closed", "closed"], []]);
});

test("fromPython() lets Python free what was closed", async () => {
  const { app, notes } = make(`
import gc, weakref
class Body(list):
    pass
def responses():
    return sum(type(thing).__name__ == "Response" for thing in gc.get_objects())
def app(environ, start_response):
    note(responses())
    start_response("200 OK", TEXT)
    body = Body([b"one"])
    weakref.finalize(body, note, "freed")
    return body
`);
  for (let i = 0; i < 2; i++) (await call(app)).body.close?.();
  const [before, ...more] = notes;
  assertEquals(more, ["freed", before, "freed"]);
});

test("fromPython() serves one request at a time", async () => {
  const { app, notes } = make(GENERATOR);
  const first = await call(app);
  iterate(first.body).next();
  const later = call(app).then(({ body }) => {
    iterate(body).next();
    body.close?.();
  });
  // Another bridge would be done by the time that this one is.
  const { body } = await call(make(GENERATOR).app);
  body.close?.();
  assertEquals(notes, ["0"]);
  first.body.close?.();
  await later;
  assertEquals(notes, ["0", "closed", "0", "closed"]);
});

const WRITES = [
  `write = ${START}`,
  "for number in range(3):",
  '    write(b"x" * number)',
  'note("returns")',
  'return iter([b"body"])',
];

test("fromPython() writes the first chunk immediately, and the others in turn", async () => {
  const { app, notes } = define(...WRITES);
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
  const turns = "write 0,returns,took 0,write 1,took 1,write 2,took 2,body";
  assertEquals(notes.join(), turns);
  body.close?.();
});

test("fromPython() writes nothing more once the client has left", async () => {
  const { app, notes } = define(...WRITES);
  const { body } = await call(app, environOf(), ({ length }) => {
    notes.push(`write ${length}`);
    return Promise.reject(new Error("left"));
  });
  assertEquals(notes, ["write 0", "returns"]);
  body.close?.();
});

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
  const trace = /^Traceback [^]*, in app\n[^]*ValueError: café\n$/;
  assertMatch(excInfo.message, trace);
});

test("fromPython() reraises a late exception of Python, and passes on other errors unchanged", async () => {
  const other = new TypeError("a status of another kind");
  for (const thrown of [undefined, other]) {
    const { app, notes } = make(REPLACES);
    const error = await assertRejects(async () =>
      await app(environOf(), (_status, _headers, excInfo) => {
        if (excInfo !== undefined) throw thrown ?? excInfo;
        return () => Promise.resolve();
      })
    );
    if (thrown === undefined) assertMatch(String(error), /ValueError: café/);
    else assertStrictEquals(error, thrown);
    assertEquals(notes, [thrown === undefined ? "True" : "False"]);
  }
});

// Errors that pass through Python ----------------------------------------------------

test("fromPython() leaves it to the server to refuse status, headers and chunks", async () => {
  const mistakes = [
    ['start_response("teapot", TEXT)', "return []", /^status\//],
    ['start_response("200 OK", {"A": "b"})', "return []", /^headers\/array$/],
    [START, 'yield "text"', /^body\/chunk$/],
  ] as const;
  for (const [start, end, rule] of mistakes) {
    const checked = validator(define(start, end).app);
    const error = await assertRejects(async () => {
      const { body } = await call(checked);
      try {
        iterate(body).next();
      } finally {
        body.close?.();
      }
    }, ConformanceError);
    assertMatch(error.violation.rule, rule);
  }
});

test("fromPython() lets Python handle an error of startResponse", async () => {
  const { app, notes } = define(
    "try:",
    `    ${START}`,
    "except Exception as error:",
    "    note(type(error).__name__)",
    "    note(error)",
    '    raise KeyError("mine")',
  );
  const refuse = (): never => {
    throw new RangeError("no");
  };
  const error = await assertRejects(async () => await app(environOf(), refuse));
  assertMatch(String(error), /KeyError: 'mine'/);
  assertEquals(notes, ["JsException", "RangeError: no"]);
});

test("fromPython() refuses what Python cannot convert to bytes", async () => {
  const text = "TypeError: write() argument must be bytes, not <class 'str'>";
  await assertRejects(() => call(define(`${START}("text")`).app), Error, text);
  const { app } = define(START, "return [object()]");
  await assertRejects(() => call(app), Error, "ConversionError");
});

test("fromPython() accepts only text on wsgi.errors", async () => {
  const { app, notes } = define(
    'print("café", file=environ["wsgi.errors"], flush=True)',
    'environ["wsgi.errors"].writelines(["a", "b"])',
    "try:",
    '    environ["wsgi.errors"].write(b"bytes")',
    "except TypeError as error:",
    "    note(error)",
    ...[START, "return []"],
  );
  let log = "";
  const errors = new StderrStream((text) => log += text);
  await call(app, environOf({ "wsgi.errors": errors }));
  assertEquals(log, "café\nab");
  assertEquals(notes, ["write() argument must be str, not <class 'bytes'>"]);
});

test("fromPython() makes no call to wsgi.errors when Python frees its wrapper", async () => {
  const print = 'print("line", file=environ["wsgi.errors"])';
  const { app } = define(print, START, "return []");
  const calls: string[] = [];
  const errors: ErrorStream = {
    write: (text) => void calls.push(text),
    writelines: () => void calls.push("writelines()"),
    flush: () => void calls.push("flush()"),
  };
  await call(app, environOf({ "wsgi.errors": errors }));
  assertEquals(calls, ["line", "\n"]);
});

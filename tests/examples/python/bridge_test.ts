import { assertEquals } from "@std/assert";
import { get, serve } from "../../server/serving.ts";
import { ask, RawClient } from "../../raw_client.ts";
import { call, environOf, iterate, make, test } from "./python_app.ts";

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

// What Python gets -----------------------------------------------------------------

test("fromPython() makes an exact dict of the environ", async () => {
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
    "my.number": 1,
    "my.text": "1",
    "my.function": () => {},
    "my.object": {},
  });
  await call(app, environ);
  assertEquals(notes, [
    "<class 'dict'>",
    "(1, 0)",
    "[False, False]",
    "True",
    "True",
    "[1, '1']",
    "False",
  ]);
  assertEquals(environ.REQUEST_METHOD, "GET");
});

test("fromPython() passes ByteStrings on as they are", async () => {
  const path = `/${String.fromCharCode(...Array(256).keys())}`;
  const { app, notes } = make(`
def app(environ, start_response):
    path = environ["PATH_INFO"]
    note(path.encode("latin-1") == b"/" + bytes(range(256)))
    start_response("200 OK", [("X-Path", path)])
    return []
`);
  const { starts } = await call(app, environOf({ PATH_INFO: path }));
  assertEquals(notes, ["True"]);
  assertEquals(starts, [["200 OK", [["X-Path", path]], undefined]]);
});

const READS = `
def app(environ, start_response):
    note(environ.get("CONTENT_LENGTH"))
    note(environ["wsgi.input"].read())
    start_response("200 OK", TEXT)
    return []
`;

test("fromPython() tells the length of a body that came in chunks", async () => {
  const { app, notes } = make(READS);
  await using serving = serve(app);
  await ask(
    serving,
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n",
  );
  await ask(serving, get());
  assertEquals(notes, ["6", "b'onetwo'", "None", "b''"]);
});

test("fromPython() does not call for a body that was cut short", async () => {
  const { app, notes } = make(READS);
  await using serving = serve(app);
  using client = await RawClient.connect(serving);
  await client.send(
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
  );
  await client.closeWrite();
  await client.rest();
  await ask(serving, get());
  assertEquals(notes, ["None", "b''"]);
});

// What comes back ------------------------------------------------------------------

test("fromPython() makes an array of a list", async () => {
  const { app } = make(`
def app(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"one", b"", b"two"]
`);
  const { body } = await call(app);
  assertEquals(body, [
    new TextEncoder().encode("one"),
    new Uint8Array(),
    new TextEncoder().encode("two"),
  ]);
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

test("fromPython() closes Python's iterable once, also after an error", async () => {
  const { app, notes } = make(`
class app:
    def __init__(self, environ, start_response):
        start_response("200 OK", TEXT)
        self.fails = environ["QUERY_STRING"] == "fails"
    def __iter__(self):
        yield b"one"
        if self.fails:
            raise ValueError
    def close(self):
        note("closed")
`);
  await using serving = serve(app);
  assertEquals((await ask(serving, get())).body, "one");
  assertEquals(notes, ["closed"]);
  const failing = get("/?fails");
  assertEquals((await ask(serving, failing)).complete, false);
  assertEquals(notes, ["closed", "closed"]);
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
  const first = await call(app);
  first.body.close?.();
  const second = await call(app);
  second.body.close?.();
  const [before, ...more] = notes;
  assertEquals(more, ["freed", before, "freed"]);
});

test("fromPython() serves one request after the other", async () => {
  const { app, notes } = make(GENERATOR);
  const first = await call(app);
  iterate(first.body).next();
  const later = call(app).then(({ body }) => {
    iterate(body).next();
    body.close?.();
  });
  // Another bridge has a turn of its own, and is done when this would be.
  const { body } = await call(make(GENERATOR).app);
  body.close?.();
  assertEquals(notes, ["0"]);
  first.body.close?.();
  await later;
  assertEquals(notes, ["0", "closed", "0", "closed"]);
});

test("fromPython() closes what a client has left, and goes on", async () => {
  const { app, notes } = make(`
class app:
    def __init__(self, environ, start_response):
        start_response("200 OK", TEXT)
        self.endless = environ["QUERY_STRING"] == "endless"
    def __iter__(self):
        yield b"one"
        while self.endless:
            yield b"more" * 10000
    def close(self):
        note("closed")
`);
  await using serving = serve(app);
  using client = await RawClient.connect(serving);
  await client.send(get("/?endless"));
  await client.head();
  client.close();
  assertEquals((await ask(serving, get())).body, "one");
  await serving.server.shutdown();
  assertEquals([notes, serving.log], [["closed", "closed"], []]);
});

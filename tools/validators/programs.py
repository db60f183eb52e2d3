"""The cases that need code and cannot be described in cases.jsonl.

programs.ts has the same programs in TypeScript.
"""

import io
import sys

HELLO = b"Hello world!\n"
TEXT = ("Content-Type", "text/plain")
PROGRAMS = {}


class Body:
    """An iterable of chunks with a close() method."""

    def __init__(self, chunks, close=lambda: None):
        self.chunks = chunks
        self.close = close

    def __iter__(self):
        return iter(self.chunks)


class Input(io.BytesIO):
    """An input whose errors cannot be confused with those of a validator."""

    def read(self, *args):
        return super().read(*args)

    def readline(self, *args):
        return super().readline(*args)


def hello(environ, start_response):
    start_response("200 OK", [TEXT])
    return Body([HELLO])


def start_server_response(*args):
    """Accepts everything, like start_response of a lenient server."""
    return lambda chunk: None


def serve(app, environ):
    """A correct and lenient server."""
    sent = []

    def start_response(*args, **kwargs):
        if len(args) == 3 and isinstance(args[2], tuple) and sent:
            raise args[2][1]
        return sent.append

    body = app(environ, start_response)
    try:
        for chunk in body:
            if chunk:
                sent.append(chunk)
    finally:
        if hasattr(body, "close"):
            body.close()


def fail(start_response):
    """Replaces a response because of an error."""
    error = ValueError("it failed")
    start_response("500 Error", [TEXT], (ValueError, error, None))


def part(id, name="app", value=None):
    """Stores a part of a program; without a value, as a decorator."""

    def take(value):
        PROGRAMS.setdefault(id, {})[name] = value
        return value

    return take if value is None else take(value)


def returning(id, body):
    def app(environ, start_response):
        start_response("200 OK", [TEXT])
        return body

    part(id, "app", app)


def setting(id, name, value):
    """A server that sets a variable."""
    part(id, "environ", lambda environ: environ.__setitem__(name, value))


@part("start-named-arguments")
def _(environ, start_response):
    start_response(status="200 OK", headers=[TEXT])
    return [HELLO]


@part("start-after-close")
def _(environ, start_response):
    def close():
        try:
            fail(start_response)
        except ValueError:
            pass

    start_response("200 OK", [TEXT])
    return Body([HELLO], close)


@part("exc-info-caught")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    yield HELLO
    try:
        fail(start_response)
    except ValueError:
        yield HELLO


@part("finding-swallowed")
def _(environ, start_response):
    try:
        start_response("200 OK", [TEXT, ("X-Count", 12)])
    except Exception:
        start_response("200 OK", [TEXT], sys.exc_info())
    return [HELLO]


@part("write-string")
def _(environ, start_response):
    start_response("200 OK", [TEXT])("Hello world!\n")
    return []


@part("write-after-close")
def _(environ, start_response):
    write = start_response("200 OK", [TEXT])
    return Body([HELLO], lambda: write(HELLO))


@part("headers-iterator")
def _(environ, start_response):
    start_response("200 OK", iter([TEXT]))
    return [HELLO]


class NextOnly:
    def __next__(self):
        raise StopIteration


returning("body-bytes", HELLO)
returning("body-generator-function", lambda: iter([HELLO]))
returning("body-next-only", NextOnly())
returning("chunk-buffer", [bytearray(HELLO)])
returning("chunk-array", [[HELLO]])
returning("close-no-function", Body([HELLO], "yes"))


@part("generator-returns")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    if environ["PATH_INFO"] == "/":
        return HELLO
    yield b""


@part("input-after-close", "server")
def _(app, environ):
    serve(app, environ)
    # Like a task of the application that is still running.
    environ["wsgi.input"].read(3)


@part("errors-bytes")
def _(environ, start_response):
    environ["wsgi.errors"].write(HELLO)
    return hello(environ, start_response)


Variables = type("Variables", (dict,), {})
ReadOnly = type("ReadOnly", (), {"read": lambda self, size=-1: b""})
WriteOnly = type("WriteOnly", (), {"write": lambda self, text: None})


class TooMuch(Input):
    def read(self, size=-1):
        return super().read(size + 1)


part("input-seek", "environ", lambda environ: None)  # BytesIO has seek().
part("environ-class", "environ", Variables)
setting("environ-other-key", 1, "one")
setting("environ-input-read-only", "wsgi.input", ReadOnly())
setting("environ-errors-write-only", "wsgi.errors", WriteOnly())
setting("environ-input-text", "wsgi.input", io.StringIO("one\ntwo\n"))
setting("server-reads-too-much", "wsgi.input", TooMuch(b"one\ntwo\n"))


@part("server-environ-twice", "server")
def _(app, environ):
    serve(app, environ)
    serve(app, environ)


@part("server-never-closes", "server")
def _(app, environ):
    list(app(environ, start_server_response))


def between(id, change):
    """Middleware that replaces the body with the result of `change`."""

    def middleware(app):
        def call(environ, start_response):
            return change(app(environ, start_response))

        return call

    part(id, "middleware", middleware)


def without_close(body):
    for chunk in body:
        yield chunk


between(
    "middleware-stale-length",
    lambda body: Body((chunk * 2 for chunk in body), body.close),
)
between("middleware-no-close", without_close)
between("middleware-drains", lambda body: Body(list(body), body.close))
between(
    "middleware-skips",
    lambda body: Body((b"".join(body) for _ in range(1)), body.close),
)


@part("middleware-skips")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    return Body([HELLO, HELLO])


@part("middleware-no-start", "middleware")
def _(app):
    def middleware(environ, start_response):
        app(environ, start_server_response).close()
        return []

    return middleware



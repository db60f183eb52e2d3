"""The shared set of broken and of sound programs, for validators in Python.

The same ids are in cases.ts and the files beside it, which say what each is
about. What a case leaves out is correct: the application, the environ, the
server.
"""

import io
import sys

HELLO = b"Hello world!\n"
TEXT = ("Content-Type", "text/plain")
CASES = {}


class Body:
    """An iterable of some chunks with a close() of its own."""

    def __init__(self, chunks, close=lambda: None):
        self.chunks = chunks
        self.close = close

    def __iter__(self):
        return iter(self.chunks)


class Input(io.BytesIO):
    """An input whose complaints cannot be taken for those of a validator."""

    def read(self, *args):
        return super().read(*args)

    def readline(self, *args):
        return super().readline(*args)


class Errors(io.StringIO):
    """The same for the other stream."""

    def write(self, *args):
        return super().write(*args)


def hello(environ, start_response):
    start_response("200 OK", [TEXT])
    return Body([HELLO])


def serve(app, environ):
    """A server that is correct and lets pass whatever it can."""
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


def create_environ():
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": Input(b"one\ntwo\n"),
        "wsgi.errors": Errors(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def case(id, **parts):
    """Keeps a case; as a decorator, with the function as its application."""
    CASES.setdefault(id, {}).update(parts)
    return part(id, "app")


def part(id, name):
    """A decorator: the function is the named part of a case."""

    def take(function):
        CASES.setdefault(id, {})[name] = function
        return function

    return take


def environ(id, **variables):
    """Keeps a case whose environ is wrong; None takes a variable away."""

    def change(environ):
        for name, value in variables.items():
            name = name.replace("wsgi_", "wsgi.", 1)
            if value is None:
                del environ[name]
            else:
                environ[name] = value

    case(id, environ=change)


def reply(status="200 OK", headers=(TEXT,), body=(HELLO,)):
    def app(environ, start_response):
        start_response(status, list(headers))
        return Body(body)

    return app


def header(name, value):
    return reply(headers=[TEXT, (name, value)])


def conditional(environ):
    environ["HTTP_IF_NONE_MATCH"] = '"1"'


def returning(body):
    def app(environ, start_response):
        start_response("200 OK", [TEXT])
        return body

    return app


# Beginning the response

case("start-never", app=lambda environ, start_response: [])
case("start-never-body", app=lambda environ, start_response: [HELLO])


@case("start-twice")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    start_response("200 OK", [TEXT])
    return [HELLO]


@case("start-late")
def _(environ, start_response):
    yield HELLO
    start_response("200 OK", [TEXT])


@case("start-one-argument")
def _(environ, start_response):
    start_response("200 OK")
    return [HELLO]


@case("start-four-arguments")
def _(environ, start_response):
    start_response("200 OK", [TEXT], None, [HELLO])
    return [HELLO]


@case("start-named-arguments")
def _(environ, start_response):
    start_response(status="200 OK", headers=[TEXT])
    return [HELLO]


@case("start-after-close")
def _(environ, start_response):
    start_response("200 OK", [TEXT])

    def close():
        error = ValueError("late")
        try:
            start_response("500 Error", [TEXT], (ValueError, error, None))
        except ValueError:
            pass

    return Body([HELLO], close)


@case("exc-info-string")
def _(environ, start_response):
    start_response("500 Error", [TEXT], "it failed")
    return [HELLO]


@case("exc-info-caught")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    yield HELLO
    try:
        error = ValueError("it failed")
        start_response("500 Error", [TEXT], (ValueError, error, None))
    except ValueError:
        yield b"Sorry\n"


@case("finding-swallowed")
def _(environ, start_response):
    try:
        start_response("200 OK", [TEXT, ("X-Count", 12)])
    except Exception:
        start_response("200 OK", [TEXT], sys.exc_info())
    return [HELLO]


# The status

case("status-number", app=reply(200))
case("status-code-only", app=reply("200"))
case("status-letters", app=reply("abc OK"))
case("status-two-digits", app=reply("20 OK"))
case("status-099", app=reply("099 Low"))
case("status-100", app=reply("100 Continue"))
case("status-999", app=reply("999 High"))
case("status-newline", app=reply("200 OK\r\nX-Evil: 1"))
case("status-two-spaces", app=reply("200  OK"))
case("status-euro", app=reply("200 \u20ac5"))

# The header list

case(
    "headers-dictionary",
    app=lambda environ, start_response: (
        start_response("200 OK", dict([TEXT])) and [HELLO]
    ),
)
case(
    "headers-iterator",
    app=lambda environ, start_response: (
        start_response("200 OK", iter([TEXT])) and [HELLO]
    ),
)
case("headers-flat", app=reply(headers=TEXT))
case("header-triple", app=reply(headers=[TEXT, ("X-Name", "one", "two")]))
case("header-number", app=header("X-Count", 12))
case("header-no-value", app=header("X-Name", None))
case("header-euro", app=header("X-Price", "\u20ac5"))
case("header-name-space", app=header("X Name", "value"))
case("header-name-empty", app=header("", "value"))
case("header-name-colon", app=header("X-Name:", "value"))
case("header-name-latin1", app=header("X-Gr\u00f6\u00dfe", "value"))
case("header-newline", app=header("X-Name", "value\r\nX-Evil: 1"))
case("header-nul", app=header("X-Name", "a\x00b"))
case("header-del", app=header("X-Name", "a\x7fb"))
case("header-outer-space", app=header("X-Name", " value "))
case("header-status", app=header("Status", "200 OK"))
case("header-connection", app=header("Connection", "close"))
case("header-chunked", app=header("Transfer-Encoding", "chunked"))
case("header-trailer", app=header("Trailer", "X-Sum"))

# What HTTP demands

case("length-letters", app=header("Content-Length", "many"))
case(
    "length-twice",
    app=reply(headers=[TEXT] + 2 * [("Content-Length", "13")]),
)
case("length-too-small", app=header("Content-Length", "5"))
case("length-too-large", app=header("Content-Length", "50"))
case(
    "length-204",
    app=reply("204 No Content", [("Content-Length", "5")], []),
)
case("body-204", app=reply("204 No Content", []))
case("body-205", app=reply("205 Reset Content"))
case("body-304", app=reply("304 Not Modified", []), environ=conditional)
case("unasked-304", app=reply("304 Not Modified", [], []))
case(
    "encoding-304",
    app=reply("304 Not Modified", [("Content-Encoding", "gzip")], []),
    environ=conditional,
)
case("no-challenge-401", app=reply("401 Unauthorized"))
case("no-allow-405", app=reply("405 Method Not Allowed"))


case("no-range-206", app=reply("206 Partial Content"))
environ("no-range-206", HTTP_RANGE="bytes=0-12")
case("etag-bare", app=header("ETag", "abc"))
case("etag-weak-small", app=header("ETag", 'w/"abc"'))
case("date-iso", app=header("Last-Modified", "2026-11-20T10:00:00Z"))
case(
    "location-space",
    app=reply("302 Found", [TEXT, ("Location", "http://a.example/a b")]),
)
case("type-twice", app=header("content-type", "text/html"))
case("type-no-slash", app=reply(headers=[("Content-Type", "text")]))
case("cookies-joined", app=header("Set-Cookie", "a=1, b=2"))

# The body

case("body-string", app=returning("Hello world!\n"))
case("body-bytes", app=returning(HELLO))
case("body-nothing", app=returning(None))
case("body-number", app=returning(13))
case("body-generator-function", app=returning(lambda: iter([HELLO])))


class NextOnly:
    def __next__(self):
        raise StopIteration


case("body-next-only", app=returning(NextOnly()))
case("chunk-string", app=returning(["Hello world!\n"]))
case("chunk-number", app=returning([13]))
case("chunk-nothing", app=returning([None]))
case("chunk-buffer", app=returning([bytearray(HELLO)]))
case("chunk-array", app=returning([[HELLO]]))


@case("generator-returns")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    if environ["PATH_INFO"] == "/":
        return HELLO
    yield b"Another page\n"


case("close-no-function", app=returning(Body([HELLO], "yes")))

# write()


@case("write-string")
def _(environ, start_response):
    write = start_response("200 OK", [TEXT])
    write("Hello world!\n")
    return []


@case("write-in-body")
def _(environ, start_response):
    write = start_response("200 OK", [TEXT])
    write(HELLO)
    yield b""
    write(HELLO)


@case("write-after-close")
def _(environ, start_response):
    write = start_response("200 OK", [TEXT])
    return Body([HELLO], lambda: write(HELLO))


# wsgi.input and wsgi.errors


@case("input-close")
def _(environ, start_response):
    environ["wsgi.input"].close()
    return hello(environ, start_response)


@case("input-size-string")
def _(environ, start_response):
    environ["wsgi.input"].read("3")
    return hello(environ, start_response)


@case("input-two-arguments")
def _(environ, start_response):
    environ["wsgi.input"].readline(3, 4)
    return hello(environ, start_response)


@case("input-seek")
def _(environ, start_response):
    environ["wsgi.input"].seek(0)
    return hello(environ, start_response)


@part("input-after-close", "server")
def _(app, environ):
    serve(app, environ)
    # What the application has left running.
    environ["wsgi.input"].read(3)


@case("errors-bytes")
def _(environ, start_response):
    environ["wsgi.errors"].write(HELLO)
    return hello(environ, start_response)


@case("errors-close")
def _(environ, start_response):
    environ["wsgi.errors"].close()
    return hello(environ, start_response)


# The environ


class Variables(dict):
    pass


case("environ-class", environ=Variables)
environ("environ-no-method", REQUEST_METHOD=None)
environ("environ-no-protocol", SERVER_PROTOCOL=None)
environ("environ-no-scheme", wsgi_url_scheme=None)
environ("environ-no-input", wsgi_input=None)
environ("environ-no-flag", wsgi_multithread=None)
environ("environ-method-space", REQUEST_METHOD="GET /")
environ("environ-port-number", SERVER_PORT=80)
environ("environ-port-empty", SERVER_PORT="")
environ("environ-name-empty", SERVER_NAME="")
environ("environ-protocol-junk", SERVER_PROTOCOL="http:")
environ("environ-scheme-colon", wsgi_url_scheme="http:")
environ("environ-version-two", wsgi_version=(2, 0))
environ("environ-flag-string", wsgi_multiprocess="false")
environ("environ-path-relative", PATH_INFO="news")
environ("environ-path-euro", PATH_INFO="/\u20ac")
environ("environ-path-empty", PATH_INFO="")
environ("environ-script-slash", SCRIPT_NAME="/", PATH_INFO="")
environ("environ-query-mark", QUERY_STRING="?a=1")
environ("environ-length-letters", CONTENT_LENGTH="many")
environ("environ-length-negative", CONTENT_LENGTH="-1")
environ("environ-http-type", HTTP_CONTENT_TYPE="text/plain")
environ("environ-http-proxy", HTTP_PROXY="http://evil.example/")
environ("environ-http-dash", **{"HTTP_X-NAME": "value"})
environ("environ-input-text", wsgi_input=io.StringIO("one\ntwo\n"))


@part("environ-input-text", "app")
def _(environ, start_response):
    environ["wsgi.input"].read(3)
    return hello(environ, start_response)


@part("environ-null", "environ")
def _(environ):
    environ["REMOTE_USER"] = None


@part("environ-other-key", "environ")
def _(environ):
    environ[1] = "one"


class ReadOnly:
    def read(self, size=-1):
        return b""


environ("environ-input-read-only", wsgi_input=ReadOnly())


class WriteOnly:
    def write(self, text):
        pass


environ("environ-errors-write-only", wsgi_errors=WriteOnly())


# The server


def start_server_response(*args):
    return lambda chunk: None


@part("server-three-arguments", "server")
def _(app, environ):
    body = app(environ, start_server_response, None)
    list(body)
    body.close()


@part("server-start-returns-nothing", "server")
def _(app, environ):
    body = app(environ, lambda *args: None)
    list(body)
    body.close()


@part("server-environ-twice", "server")
def _(app, environ):
    serve(app, environ)
    serve(app, environ)


@part("server-never-closes", "server")
def _(app, environ):
    list(app(environ, start_server_response))


@part("server-closes-twice", "server")
def _(app, environ):
    body = app(environ, start_server_response)
    list(body)
    body.close()
    body.close()


@part("server-next-after-close", "server")
def _(app, environ):
    body = app(environ, start_server_response)
    iterator = iter(body)
    body.close()
    next(iterator)


@part("server-next-after-end", "server")
def _(app, environ):
    body = app(environ, start_server_response)
    iterator = iter(body)
    list(iterator)
    next(iterator, None)
    body.close()


@part("server-iterates-twice", "server")
def _(app, environ):
    body = app(environ, start_server_response)
    list(body)
    list(body)
    body.close()


@case("server-ignores-exc-info")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    yield HELLO
    error = ValueError("it failed")
    start_response("500 Error", [TEXT], (ValueError, error, None))


@part("server-ignores-exc-info", "server")
def _(app, environ):
    body = app(environ, start_server_response)
    list(body)
    body.close()


class TooMuch(Input):
    def read(self, size=-1):
        return super().read(size + 1)


environ("server-reads-too-much", wsgi_input=TooMuch(b"one\ntwo\n"))


@part("server-reads-too-much", "app")
def _(environ, start_response):
    environ["wsgi.input"].read(3)
    return hello(environ, start_response)


# Middleware between two validators


@part("middleware-stale-length", "middleware")
def _(app):
    def middleware(environ, start_response):
        body = app(environ, start_response)
        return Body((chunk * 2 for chunk in body), body.close)

    return middleware


case("middleware-stale-length", app=header("Content-Length", "13"))


@part("middleware-no-close", "middleware")
def _(app):
    def middleware(environ, start_response):
        for chunk in app(environ, start_response):
            yield chunk

    return middleware


@part("middleware-drains", "middleware")
def _(app):
    def middleware(environ, start_response):
        body = app(environ, start_response)
        chunks = list(body)
        return Body(chunks, body.close)

    return middleware


@part("middleware-skips", "middleware")
def _(app):
    def middleware(environ, start_response):
        body = app(environ, start_response)
        return Body((b"".join(body) for _ in range(1)), body.close)

    return middleware


case("middleware-skips", app=reply(body=[HELLO, HELLO]))


@part("middleware-no-start", "middleware")
def _(app):
    def middleware(environ, start_response):
        body = app(environ, start_server_response)
        body.close()
        return []

    return middleware


# Sound: whatever is found here is a false alarm

case("sound-204", app=reply("204 No Content", [], []))
case(
    "sound-empty-302",
    app=reply("302 Found", [("Location", "http://a.example/")], []),
)


environ("sound-head", REQUEST_METHOD="HEAD")
environ("sound-propfind", REQUEST_METHOD="PROPFIND")
environ("sound-options-star", REQUEST_METHOD="OPTIONS", PATH_INFO="*")
case(
    "sound-relative-location",
    app=reply("302 Found", [TEXT, ("Location", "/news?page=2")]),
)
case("sound-header-name", app=header("X.Custom|Pipe", "value"))
case("sound-header-name-end", app=header("X-Custom-", "value"))
case("sound-latin1-value", app=header("X-Name", "Gr\u00f6\u00dfe"))
case("sound-tab-value", app=header("X-Name", "one\ttwo"))


@case("sound-late-start")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    yield HELLO


@case("sound-empty-chunk-first")
def _(environ, start_response):
    yield b""
    start_response("200 OK", [TEXT])
    yield HELLO


environ("sound-no-query", QUERY_STRING=None)
environ("sound-no-script-name", SCRIPT_NAME=None)
environ("sound-no-path", SCRIPT_NAME="/app", PATH_INFO=None)
environ("sound-utf8-path", PATH_INFO="/caf\u00c3\u00a9")
case(
    "sound-304-length",
    app=reply("304 Not Modified", [("Content-Length", "13")], []),
    environ=conditional,
)


case(
    "sound-head-length",
    app=reply(headers=[TEXT, ("Content-Length", "13")], body=[]),
)
environ("sound-head-length", REQUEST_METHOD="HEAD")


@case("sound-read-all")
def _(environ, start_response):
    environ["wsgi.input"].read()
    return hello(environ, start_response)


@case("sound-readline")
def _(environ, start_response):
    environ["wsgi.input"].readline()
    return hello(environ, start_response)


@case("sound-readlines")
def _(environ, start_response):
    environ["wsgi.input"].readlines()
    return hello(environ, start_response)


@case("sound-error-page")
def _(environ, start_response):
    start_response("200 OK", [TEXT])
    error = ValueError("it failed")
    start_response("500 Error", [TEXT], (ValueError, error, None))
    return [HELLO]

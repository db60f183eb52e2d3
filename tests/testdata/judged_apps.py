"""Applications that satisfy both of Python's validators."""

import io
import json

TEXT = ("Content-Type", "text/plain; charset=utf-8")


def read_body(environ, size=65536):
    """Reads as PEP 3333 allows: no more than CONTENT_LENGTH, in pieces."""
    left = int(environ.get("CONTENT_LENGTH") or 0)
    pieces = []
    while left > 0:
        piece = environ["wsgi.input"].read(min(size, left))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return pieces


# What the server passes on ----------------------------------------------------


def show(environ, start_response):
    """Shows the variables and the body."""
    body = b"".join(read_body(environ)).decode("latin-1")
    texts = {key: value for key, value in environ.items() if "." not in key}
    page = json.dumps({"environ": texts, "body": body}).encode()
    headers = [("Content-Type", "application/json")]
    if environ["REQUEST_METHOD"] == "HEAD":
        start_response("200 OK", headers)
        return []
    start_response("200 OK", [*headers, ("Content-Length", str(len(page)))])
    return [page]


def types(environ, start_response):
    """Shows the wsgi.* variables as Python sees them."""
    keys = ["version", "url_scheme", "multithread", "multiprocess", "run_once"]
    page = "".join(f"{key} {environ['wsgi.' + key]!r}\n" for key in keys)
    start_response("200 OK", [TEXT])
    return [page.encode()]


def echo(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return read_body(environ)


def pieces(environ, start_response):
    """Reads three bytes at a time."""
    start_response("200 OK", [TEXT])
    return [b"|".join(read_body(environ, 3))]


def lines(environ, start_response):
    """Iterates over the lines; Lint refuses any readline()."""
    start_response("200 OK", [TEXT])
    return [b"|".join(environ["wsgi.input"])]


def beyond(environ, start_response):
    """Reads at the end, which always returns nothing."""
    read_body(environ)
    ends = [environ["wsgi.input"].read(10) for _ in range(3)]
    start_response("200 OK", [TEXT])
    return [repr(ends).encode()]


def half(environ, start_response):
    start_response("200 OK", [TEXT])
    return [environ["wsgi.input"].read(5)]


def header(environ, start_response):
    """Sends the bytes of a header, all of which Latin-1 has."""
    start_response("200 OK", [TEXT])
    return [environ["HTTP_X_BYTES"].encode("latin-1")]


def unread(environ, start_response):
    start_response("200 OK", [TEXT])
    return [b"not read"]


def errors(environ, start_response):
    stream = environ["wsgi.errors"]
    print("printed", 1, file=stream)
    stream.write("writt\u20acn\n")
    stream.writelines(["two\n", "lines\n"])
    stream.flush()
    start_response("200 OK", [TEXT])
    return [b"logged"]


# Status and headers -----------------------------------------------------------


def response(environ, start_response):
    """Answers with the response in the header X-Response."""
    status, headers, chunks = json.loads(environ["HTTP_X_RESPONSE"])
    start_response(status, [(name, value) for name, value in headers])
    return [chunk.encode() for chunk in chunks]


# Bodies -----------------------------------------------------------------------


def generator(environ, start_response):
    start_response("200 OK", [TEXT])
    if environ["REQUEST_METHOD"] == "HEAD":
        return
    yield b"one "
    yield b"two "
    yield b"three"


def empty_chunks(environ, start_response):
    start_response("200 OK", [TEXT])
    yield b""
    yield b"a"
    yield b""
    yield b"b"


def nothing(environ, start_response):
    start_response("200 OK", [TEXT])
    yield from ()


class instance:
    """A class as an application: its instances are the bodies."""

    closed = 0

    def __init__(self, environ, start_response):
        self.environ = environ
        self.start_response = start_response

    def __iter__(self):
        self.start_response("200 OK", [TEXT])
        yield f"closed before: {self.closed}".encode()

    def close(self):
        type(self).closed += 1


def wrapped_file(environ, start_response):
    start_response("200 OK", [TEXT])
    return environ["wsgi.file_wrapper"](io.BytesIO(b"file " * 20000), 8192)


def big(environ, start_response):
    start_response("200 OK", [TEXT, ("Content-Length", str(4 * 1024 * 1024))])
    for _ in range(64):
        yield b"x" * 65536


def written(environ, start_response):
    write = start_response("200 OK", [TEXT])
    write(b"one ")
    write(b"")
    write(b"two ")
    write(b"three")
    return []


def written_and_yielded(environ, start_response):
    write = start_response("200 OK", [TEXT, ("Content-Length", "12")])
    write(b"written ")
    return iter([b"yie", b"ld"[:1]])

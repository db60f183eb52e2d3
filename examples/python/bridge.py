"""The Python part of bridge.ts: calls a WSGI application as in PEP 3333.

Strings need no conversion: in environ, they have one character per byte in both
languages. Bytes are copied; lists and tuples become arrays.
"""

import io
import traceback
from wsgiref.util import FileWrapper

from pyodide.ffi import to_js


class ErrorStream(io.TextIOBase):
    """wsgi.errors: a text stream that writes to that of the server."""

    def __init__(self, write, flush):
        self._write = write
        self._flush = flush

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._write(text)
        return len(text)

    def flush(self):
        self._flush()

    def close(self):
        """Does nothing, because the stream belongs to the server."""


class Response:
    """The result of an application."""

    def __init__(self, body):
        self._body = body
        self._chunks = None

    def is_list(self):
        """Returns whether the body is complete."""
        return type(self._body) in (list, tuple)

    def next(self):
        """Returns the next chunk in an array, and None at the end."""
        if self._chunks is None:
            self._chunks = iter(self._body)
        for chunk in self._chunks:
            return _to_js([chunk])

    def close(self):
        body, self._body, self._chunks = self._body, None, None
        if hasattr(body, "close"):
            body.close()


def _to_js(value):
    # A value without a JavaScript equivalent raises an error, instead of becoming
    # a handle.
    return to_js(value, create_pyproxies=False)


def call(application, variables, body, start, log, flush):
    """Calls an application; bridge.ts describes the arguments."""
    environ = variables.to_py()
    environ["wsgi.version"] = tuple(environ["wsgi.version"])
    environ["wsgi.input"] = io.BytesIO(body.to_bytes())
    environ["wsgi.errors"] = ErrorStream(log, flush)
    environ["wsgi.file_wrapper"] = FileWrapper

    def start_response(status, headers, exc_info=None, /):
        try:
            trace = exc_info and "".join(traceback.format_exception(*exc_info))
            write = start(status, _to_js(headers), trace or None)
            if write is None:
                # The headers have been sent, so the error is raised again.
                raise exc_info[1].with_traceback(exc_info[2])
        finally:
            exc_info = None  # It refers to this frame.

        def write_bytes(data):
            if not isinstance(data, bytes):
                raise TypeError(f"write() argument must be bytes, not {type(data)}")
            write(to_js(data))

        return write_bytes

    return Response(application(environ, start_response))

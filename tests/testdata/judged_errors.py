"""Applications that fail, and some that do not satisfy Python's validators."""

import sys

from testdata.judged_apps import TEXT, app

# Errors -----------------------------------------------------------------------


@app
def error_page(environ, start_response):
    """Fails before the first byte, and replaces status and headers."""
    try:
        start_response("200 OK", [TEXT, ("X-Old", "1")])
        raise ValueError("early")
    except ValueError:
        start_response("500 Oops", [TEXT, ("X-New", "2")], sys.exc_info())
        return [b"error page"]


@app
def error_page_of_generator(environ, start_response):
    """The same in a generator, after a chunk that sends nothing."""
    start_response("200 OK", [TEXT])
    try:
        yield b""
        raise ValueError("early")
    except ValueError:
        start_response("500 Oops", [TEXT], sys.exc_info())
        yield b"error page"


@app
def too_late(environ, start_response):
    """Fails after the first byte: start_response raises its exc_info."""
    start_response("200 OK", [TEXT])
    try:
        yield b"begun"
        raise ValueError("late")
    except ValueError:
        start_response("500 Oops", [TEXT], sys.exc_info())
        yield b"never"


@app
def too_late_for_write(environ, start_response):
    try:
        start_response("200 OK", [TEXT])(b"begun")
        raise ValueError("late")
    except ValueError:
        start_response("500 Oops", [TEXT], sys.exc_info())
        return [b"never"]


@app
def failing(environ, start_response):
    raise LookupError("not handled")


@app
def failing_midway(environ, start_response):
    start_response("200 OK", [TEXT])
    yield b"begun"
    raise LookupError("not handled")


# Faults that the judges report --------------------------------------------------


@app
def without_type(environ, start_response):
    start_response("200 OK", [])
    return [b"what is it?"]


@app
def unquoted_etag(environ, start_response):
    start_response("200 OK", [TEXT, ("ETag", "abc")])
    return [b"tagged"]

"""Applications that fail, and some that do not satisfy Python's validators."""

import sys

from testdata.judged_apps import TEXT

# Errors -----------------------------------------------------------------------


def error_page(environ, start_response):
    """Fails before the first byte, and replaces status and headers."""
    try:
        start_response("200 OK", [TEXT, ("X-Old", "1")])
        raise ValueError("early")
    except ValueError:
        start_response("500 Oops", [TEXT, ("X-New", "2")], sys.exc_info())
        return [b"error page"]


def error_page_of_generator(environ, start_response):
    """The same in a generator, after a chunk that sends nothing."""
    start_response("200 OK", [TEXT])
    try:
        yield b""
        raise ValueError("early")
    except ValueError:
        start_response("500 Oops", [TEXT], sys.exc_info())
        yield b"error page"


def too_late(environ, start_response):
    """Fails after the first byte: start_response raises its exc_info."""
    start_response("200 OK", [TEXT])
    try:
        yield b"begun"
        raise ValueError("late")
    except ValueError:
        start_response("500 Oops", [TEXT], sys.exc_info())
        yield b"never"


def too_late_for_write(environ, start_response):
    try:
        start_response("200 OK", [TEXT])(b"begun")
        raise ValueError("late")
    except ValueError:
        start_response("500 Oops", [TEXT], sys.exc_info())
        return [b"never"]


def failing(environ, start_response):
    raise LookupError("not handled")


def failing_midway(environ, start_response):
    start_response("200 OK", [TEXT])
    yield b"begun"
    raise LookupError("not handled")


# Faults that the judges report --------------------------------------------------


def without_type(environ, start_response):
    start_response("200 OK", [])
    return [b"what is it?"]


def unquoted_etag(environ, start_response):
    start_response("200 OK", [TEXT, ("ETag", "abc")])
    return [b"tagged"]

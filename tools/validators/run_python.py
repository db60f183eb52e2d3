"""Runs the shared set under the validators of Python that are installed.

Prints JSON: {validator: {"version": …, "outcomes": {id: outcome}}}, where an
outcome is "error" (the validator raised its own error), "warning" (it warned or
complained without stopping anything), "crash" (it failed by accident) or "-".
"""

import gc
import importlib
import importlib.metadata
import io
import json
import os
import platform
import sys
import traceback
import warnings

from programs import HELLO, PROGRAMS, TEXT, Body, Input, fail, hello
from programs import serve, start_server_response


VALIDATORS = {
    "wsgiref": ("wsgiref.validate", "validator"),
    "webtest": ("webtest.lint", "middleware"),
    "werkzeug": ("werkzeug.middleware.lint", "LintMiddleware"),
}


def find_validators():
    """Yields (name, version, module, wrap) for each installed validator."""
    for name, (path, wrap) in VALIDATORS.items():
        try:
            module = importlib.import_module(path)
        except ImportError:
            continue
        version = platform.python_version()
        if name != "wsgiref":
            version = importlib.metadata.version(name)
        yield name, version, module, getattr(module, wrap)


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


class Errors(io.StringIO):
    """A log whose errors cannot be confused with those of a validator."""

    def write(self, *args):
        return super().write(*args)


def to_headers(headers):
    """Turns lists of JSON into the tuples that Python expects."""
    if not isinstance(headers, list):
        return headers
    return [tuple(part) if isinstance(part, list) else part for part in headers]


def play(steps, start_response):
    """Runs the steps of an application or its generator."""
    for step in steps:
        if step == "start":
            write = start_response("200 OK", [TEXT])
        elif step == "write":
            write(HELLO)
        elif step == "fail":
            fail(start_response)
        else:
            yield HELLO if step == "chunk" else b""


def serve_by(steps):
    """Returns a server, which may be wrong."""

    def server(app, environ):
        void, three = (steps[0] == name for name in ("call void", "call three"))
        start = (lambda *args: None) if void else start_server_response
        body = app(environ, start, *([None] if three else []))
        for step in steps[1:]:
            if step == "iterate":
                iterator = iter(body)
            elif step == "next":
                next(iterator, None)
            elif step == "close":
                body.close()
            else:
                list(body)

    return server


def to_app(case):
    """Creates the application of a line of cases.jsonl."""
    status, headers = case.get("status", "200 OK"), case.get("headers", [TEXT])
    start = case.get("start", [status, headers])
    body = Body(case.get("body", [HELLO]))

    def app(environ, start_response):
        start_response(*(to_headers(argument) for argument in start))
        return case["returns"] if "returns" in case else body

    def write(environ, start_response):
        start_response(*(to_headers(argument) for argument in start))(case["write"])
        return []

    def steps(environ, start_response):
        list(play(case["steps"], start_response))
        return body

    def generator(environ, start_response):
        return play(case["generator"], start_response)

    def call(environ, start_response):
        variable, method, *args = case["call"]
        getattr(environ[variable], method)(*args)
        return hello(environ, start_response)

    for program in (write, steps, generator, call):
        if program.__name__ in case:
            return program
    return app


def to_environ(case):
    """Creates the environ of a line of cases.jsonl."""
    environ = create_environ()
    for name, value in case.get("environ", {}).items():
        environ[name] = tuple(value) if isinstance(value, list) else value
    for name, value in case.get("gives", {}).items():
        setattr(environ["wsgi.input"], name, lambda *args, value=value: value)
    for name in case.get("drop", []):
        del environ[name]
    return environ


def run(case, wrap):
    """Runs a case; returns the raised error, if any."""
    program = PROGRAMS.get(case["id"], {})
    environ = to_environ(case)
    environ = program.get("environ", lambda _: None)(environ) or environ
    try:
        app = wrap(program.get("app") or to_app(case))
        if "middleware" in program:
            app = wrap(program["middleware"](app))
        server = serve_by(case["server"]) if "server" in case else serve
        program.get("server", server)(app, environ)
    except Exception as error:
        return error
    return None


def locate(module, error):
    """Returns whether a line of the validator raised an error on purpose."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    own = frame.filename == module.__file__
    is_raise = frame.line is not None and frame.line.startswith("raise ")
    return own, own and (is_raise or isinstance(error, AssertionError))


def judge(case, module, wrap):
    """Returns the outcome of a case with a validator."""
    complaints = 0
    hook = sys.unraisablehook
    stderr = sys.stderr

    def complain(unraisable):
        # An error in a destructor does not stop the request. Others are accidents.
        nonlocal complaints
        complaints += isinstance(unraisable.exc_value, AssertionError)

    bare = run(case, lambda app: app)
    sys.unraisablehook = complain
    sys.stderr = io.StringIO()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            error = run(case, wrap)
            own, meant = False, False
            if error is not None:
                own, meant = locate(module, error)
                # An error that also occurs without the validator is not the validator's.
                own = own or type(error) is not type(bare)
            # The frames of the traceback keep the body alive.
            del error
            gc.collect()
    finally:
        sys.unraisablehook = hook
        sys.stderr = stderr
    for warning in caught:
        complaints += warning.category.__module__ == module.__name__
    if meant:
        return "error"
    if complaints:
        return "warning"
    return "crash" if own else "-"


def main():
    cases = []
    for name in ("cases.jsonl", "suites.jsonl"):
        path = os.path.join(os.path.dirname(__file__), name)
        with open(path, encoding="utf-8") as file:
            cases += [json.loads(line) for line in file]
    report = {}
    for name, version, module, wrap in find_validators():
        outcomes = {case["id"]: judge(case, module, wrap) for case in cases}
        report[name] = {"version": version, "outcomes": outcomes}
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()

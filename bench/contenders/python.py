"""The WSGI servers of Python: wsgiref, waitress and gunicorn.

python3 python.py KIND SCENARIO PORT FILE
"""

import json
import os
import sys

# wsgiref copies the variables of its process into the environ.
for name in [name for name in os.environ if name.upper().startswith("HTTP")]:
    del os.environ[name]

KIND, SCENARIO, PORT, FILE = sys.argv[1:5]
OCTETS = "application/octet-stream"
HELLO = b"Hello world!\n"
CHUNK = b"x" * 16384


def answer(start_response, content_type, body):
    start_response("200 OK", [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
    ])
    return [body]


def read(environ, start_response):
    text = f"{environ['HTTP_ACCEPT_LANGUAGE']} {environ['QUERY_STRING']}"
    return answer(start_response, "text/plain", text.encode("latin-1"))


def hello(environ, start_response):
    return answer(start_response, "text/plain", HELLO)


def echo(environ, start_response):
    length = int(environ["CONTENT_LENGTH"])
    return answer(start_response, OCTETS, environ["wsgi.input"].read(length))


def stream(environ, start_response):
    start_response("200 OK", [("Content-Type", OCTETS)])
    return (CHUNK for _ in range(16))


def file(environ, start_response):
    opened = open(FILE, "rb")
    start_response("200 OK", [
        ("Content-Type", OCTETS),
        ("Content-Length", str(os.fstat(opened.fileno()).st_size)),
    ])
    return environ["wsgi.file_wrapper"](opened, 65536)


def values(environ, start_response):
    body = json.dumps({
        "method": environ["REQUEST_METHOD"],
        "script": environ["SCRIPT_NAME"],
        "path": environ["PATH_INFO"],
        "query": environ["QUERY_STRING"],
        "protocol": environ["SERVER_PROTOCOL"],
        "port": environ["SERVER_PORT"],
        "client": environ["REMOTE_ADDR"],
        "host": environ["HTTP_HOST"],
        "accept": environ["HTTP_ACCEPT"],
        "scheme": environ["wsgi.url_scheme"],
    }, separators=(",", ":")).encode()
    return answer(start_response, "application/json", body)


def headers(environ, start_response):
    total = sum(
        len(value) for name, value in environ.items()
        if name.startswith("HTTP_")
    )
    return answer(start_response, "text/plain", str(total).encode())


app = {
    "hello": hello,
    "browser": hello,
    "varied": hello,
    "read": read,
    "idle": hello,
    "echo": echo,
    "stream": stream,
    "file": file,
    "json": values,
    "headers": headers,
}[SCENARIO]


def serve_wsgiref():
    from wsgiref.simple_server import (
        WSGIRequestHandler,
        WSGIServer,
        make_server,
    )

    class Server(WSGIServer):
        # With the default of five, 32 clients would wait for lost packets.
        request_queue_size = 1024

    class Silent(WSGIRequestHandler):
        def log_message(self, *args):
            pass

    make_server("127.0.0.1", int(PORT), app, Server, Silent).serve_forever()


def serve_waitress():
    import waitress

    waitress.serve(
        app,
        listen=f"127.0.0.1:{PORT}",
        ident=None,
        connection_limit=2000,
        # With select(), the program fails at 1,000 connections.
        asyncore_use_poll=True,
        _quiet=True,
    )


def serve_gunicorn():
    from gunicorn.app.base import BaseApplication

    class Program(BaseApplication):
        def load_config(self):
            self.cfg.set("bind", f"127.0.0.1:{PORT}")
            self.cfg.set("workers", 2)
            self.cfg.set("loglevel", "critical")

        def load(self):
            return app

    Program().run()


{
    "wsgiref": serve_wsgiref,
    "waitress": serve_waitress,
    "gunicorn": serve_gunicorn,
}[KIND]()

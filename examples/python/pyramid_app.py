"""An application of Pyramid: routes, a form, a session, an upload, a stream."""

import hashlib
import secrets
import traceback

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.session import SignedCookieSessionFactory
from pyramid.view import exception_view_config, view_config

FORM = """<!DOCTYPE html>
<title>Who are you?</title>
<link rel="stylesheet" href="%s">
<form method="post"><input name="name"> <button>Greet</button></form>
"""


@view_config(route_name="form", request_method="GET")
def form(request):
    return Response(FORM % request.static_path("static/style.css"))


@view_config(route_name="form", request_method="POST")
def submit(request):
    name = request.POST["name"]
    return HTTPSeeOther(request.route_url("hello", name=name))


@view_config(route_name="hello", renderer="string")
def hello(request):
    return f"Hello {request.matchdict['name']}!\n"


@view_config(route_name="sum", renderer="json")
def add(request):
    return {"sum": int(request.matchdict["a"]) + int(request.matchdict["b"])}


@view_config(route_name="visits", renderer="json")
def visits(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return {"visits": request.session["visits"]}


@view_config(route_name="upload", renderer="json", request_method="POST")
def upload(request):
    field = request.POST["file"]
    data = field.file.read()
    digest = hashlib.sha256(data).hexdigest()
    return {"name": field.filename, "size": len(data), "sha256": digest}


@view_config(route_name="count")
def count(request):
    end = int(request.matchdict["end"])
    lines = (b"%d\n" % number for number in range(end))
    return Response(app_iter=lines, content_type="text/plain")


@view_config(route_name="fail", renderer="string")
def fail(request):
    return 1 / 0


@exception_view_config(Exception, renderer="string")
def failed(error, request):
    """Shows the exception. In Pyramid, only the debug toolbar does."""
    request.response.status = 500
    return "".join(traceback.format_exception(error))


with Configurator() as config:
    config.set_session_factory(SignedCookieSessionFactory(secrets.token_hex()))
    config.add_route("form", "/")
    config.add_route("hello", "/hello/{name}")
    config.add_route("sum", r"/sum/{a:\d+}/{b:\d+}")
    config.add_route("visits", "/visits")
    config.add_route("upload", "/upload")
    config.add_route("count", r"/count/{end:\d+}")
    config.add_route("fail", "/fail")
    config.add_static_view("static", "static")
    config.scan(__name__)
    app = config.make_wsgi_app()

"""An application of Flask: routes, a form, a session, an upload, a stream."""

import hashlib
import secrets

from flask import Flask, redirect, render_template_string, request, session, url_for
from werkzeug.debug import DebuggedApplication

FORM = """<!DOCTYPE html>
<title>Who are you?</title>
<link rel="stylesheet" href="{{ url_for('static', filename='style.css') }}">
<form method="post"><input name="name"> <button>Greet</button></form>
"""

flask_app = Flask(__name__)
flask_app.debug = True
flask_app.secret_key = secrets.token_bytes(32)


@flask_app.get("/")
def form():
    return render_template_string(FORM)


@flask_app.post("/")
def submit():
    return redirect(url_for("hello", name=request.form["name"]), 303)


@flask_app.get("/hello/<name>")
def hello(name):
    return f"Hello {name}!\n", {"Content-Type": "text/plain; charset=utf-8"}


@flask_app.get("/sum/<int:a>/<int:b>")
def add(a, b):
    return {"sum": a + b}


@flask_app.get("/visits")
def visits():
    session["visits"] = session.get("visits", 0) + 1
    return {"visits": session["visits"]}


@flask_app.post("/upload")
def upload():
    file = request.files["file"]
    data = file.read()
    digest = hashlib.sha256(data).hexdigest()
    return {"name": file.filename, "size": len(data), "sha256": digest}


@flask_app.get("/count/<int:end>")
def count(end):
    return (f"{number}\n" for number in range(end)), {"Content-Type": "text/plain"}


@flask_app.get("/fail")
def fail():
    return str(1 / 0)


# Shows a page for exceptions, without the console, which needs a second process.
app = DebuggedApplication(flask_app, evalex=False)

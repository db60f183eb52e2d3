"""An application of Django: routes, a form, a session, an upload, a stream."""

import hashlib
import secrets
from pathlib import Path

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.static import serve

FORM = """<!DOCTYPE html>
<title>Who are you?</title>
<link rel="stylesheet" href="{% url 'static' 'style.css' %}">
<form method="post">
{% csrf_token %}
<input name="name"> <button>Greet</button>
</form>
"""

settings.configure(
    DEBUG=True,
    SECRET_KEY=secrets.token_hex(),
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    TIME_ZONE="UTC",
    USE_TZ=True,
    USE_I18N=False,
)


def form(request):
    if request.method == "POST":
        response = redirect("hello", request.POST["name"])
        response.status_code = 303
        return response
    page = engines["django"].from_string(FORM)
    return HttpResponse(page.render({}, request))


@require_safe
def hello(request, name):
    return HttpResponse(f"Hello {name}!\n", "text/plain; charset=utf-8")


@require_safe
def add(request, a, b):
    return JsonResponse({"sum": a + b})


@require_safe
def visits(request):
    number = request.session.get("visits", 0) + 1
    request.session["visits"] = number
    return JsonResponse({"visits": number})


@require_POST
def upload(request):
    file = request.FILES["file"]
    digest = hashlib.sha256(file.read()).hexdigest()
    return JsonResponse({"name": file.name, "size": file.size, "sha256": digest})


@require_safe
def count(request, end):
    lines = (f"{number}\n" for number in range(end))
    return StreamingHttpResponse(lines, "text/plain")


@require_safe
def fail(request):
    return HttpResponse(1 / 0)


urlpatterns = [
    path("", form),
    path("hello/<str:name>", hello, name="hello"),
    path("sum/<int:a>/<int:b>", add),
    path("visits", visits),
    path("upload", upload),
    path("count/<int:end>", count),
    path("fail", fail),
    path(
        "static/<path:path>",
        serve,
        {"document_root": Path(__file__).parent / "static"},
        name="static",
    ),
]

app = get_wsgi_application()

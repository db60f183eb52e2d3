"""Both of Python's validators around the applications of judged_apps.py.

They are wsgiref.validate of CPython and LintMiddleware of Werkzeug.
"""

import gc
import sys
import warnings
from wsgiref.validate import validator

from werkzeug.middleware.lint import LintMiddleware

from testdata import judged_apps, judged_errors

complaints = []


def application(environ, start_response):
    """Runs the application that the header X-App names, under both judges."""
    name = environ.get("HTTP_X_APP", "show").replace("-", "_")
    app = getattr(judged_apps, name, None) or getattr(judged_errors, name)
    # Lint goes inside: its input has no readlines(), which the other would
    # report.
    return validator(LintMiddleware(app))(environ, start_response)


def collect():
    """Returns their messages since the last call."""
    gc.collect()  # They report a body that was never closed.
    found, complaints[:] = complaints[:], []
    return "\n".join(found)


def note_warning(message, category, *_args, **_kwargs):
    complaints.append(f"{category.__name__}: {message}")


def note_unraisable(args):
    complaints.append(f"{args.exc_type.__name__}: {args.exc_value}")


warnings.simplefilter("always")
warnings.showwarning = note_warning
sys.unraisablehook = note_unraisable

"""Runs the shared set under the validators of Python that are installed.

Prints JSON: {validator: {"version": …, "outcomes": {id: outcome}}}, where an
outcome is "error" (the validator raised its own error), "warning" (it warned or
complained without stopping anything), "crash" (it failed by accident) or "-".
With --messages, prints what they said.
"""

import gc
import importlib.metadata
import io
import json
import platform
import sys
import traceback
import warnings

import cases


def find_validators():
    """Gives (name, version, module, wrap) for each validator there is."""
    import wsgiref.validate

    python = platform.python_version()
    found = [("wsgiref", python, wsgiref.validate, wsgiref.validate.validator)]
    try:
        import webtest.lint

        version = importlib.metadata.version("webtest")
        lint = webtest.lint
        found.append(("webtest", version, lint, lint.middleware))
    except ImportError:
        pass
    try:
        import werkzeug.middleware.lint as lint

        version = importlib.metadata.version("werkzeug")
        found.append(("werkzeug", version, lint, lint.LintMiddleware))
    except ImportError:
        pass
    return found


def run(case, wrap):
    """Runs a case; gives what it raised, if anything."""
    environ = cases.create_environ()
    if "environ" in case:
        environ = case["environ"](environ) or environ
    try:
        app = wrap(case.get("app", cases.hello))
        if "middleware" in case:
            app = wrap(case["middleware"](app))
        case.get("server", cases.serve)(app, environ)
    except Exception as error:
        return error
    return None


def locate(module, error):
    """Whether an error comes from the validator's lines, and on purpose."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    own = frame.filename == module.__file__
    is_raise = frame.line is not None and frame.line.startswith("raise ")
    return own, own and (is_raise or isinstance(error, AssertionError))


def judge(case, module, wrap):
    """Gives the outcome of a case under a validator, and the words for it."""
    complaints = []
    hook = sys.unraisablehook
    stderr = sys.stderr

    def complain(unraisable):
        # An error in a destructor stops nothing. Other ones are accidents.
        if isinstance(unraisable.exc_value, AssertionError):
            complaints.append(str(unraisable.exc_value))

    bare = run(case, lambda app: app)
    sys.unraisablehook = complain
    sys.stderr = io.StringIO()
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            error = run(case, wrap)
            own, meant, text = False, False, ""
            if error is not None:
                own, meant = locate(module, error)
                # Whatever fails without the validator too is no news.
                own = own or type(error) is not type(bare)
                text = f"{type(error).__name__}: {error}"
            # The frames of the traceback keep the body alive.
            del error
            gc.collect()
    finally:
        sys.unraisablehook = hook
        sys.stderr = stderr
    for warning in caught:
        if warning.category.__module__ == module.__name__:
            complaints.append(str(warning.message))
    if meant:
        return "error", text
    if complaints:
        return "warning", "; ".join(complaints)
    if own:
        return "crash", text
    return "-", ""


def main():
    report = {}
    for name, version, module, wrap in find_validators():
        outcomes = {}
        for id, case in cases.CASES.items():
            outcome, words = judge(case, module, wrap)
            outcomes[id] = outcome
            if "--messages" in sys.argv and words:
                print(f"{id}: {name}: {outcome}: {words}")
        report[name] = {"version": version, "outcomes": outcomes}
    if "--messages" not in sys.argv:
        json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()

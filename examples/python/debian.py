"""The Python part of debian.ts: makes the packages of Debian run here.

The packages of Debian are for an older Python. Python 3.13 no longer has the
module `cgi`, 3.14 has neither `ast.Str` nor `pkgutil.get_loader`, and its classes
have attributes that `zope.interface` does not expect. WebAssembly has no objects
that processes can share. The installed files are not changed: their source is
changed while it is read. A source without the searched text is used unchanged.
"""

import importlib.util
import pkgutil
import sys
import warnings
from importlib.machinery import PathFinder, SourceFileLoader

CHANGES = {
    "cgi": {"warnings._deprecated(__name__, remove=(3,13))": ""},
    # The debugger counts wrong PINs of its console in memory shared with other
    # processes.
    "werkzeug.debug": {
        'Value("B")': '__import__("types").SimpleNamespace(value=0)',
    },
    "werkzeug.routing.rules": {
        "ast.Str(s=elem)": "ast.Constant(elem)",
        "ast.Str": "ast.Constant",
        "ret[-1].s + p.s": "ret[-1].value + p.value",
    },
    "zope.interface.interface": {
        "'__qualname__',": "'__qualname__', '__firstlineno__',"
        " '__static_attributes__', '__classdictcell__', '__annotate__',"
        " '__annotate_func__', '__annotations_cache__',",
    },
}


class ChangingLoader(SourceFileLoader):
    """Loads a module with its CHANGES."""

    def source_to_code(self, data, path, *, _optimize=-1):
        source = data.decode()
        for old, new in CHANGES[self.name].items():
            source = source.replace(old, new)
        return super().source_to_code(source, path, _optimize=_optimize)


class ChangingFinder:
    """Finds the modules of CHANGES, and `cgi` in the older Python."""

    def __init__(self, old_library):
        self._old_library = old_library

    def find_spec(self, name, path=None, target=None):
        if name not in CHANGES:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None and name == "cgi":
            spec = PathFinder.find_spec(name, [self._old_library], target)
        if spec is not None:
            spec.loader = ChangingLoader(spec.loader.name, spec.loader.path)
        return spec


def prepare(packages, old_library, *_others):
    """Prepares the import of Debian's packages.

    packages is their folder, and old_library is the standard library of Debian
    12's Python.
    """
    warnings.simplefilter("ignore", SyntaxWarning)
    if not hasattr(pkgutil, "get_loader"):
        pkgutil.get_loader = lambda name: importlib.util.find_spec(name).loader
    sys.meta_path.insert(0, ChangingFinder(old_library))
    sys.path.append(packages)

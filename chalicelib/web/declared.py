"""The routes of a module: each file of its ``routes`` package registers on the package's one blueprint."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def blueprint_of(package: str) -> Any:
    """``registered.BLUEPRINT`` of a package, once every file of it has been imported, in order of names."""
    folder = import_module(package)
    for found in sorted(iter_modules(folder.__path__), key=lambda found: found.name):
        import_module(f"{package}.{found.name}")
    return import_module(f"{package}.registered").BLUEPRINT

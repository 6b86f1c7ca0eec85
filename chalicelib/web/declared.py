"""The routes of a module: each file of its ``routes`` package registers on the package's one blueprint."""

from importlib import import_module
from pkgutil import walk_packages
from typing import Any


def blueprint_of(package: str) -> Any:
    """``registered.BLUEPRINT`` of a package, once every file of it and of its folders has been imported."""
    folder = import_module(package)
    for name in sorted(found.name for found in walk_packages(folder.__path__, f"{package}.")):
        import_module(name)
    return import_module(f"{package}.registered").BLUEPRINT

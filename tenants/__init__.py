"""The modules: one folder per kind of tenant. A sixth kind is one more folder."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from chalicelib.kernel.module import Module


@cache
def modules() -> tuple[Module, ...]:
    """Every manifest below this folder, in the order of their keys."""
    names = sorted(found.name for found in iter_modules(__path__) if found.ispkg)
    return tuple(import_module(f"tenants.{name}.manifest").MODULE for name in names)

"""The modules: one folder per kind of tenant. A sixth kind is one more folder."""

from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from chalicelib.config import settings
from chalicelib.kernel.module import Module


@cache
def modules() -> tuple[Module, ...]:
    """The manifests below this folder, in the order of their keys.

    A deployed function serves one module and imports no other: ``SONGYUN_MODULES`` names it. Unset: all.
    """
    wanted = settings().modules
    names = sorted(found.name for found in iter_modules(__path__) if found.ispkg)
    return tuple(
        import_module(f"tenants.{name}.manifest").MODULE for name in names if not wanted or name in wanted
    )


def kinds() -> tuple[str, ...]:
    """Every kind of tenant, also those that so far have a contract and no module of ours.

    Their enterprises report through the HTTPS door with systems of their own.
    """
    return tuple(sorted(path.parent.name for path in Path(__file__).parent.glob("*/events.json")))

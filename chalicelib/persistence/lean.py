"""pynamodb without the half of botocore that it brings and we replaced.

Rows travel through ``tenancy/dynamodb.py``. pynamodb still imports botocore's client, session and endpoint:
for the client that it would make itself, and for annotations. They are a third of a cold start (about 165 ms
of CPU here). So while pynamodb's connection is imported, stand-ins take their places, and go again at once:
whoever imports botocore afterwards gets botocore.

A pynamodb that wants more of botocore than is named here gets all of it, and an alarm says so; a test keeps
the pinned one from coming to that. And a connection that was given no client of ours does not make one that
would sign as the function: ``get_session`` refuses.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

import botocore
from botocore.exceptions import ClientError

from chalicelib.telemetry import alarm

_CONNECTION, _TYPES = "pynamodb.connection.base", "pynamodb.connection._botocore_private"


def _no_session() -> NoReturn:
    raise RuntimeError("rows are sent by the clients of chalicelib.tenancy: this connection was given none")


_STAND_INS: dict[str, dict[str, Any]] = {
    "botocore.config": {},
    "botocore.client": {"ClientError": ClientError},
    "botocore.session": {"Session": object, "get_session": _no_session},
    _TYPES: {"BotocoreBaseClientPrivate": object},  # a module of annotations
}


def import_pynamodb() -> None:
    """Import pynamodb's connection, lean where nothing else has imported botocore's client before."""
    if any(name in sys.modules for name in (_CONNECTION, *_STAND_INS)):
        return
    try:
        with _standing_in():
            import_module(_CONNECTION)
    except (ImportError, AttributeError):
        alarm("persistence.pynamodb_wants_botocore")
        for name in [name for name in sys.modules if name.partition(".")[0] == "pynamodb"]:
            del sys.modules[name]


@contextmanager
def _standing_in() -> Iterator[None]:
    for name, content in _STAND_INS.items():
        made = sys.modules[name] = ModuleType(name)
        vars(made).update(content)
        package, _, child = name.rpartition(".")
        if package == "botocore":
            setattr(botocore, child, made)
    try:
        yield
    finally:
        for name in _STAND_INS:
            del sys.modules[name]
            package, _, child = name.rpartition(".")
            if package == "botocore":
                delattr(botocore, child)

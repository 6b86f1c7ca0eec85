"""What a cold start imports: counted by name, because times on a shared machine say little.

Whatever a function needs once in a while (a provider's SDK, templates, seals) is imported where it is used.
Written as the few packages that may be there: a new one has to be thought about.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from infra.package.functions import Function, functions
from tenants import modules

pytestmark = pytest.mark.rules
ROOT = Path(__file__).parents[2]

PERMITTED = {
    *("chalice", "markupsafe"),
    *("pydantic", "pydantic_core", "annotated_types", "typing_inspection", "typing_extensions"),
    *("pynamodb", "botocore"),
}
"""Of botocore its errors alone: its session and its clients are what ``persistence/lean.py`` keeps away."""

ABSENT = {
    *("botocore.client", "botocore.config", "botocore.session", "botocore.endpoint", "botocore.compat"),
    *("http.client", "http.server", "email.message", "asyncio", "concurrent.futures", "multiprocessing"),
    *("xml.etree", "html.parser", "sqlite3", "unittest", "zipfile", "tempfile", "subprocess"),
    *("chalice.analyzer", "chalice.local", "chalice.cli"),
}

EVERY = functions(modules=modules(), stage="prod")


@cache
def imported(serves: tuple[tuple[str, str], ...], probe: str = "import app") -> list[tuple[str, str]]:
    """The modules of a fresh interpreter that ran ``probe`` as a function would: name and file."""
    say = (
        "import json, sys\n"
        + probe
        + ("\nprint(json.dumps([(n, getattr(m, '__file__', None) or '') for n, m in sys.modules.items()]))")
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SONGYUN_")}
    done = subprocess.run(
        [sys.executable, "-c", say],
        env={**environment, "AWS_REGION": "cn-north-1", **dict(serves)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr, done.stderr
    return [(name, file) for name, file in json.loads(done.stdout)]


def _of(function: Function) -> list[tuple[str, str]]:
    return imported(tuple(function.serves.items()))


@pytest.mark.parametrize("function", EVERY, ids=lambda function: function.name)
def test_a_cold_start_imports_few_packages(function: Function) -> None:
    foreign = {name.partition(".")[0] for name, file in _of(function) if "site-packages" in file}
    assert {
        name for name in foreign if not name.startswith("_")
    } <= PERMITTED  # _: what pip installs for itself
    names = {name for name, _ in _of(function)}
    assert names.isdisjoint(ABSENT), names & ABSENT


@pytest.mark.parametrize("function", EVERY, ids=lambda function: function.name)
def test_a_function_imports_what_it_serves_and_no_more(function: Function) -> None:
    names = {name for name, _ in _of(function)}
    others = {module.key for module in modules()} - {function.modules}
    if function.modules:
        assert not [name for name in names if name.startswith(tuple(f"tenants.{key}" for key in others))]
    routes = {name for name in names if name.startswith("tenants.") and ".routes" in name}
    if function.trigger != "http":
        assert not routes
        assert "chalicelib.control.routes" not in names
    elif function.modules != "core":
        assert routes


def test_pynamodb_that_wants_more_of_botocore_gets_it_with_an_alarm() -> None:
    probe = """
import logging, sys
from chalicelib.telemetry import _LOG
told = []
class Told(logging.Handler):
    def emit(self, record):
        told.append(record.getMessage())
_LOG.addHandler(Told())
import types
package = types.ModuleType("chalicelib.persistence"); package.__path__ = ["chalicelib/persistence"]
sys.modules["chalicelib.persistence"] = package
from chalicelib.persistence import lean
del lean._STAND_INS["botocore.client"]["ClientError"]
lean.import_pynamodb()
assert "persistence.pynamodb_wants_botocore" in told[0], told
from chalicelib.persistence.table import Row
import pynamodb.connection.base as base
from botocore.session import get_session
assert base.get_session is get_session
"""
    names = {name for name, _ in imported((), probe)}
    assert "botocore.client" in names


def test_a_connection_without_a_client_of_ours_makes_none() -> None:
    probe = """
import chalicelib.persistence
from pynamodb.connection import Connection
try:
    Connection(region="cn-north-1").session
except RuntimeError as told:
    assert "given none" in str(told)
else:
    raise AssertionError
from botocore.client import BaseClient
from botocore.session import Session
import botocore
assert botocore.client.BaseClient is BaseClient and botocore.session.Session is Session
"""
    assert imported((), probe)

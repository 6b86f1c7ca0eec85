"""What a cold start imports: counted by name, because times on a shared machine say little.

Whatever a function needs once in a while (a provider's SDK, templates, seals) is imported where it is used.
Written as the few packages that may be there: a new one has to be thought about.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from app import app
from chalicelib.web.application import Application
from chalicelib.web.on_demand import OnDemand, index_of
from infra.package.build import route_index
from infra.package.functions import Function, functions
from tenants import modules

pytestmark = pytest.mark.rules
ROOT = Path(__file__).parents[2]

PERMITTED = {
    *("chalice", "markupsafe"),
    *("pydantic", "pydantic_core", "annotated_types", "typing_inspection", "typing_extensions"),
    *("pynamodb", "botocore", "orjson"),
}
"""Of botocore its errors alone: its session and its clients are what ``persistence/lean.py`` keeps away."""

ABSENT = {
    *("botocore.client", "botocore.config", "botocore.session", "botocore.endpoint", "botocore.compat"),
    *("http.client", "http.server", "email.message", "asyncio", "concurrent.futures", "multiprocessing"),
    *("xml.etree", "html.parser", "sqlite3", "unittest", "zipfile", "tempfile", "subprocess"),
    *("chalice.analyzer", "chalice.local", "chalice.cli"),
}

_HERE = {"AWS_REGION": "cn-north-1", "SONGYUN_TELEMETRY": "off"}

EVERY = functions(modules=modules(), stage="prod")
REQUESTS = [function for function in EVERY if function.trigger == "http"]
by_name = {"ids": lambda function: function.name}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of routes as the build writes it."""
    place = tmp_path_factory.mktemp("index") / "routes.json"
    place.write_text(route_index(), "utf-8")
    return place


Imported = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def imported(index: Path) -> Imported:
    """Runs a probe in a fresh interpreter with a function's environment; its modules: file by name."""

    @cache
    def run(probe: str, serves: tuple[tuple[str, str], ...]) -> dict[str, str]:
        say = "print(json.dumps({n: getattr(m, '__file__', None) or '' for n, m in sys.modules.items()}))"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SONGYUN_")}
        done = subprocess.run(
            [sys.executable, "-c", f"import json, sys\n{probe}\n{say}"],
            env={
                **environment,
                **_HERE,
                "SONGYUN_ROUTE_INDEX": str(index),
                **dict(serves),
            },
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stderr
        assert not done.stderr
        found: dict[str, str] = json.loads(done.stdout)
        return found

    def ask(probe: str, function: Function | None = None) -> dict[str, str]:
        return run(probe, tuple(function.serves.items()) if function is not None else ())

    return ask


def few(found: dict[str, str]) -> None:
    """Of other people's packages only those that are permitted."""
    foreign = {name.partition(".")[0] for name, file in found.items() if "site-packages" in file}
    assert {name for name in foreign if not name.startswith("_")} <= PERMITTED  # _: what pip has for itself
    assert found.keys().isdisjoint(ABSENT), found.keys() & ABSENT


def routes(found: dict[str, str]) -> set[str]:
    """The modules of routes."""
    return {name for name in found if name.startswith("tenants.") and ".routes" in name}


@pytest.mark.parametrize("function", EVERY, **by_name)
def test_a_cold_start_imports_few_packages_and_no_route(imported: Imported, function: Function) -> None:
    found = imported("import app", function)
    few(found)
    others = {module.key for module in modules()} - {function.modules}
    if function.modules:
        assert not [name for name in found if name.startswith(tuple(f"tenants.{key}" for key in others))]
    assert not routes(found)
    assert "chalicelib.control.routes" not in found


@pytest.mark.parametrize("function", REQUESTS, **by_name)
def test_no_route_of_a_function_imports_more_packages(imported: Imported, function: Function) -> None:
    few(imported("import app; assert app.app.guarded()", function))


def test_a_request_imports_the_file_of_its_route_alone(imported: Imported) -> None:
    function = next(function for function in EVERY if function.name == "scenic")
    probe = """
import app
def ask(path, method="GET"):
    about = {"httpMethod": method, "resourcePath": path, "path": path}
    return app.app({"requestContext": about, "headers": {}}, None)
assert ask("/api/v1/scenic/orders")["statusCode"] == 401
assert ask("/api/v1/scenic/orders", "PUT")["statusCode"] == 405
assert ask("/api/v1/bureau/events")["statusCode"] == 404  # another function's
"""
    found = routes(imported(probe, function))
    assert "tenants.scenic.routes.api_orders" in found
    assert not found & {f"tenants.scenic.routes.{name}" for name in ("api_gate", "pages", "console", "gate")}


def test_on_demand_every_address_is_answered_by_the_same_route() -> None:
    every = app.guarded()
    later = Application("songyun", later=OnDemand(index_of(every), served=lambda _: True))
    assert {id(route) for route in later.guarded()} == {id(route) for route in every}
    assert all(set(later._views(path)) == set(methods) for path, methods in app.routes.items())


def test_pynamodb_that_wants_more_of_botocore_gets_it_with_an_alarm(imported: Imported) -> None:
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
    assert "botocore.client" in imported(probe)


def test_a_connection_without_a_client_of_ours_makes_none(imported: Imported) -> None:
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
    assert imported(probe)

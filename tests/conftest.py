"""What every test stands on: markers by folder, no network for unit tests, one engine for component tests."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ["SONGYUN_TELEMETRY"] = "off"

from chalicelib import config
from chalicelib.commerce.stock.hints import HINTS
from chalicelib.messaging.directives import store as directives
from chalicelib.persistence import directory, table, vault
from chalicelib.tenancy import credentials
from infra.local.fixture import Stack
from tenants.scenic.store import catalogue, ticket_keys

_KINDS = {"unit": "unit", "component": "component", "rules": "rules", "journeys": "journey", "cloud": "cloud"}

settings.register_profile(
    "songyun",
    deadline=None,  # the machine is shared: how long a case takes says nothing
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("songyun")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test is marked by the folder it lies in."""
    here = Path(__file__).parent
    for item in items:
        if not item.path.is_relative_to(here):
            continue
        folder = item.path.relative_to(here).parts[0]
        if folder in _KINDS:
            item.add_marker(_KINDS[folder])


class NoNetwork(Exception):
    """A unit test reached for the network."""


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("unit") is None:
        return

    def refuse(*_: Any, **__: Any) -> None:
        raise NoNetwork

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(autouse=True)
def _nothing_from_above(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of a tenant asks what holds from above; without an engine nothing does."""
    if request.node.get_closest_marker("unit") is not None:
        directives.forget_holding()
        monkeypatch.setattr(directives, "_read_holding", lambda **_: [])
        monkeypatch.setattr(directives, "all_waiting", lambda: [])


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The engine of this session, with the template of all modules applied."""
    with Stack(expires=False) as started:
        yield started
    forget_everything()


@pytest.fixture
def engine(stack: Stack) -> Stack:
    """The session's engine with empty tables; this process speaks to it and remembers nothing of before."""
    stack.reset()
    elsewhere = (
        credentials.tenant_dynamodb.cache_info().currsize == 0
        or credentials.tenant_dynamodb().endpoint != stack.endpoint
    )
    if elsewhere:  # clients are dear to make: they are kept while they point here
        os.environ.update(stack.environment)
        forget_everything()
    forget_rows()
    return stack


def forget_everything() -> None:
    """Clients, settings and connections of an earlier engine."""
    config.settings.cache_clear()
    credentials.forget_clients()
    table.forget_connections()
    forget_rows()


def forget_rows() -> None:
    """Whatever this process keeps of rows."""
    directory.forget_directory()
    vault.forget_keys()
    catalogue.forget_catalogue()
    ticket_keys.forget_ticket_keys()
    directives.forget_holding()
    HINTS.clear()

"""A small web for tests: an application with one route of each sort, a directory and a memory, no network."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlencode

from chalicelib.kernel.errors import Clash, KeyReused
from chalicelib.kernel.ids import TenantId
from chalicelib.persistence import directory
from chalicelib.persistence.directory import Credential
from chalicelib.persistence.unit_of_work import AlreadyDone, Command
from chalicelib.tenancy.context import Tenant, current
from chalicelib.web.application import Application
from chalicelib.web.doors import forget_callers
from chalicelib.web.http import set_clock
from tests.unit.web_routes import application

NOW = datetime(2026, 10, 1, 1, 30, tzinfo=UTC)
KEY, OTHER_KEY, READER_KEY, HOTEL_KEY = (f"sk_{letter * 43}" for letter in "abcd")
SESSION, VISITOR = "s" * 43, "v" * 43


def _tenant(letter: str, kind: str, slug: str) -> Tenant:
    return Tenant(
        id=TenantId(f"tn_{letter * 26}"),
        kind=kind,
        slug=slug,
        name=slug,
        district="410185",
        entitlements=frozenset({"scenic.tickets"}),
    )


SONGSHAN, HOTEL = _tenant("0", "scenic", "songshan"), _tenant("1", "hotel", "hotel")
POOR = replace(_tenant("2", "scenic", "poor"), entitlements=frozenset())
SHUT = replace(_tenant("3", "scenic", "shut"), status="suspended")


class World:
    """What the tests look at afterwards."""

    def __init__(self) -> None:
        self.commands: dict[tuple[str, str], tuple[str, str]] = {}
        self.done: list[Any] = []
        self.clashes = 0
        self.fail: Exception | None = None
        self.runs = 0
        self.reads = 0
        self.tenants = {t.slug: t for t in (SONGSHAN, HOTEL, POOR, SHUT)}
        roles = frozenset({"orders.write"})
        self.secrets = {
            KEY: _credential(SONGSHAN, "key:a", roles),
            OTHER_KEY: _credential(SHUT, "key:b", frozenset({"owner"})),
            READER_KEY: _credential(SONGSHAN, "key:c", frozenset({"orders.read"})),
            HOTEL_KEY: _credential(HOTEL, "key:d", roles),
            SESSION: _credential(SONGSHAN, "member:m", roles),
        }


def _credential(tenant: Tenant, actor: str, roles: frozenset[str]) -> Credential:
    return Credential(tenant=tenant, actor=actor, label="前台", means="key", roles=roles, expires=None)


class MemoryWork:
    """The unit of work's contract, in memory."""

    world: World

    def __init__(self, *, action: str, now: datetime, command: Command | None = None) -> None:
        self.action, self.command = action, command
        self.collected: list[Any] = []

    def put(self, thing: Any) -> None:
        self.collected.append(thing)

    @property
    def empty(self) -> bool:
        return not self.collected

    def commit(self, answer: Any = None) -> None:
        if self.world.clashes:
            self.world.clashes -= 1
            raise Clash
        if self.command is not None:
            raise_stored(self.command, now=NOW)
            key = (current().actor, self.command.key)
            self.world.commands[key] = (self.command.digest, json.dumps(answer))
        self.world.done += [(current().tenant.slug, current().actor, thing) for thing in self.collected]


def raise_stored(command: Command, *, now: datetime) -> None:
    MemoryWork.world.reads += 1
    stored = MemoryWork.world.commands.get((current().actor, command.key))
    if stored is not None:
        if stored[0] != command.digest:
            raise KeyReused
        raise AlreadyDone(json.loads(stored[1]))


@contextmanager
def world_of_web() -> Iterator[tuple[Application, World]]:
    """The application and its world; the directory and the unit of work are fakes."""
    world = World()
    MemoryWork.world = world
    forget_callers()
    set_clock(lambda: NOW)
    with (
        patch.object(directory, "by_slug", world.tenants.get),
        patch.object(directory, "names_of", lambda _: {}),
        patch.object(directory, "by_secret", lambda secret, now: world.secrets.get(secret)),
        patch("chalicelib.web.call.UnitOfWork", MemoryWork),
        patch("chalicelib.web.serve.raise_stored_answer", raise_stored),
    ):
        yield application(world), world
    set_clock(None)
    forget_callers()


class Answer:
    """A proxy response, easier to look at."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.status: int = raw["statusCode"]
        self.headers: dict[str, str] = raw["headers"]
        self.cookies: list[str] = raw["multiValueHeaders"].get("Set-Cookie", [])
        self.text: str = raw["body"]
        self.raw = raw

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["code"])


def ask(
    app: Application,
    method: str,
    pattern: str,
    *,
    path: str = "",
    body: Any = None,
    form: dict[str, str] | None = None,
    raw: bytes | None = None,
    key: str | None = "k1",
    bearer: str | None = KEY,
    headers: dict[str, str] | None = None,
    cookies: dict[str, str] | None = None,
) -> Answer:
    """Send one request through the application, the way a gateway would."""
    path = path or pattern
    bare, _, query = path.partition("?")
    sent = {"host": "songyun.test", "content-type": "application/json"}
    if bearer is not None:
        sent["authorization"] = f"Bearer {bearer}"
    if key is not None:
        sent["idempotency-key"] = key
    if cookies:
        sent["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if form is not None:
        sent["content-type"] = "application/x-www-form-urlencoded"
        raw = urlencode(form, doseq=True).encode()
    elif raw is None and body is not None:
        raw = json.dumps(body).encode()
    names = [part[1:-1] for part in pattern.split("/") if part.startswith("{")]
    values = [
        given
        for part, given in zip(pattern.split("/"), bare.split("/"), strict=False)
        if part.startswith("{")
    ]
    event = {
        "requestContext": {
            "httpMethod": method,
            "resourcePath": pattern,
            "path": bare,
            "identity": {"sourceIp": "192.0.2.7"},
        },
        "headers": {**sent, **(headers or {})},
        "pathParameters": dict(zip(names, values, strict=True)),
        "multiValueQueryStringParameters": parse_qs(query, keep_blank_values=True) or None,
        "body": raw,
    }
    return Answer(app(event, None))


def member(app: Application, pattern: str, **more: Any) -> Answer:
    return ask(app, "POST", pattern, **more)


def visitor(app: Application, method: str, pattern: str, **more: Any) -> Answer:
    """As a visitor with a cookie and no key."""
    cookies = {"v": VISITOR, **more.pop("cookies", {})}
    return ask(app, method, pattern, bearer=None, cookies=cookies, **more)


def problem(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """Assert the shape that every refusal has."""
    document: dict[str, Any] = answer.json
    assert (answer.status, document["status"], document["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert document["type"] == f"urn:songyun:problem:{code}"
    assert document["title"]
    assert document["detail"]
    assert document["instance"] == answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"
    return document

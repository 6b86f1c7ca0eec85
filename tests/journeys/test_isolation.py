"""Every route × somebody else's credential: refused, nothing told, nothing of the first tenant changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlencode

import pytest

from chalicelib.config import settings
from chalicelib.kernel.period import business_day
from chalicelib.persistence import directory
from chalicelib.tenancy.context import bind, duty
from chalicelib.web.doors import Member, Open, Public
from chalicelib.web.orders.links import token_of
from chalicelib.web.registry import Route
from tests.journeys.callers import Answer, Caller
from tests.journeys.town import AREA, GATE, PRICE, PRODUCT, Town, csrf_of, inside, person

pytestmark = pytest.mark.journey

NAME = "司徒隔离"
_SOMEBODY = ("enterprise's key", "enterprise's session", "bureau's key", "bureau's session", "own key")
_NOWHERE = "somewhere"
_REFUSED = {401, 403, 404}


def _routes() -> list[Route]:
    import app  # its routes are the question; the environment it was read in is not

    settings.cache_clear()
    return [route for route in app.app.guarded() if not isinstance(route.door, Open)]


def _kind(route: Route) -> str:
    return route.door.kind or "" if isinstance(route.door, Member | Public) else ""


_ROUTES = _routes()
_GUARDED = [route for route in _ROUTES if isinstance(route.door, Member)]
_SHOPS = [route for route in _ROUTES if isinstance(route.door, Public)]


@dataclass(frozen=True, kw_only=True)
class World:
    """What the first tenant has, and who comes for it."""

    town: Town
    order: Mapping[str, Any]
    held: Mapping[str, Any]
    link: str  # the token of the order's own link
    rows: Mapping[Any, Any]  # the first tenant's, before anybody came
    strangers: Mapping[str, Caller]
    tokens: Mapping[str, str]  # of a session's or visitor's forms
    kinds: Mapping[str, str]  # of those strangers who are somebody

    @property
    def marks(self) -> list[str]:
        """What no stranger may read."""
        return [
            NAME,
            self.order["id"],
            self.held["id"],
            *(ticket["code"] for ticket in self.order["tickets"]),
            self.town.scenic.id,
        ]


@pytest.fixture(scope="module")
def world(town: Town) -> World:
    tomorrow = business_day(datetime.now(UTC)) + timedelta(days=1)
    visitor = town.nobody.get("/login")
    strangers = {
        "another enterprise's key": town.other.caller,
        "another enterprise's session": town.other.session("owner"),
        "the bureau's key": town.bureau.caller,
        "the bureau's session": town.bureau.session("officer"),
        "the enterprise's own key": town.scenic.caller,
        "nobody": replace(town.nobody, cookies=visitor.headers["set-cookie"]),
        "a garbage key": replace(town.nobody, key="sk_" + "x" * 43),
        "a garbage session": replace(town.nobody, cookies="songyun=" + "y" * 43),
    }
    tokens = {"nobody": csrf_of(visitor)}
    for who, page in (
        ("another enterprise's session", "/console"),
        ("the bureau's session", "/bureau"),
    ):
        tokens[who] = csrf_of(strangers[who].get(page))
    order = town.scenic.bought(person(name=NAME), day=tomorrow)
    with inside(town.stack):
        tenant = directory.by_slug(town.scenic.slug)
        assert tenant is not None
        with bind(duty(tenant, "journeys")):
            link = token_of(order["id"], now=datetime.now(UTC))
    assert town.nobody.get(f"/s/{town.scenic.slug}/orders/{order['id']}", t=link).status == 200
    town.other.bought(person())
    return World(
        town=town,
        order=order,
        held=town.scenic.hold(person(name=NAME)).json,
        link=link,
        rows=_theirs(town),
        strangers=strangers,
        tokens=tokens,
        kinds={
            who: "bureau" if "bureau" in who else "scenic" for who in strangers if who.endswith(_SOMEBODY)
        },
    )


_ENTERPRISE = (
    "another enterprise's key",
    "another enterprise's session",
    "the bureau's key",
    "the bureau's session",
    "nobody",
    "a garbage key",
    "a garbage session",
)
_BUREAU = (
    "the enterprise's own key",
    "another enterprise's session",
    "nobody",
    "a garbage key",
    "a garbage session",
)


def _cases() -> list[Any]:
    return [
        pytest.param(route, who, id=f"{route.method} {route.path} by {who}")
        for route in _GUARDED
        for who in (_BUREAU if _kind(route) == "bureau" else _ENTERPRISE)
    ]


@pytest.mark.parametrize(("route", "who"), _cases())
def test_a_stranger_is_refused_learns_nothing_and_changes_nothing(
    world: World, route: Route, who: str
) -> None:
    address = _address(world, route)
    answer = _asked(world, route, who, address)
    _tells_nothing(world, answer, address)
    at_home = who in world.kinds and _kind(route) in {"", world.kinds[who]}
    if at_home and "{order}" not in route.path:
        # Nothing in the address is the first tenant's alone: the stranger got things of its own.
        assert answer.status < 500
    else:
        _is_refused(answer)


@pytest.mark.parametrize("route", _SHOPS, ids=lambda route: f"{route.method} {route.path}")
@pytest.mark.parametrize("how", ["without a link", "with another link", "through another shop"])
def test_an_order_of_a_shop_opens_to_its_own_link_only(world: World, route: Route, how: str) -> None:
    if "{order}" not in route.path:
        address = _address(world, route)
        _tells_nothing(world, _asked(world, route, "nobody", address), address)
        return
    token = {"without a link": "", "with another link": "0" * 32}.get(how, world.link)
    address = _address(
        world, route, through=world.town.other.slug if how == "through another shop" else "", t=token
    )
    answer = _asked(world, route, "nobody", address)
    assert answer.status == 404
    _tells_nothing(world, answer, address)


def test_after_all_of_them_not_one_row_of_the_first_tenant_has_changed(world: World) -> None:
    assert _theirs(world.town) == world.rows


def test_every_place_in_an_address_is_known_to_these_journeys(world: World) -> None:
    """Of the first tenant's kind: to the others' places a stranger's kind alone shuts the door."""
    for route in _ROUTES:
        if _kind(route) in {"", world.town.scenic.kind}:
            assert _NOWHERE not in _address(world, route), f"say in _address what {route.path} means"


def _address(world: World, route: Route, *, through: str = "", **more: str) -> str:
    held = route.path.endswith(("/payment", "/pay", "/cancel", "/claim"))
    known = {
        "order": (world.held if held else world.order)["id"],
        "slug": through or world.town.scenic.slug,
        "area": AREA,
        "gate": GATE,
        "product": PRODUCT,
        "sender": world.town.scenic.id,
        "name": "site.css",
        "alert": "cm_" + "0" * 26 + ".xml",
        "directive": "cm_" + "0" * 26,
        "id": "scenic-month_2026-10",
        "digest": "0" * 64,
        "day": _today(),
    }
    path = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], _NOWHERE), route.path)
    query = urlencode({**_query(world, route), **more})
    return f"{path}?{query}" if query else path


def _asked(world: World, route: Route, who: str, address: str) -> Answer:
    caller = world.strangers[who]
    if not route.changes:
        return caller.ask(route.method, address)
    known = _in_json(world) if route.style == "api" else _in_a_form(world)
    names = route.body.model_fields if route.body is not None else {}
    fields = {name: known[name] for name in names if name in known}
    if route.style == "api":
        return caller.send(route.method, address, fields)
    return caller.form(address, {**fields, "csrf": world.tokens.get(who, "none"), "key": "k-1"})


def _in_json(world: World) -> dict[str, Any]:
    """Valid values for the names that bodies have: then it is the door that refuses."""
    return {
        "amount": world.held["total"],
        "area": AREA,
        "code": world.order["tickets"][0]["code"],
        "count": 1,
        "day": _today(),
        "product": PRODUCT,
        "sender": world.town.scenic.id,
        "start": "00:00",
        "status": "closed",
        "visitors": [person()],
    }


def _in_a_form(world: World) -> dict[str, str]:
    return {
        "agreed": str(PRICE),
        "amount": str(world.held["total"]["amount"]),
        "code": world.order["tickets"][0]["code"],
        "confirm": "yes",
        "count": "1",
        "day": _today(),
        "gate": GATE,
        "method": "card",
        "sender": world.town.scenic.id,
        "start": "00:00",
        "status": "closed",
        "ticket": "1",
    }


def _query(world: World, route: Route) -> dict[str, str]:
    """Values for the query's required names."""
    known = {"day": _today(), "sender": world.town.scenic.id, "product": PRODUCT, "start": "00:00"}
    fields = route.query.model_fields if route.query is not None else {}
    return {name: known[name] for name, field in fields.items() if field.is_required() and name in known}


def _today() -> str:
    return business_day(datetime.now(UTC)).isoformat()


def _theirs(town: Town) -> dict[Any, Any]:
    """The first tenant's rows."""
    return {key: row for key, row in town.rows().items() if key[0].startswith(f"T#{town.scenic.id}#")}


def _is_refused(answer: Answer) -> None:
    if answer.status == 303:  # a page asks to log in first
        assert answer.headers["location"].startswith("/login")
        return
    assert answer.status in _REFUSED, (answer.status, answer.text[:300])


def _tells_nothing(world: World, answer: Answer, address: str) -> None:
    told = answer.text + unquote(answer.headers.get("location", ""))
    for mark in world.marks:
        assert mark in unquote(address) or mark not in told

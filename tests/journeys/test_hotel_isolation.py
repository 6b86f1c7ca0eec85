"""Every route of the hotels × the wrong credential: another hotel's owner, a colleague without the role, a
guest with somebody else's link. Refused, nothing told, nothing changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import pytest

from chalicelib.web.doors import Member, Public
from chalicelib.web.registry import Route
from tests.journeys.callers import Answer, Caller
from tests.journeys.inns import ROLES, Inn, demo_inn
from tests.journeys.plausible import as_form, plausible
from tests.journeys.refusals import TRACES
from tests.journeys.test_isolation import _ROUTES, _kind
from tests.journeys.town import Town, csrf_of

pytestmark = pytest.mark.journey

_ID = re.compile(
    r"\b(?:st|or|wl|lp|nt|dv|rb|gr|cm|rq|ch|fp|sh)_[0-9a-z]{26}|\b(?:grp|ooo|chn)-[0-9a-z]{12,26}"
)
#: What an address names that both hotels have: there a stranger gets its own.
_SHARED = {
    "slug": "",
    "room": "204",
    "type": "twin",
    "plan": "standard",
    "property": "songyun-inn",
    "extra": "parking",
    "charge": "minibar",
    "company": "example",
    "day": "2035-10-10",
    "month": "2035-10",
    "number": "1",
    "secret": "0" * 32,
    "product": "twin",
    "name": "site.css",
    "digest": "0" * 64,
}
_FIRST = {
    "stay": "st_",
    "order": "or_",
    "group": "grp-",
    "wait": "wl_",
    "find": "lp_",
    "note": "nt_",
    "device": "dv_",
    "batch": "rb_",
    "block": "ooo-",
    "channel": "ch_",
    "closure": "chn-",
    "request": "rq_",
    "invoice": "fp_",
    "shift": "sh_",
}
_ROUTES_OF_HOTELS = [route for route in _ROUTES if _kind(route) == "hotel"]
_DESKS = [route for route in _ROUTES_OF_HOTELS if isinstance(route.door, Member)]
_SHOP = [route for route in _ROUTES_OF_HOTELS if isinstance(route.door, Public)]
_LINKED = [route for route in _SHOP if re.search(r"\{(stay|order|folio)\}", route.path)]


@dataclass(frozen=True, kw_only=True)
class Street:
    """The demo inn, its rival, and the ids of what the first one has."""

    town: Town
    inn: Inn
    rival: Inn
    ids: frozenset[str]
    clerk: Caller
    token: str
    rows: Mapping[Any, Any]
    links: Mapping[str, str]

    def one(self, place: str) -> str:
        """What a place of an address is filled with: an id of the first inn's, where it has one."""
        if place in _SHARED:
            return _SHARED[place] or self.inn.slug
        if place == "folio":
            return f"{self.one('stay')}.1"
        if place == "hire":
            return next((key[1] for key in self.rows if "#HIRES#" in key[0]), "2035-10-10-x")
        start = _FIRST.get(place, f"{place}_")
        return next((id for id in sorted(self.ids) if id.startswith(start)), start + "0" * 26)

    def address(self, route: Route, **other: str) -> str:
        def fill(found: re.Match[str]) -> str:
            return quote(other.get(found[1]) or self.one(found[1]), safe="")

        return re.sub(r"\{(\w+)\}", fill, route.path)

    def body(self, route: Route) -> dict[str, Any]:
        known = {
            "type": "twin",
            "plan": "standard",
            "room": "204",
            "stay": self.one("stay"),
            "confirm": "yes",
        }
        names = route.body.model_fields if route.body is not None else {}
        return plausible(route.body, {name: value for name, value in known.items() if name in names})


@pytest.fixture(scope="module")
def street(town: Town, rival: Inn) -> Street:
    inn = demo_inn(town)
    clerk = rival.session("owner")
    rows = _of(town, inn)
    found = frozenset(match for key in rows for match in _ID.findall("#".join(key))) - {inn.id}
    stays = sorted(id for id in found if id.startswith("st_"))
    links = {}
    for stay in stays:
        page = inn.keys["desk"].get(f"/api/v1/hotel/stays/{stay}/room-page")
        assert page.status == 200, page.text
        links[stay] = re.search(r"[?&]t=([0-9a-f]+)", page.text)[1]  # type: ignore[index]
    return Street(
        town=town,
        inn=inn,
        rival=rival,
        ids=found,
        clerk=clerk,
        token=csrf_of(clerk.get("/hotel/today")),
        rows=_of(town, inn),
        links=links,
    )


def _id(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", _DESKS, ids=_id)
def test_another_hotels_owner_reads_and_changes_nothing(street: Street, route: Route) -> None:
    address = street.address(route)
    if route.style == "api":
        answer = _asked(route, street.rival.keys["owner"], address, street.body(route))
    else:
        answer = _asked(route, street.clerk, address, street.body(route), token=street.token)
    _learnt_nothing(street, answer, address)
    if any(one in street.ids for one in _ID.findall(address)):
        assert answer.status in {400, 404, 409, 422}, (answer.status, answer.text[:300])


@pytest.mark.parametrize("role", [role for role in ROLES if role != "owner"])
def test_a_colleague_without_the_role_gets_no_further_than_the_door(street: Street, role: str) -> None:
    """An API key with this one role, at every route whose door does not name it."""
    caller, tried = street.inn.keys[role], 0
    for route in _DESKS:
        assert isinstance(route.door, Member)
        if role in route.door.roles or not route.door.roles or route.door.basic:
            continue
        answer = _asked(route, caller, street.address(route), street.body(route))
        assert answer.status == 403, (role, _id(route), answer.status, answer.text[:300])
        _learnt_nothing(street, answer, street.address(route))
        tried += 1
    assert tried > 40


@pytest.mark.parametrize("route", _LINKED, ids=_id)
def test_a_guests_link_opens_what_it_was_made_for_only(street: Street, route: Route) -> None:
    """No token, a made-up one, another guest's, one made for something else, and at another hotel."""
    mine, other = sorted(street.links)[:2]
    visitor, token = _browser(street)
    page = f"/s/{street.inn.slug}/stays/{mine}?t={street.links[mine]}"
    assert visitor.ask("GET", page).status == 200, "the link itself opens its page"
    of_stays = route.path.startswith("/s/{slug}/stays/")
    for what, given in {
        "nothing": "",
        "made up": "0" * 32,
        "another guest's": street.links[other],
        "for something else": "" if of_stays else street.links[mine],
    }.items():
        address = f"{street.address(route, stay=mine)}?t={given}"
        answer = _asked(route, visitor, address, street.body(route), token=token)
        assert answer.status == 404, (what, answer.status, answer.text[:300])
        _learnt_nothing(street, answer, address)
    address = f"{street.address(route, stay=mine, slug=street.rival.slug)}?t={street.links[mine]}"
    answer = _asked(route, visitor, address, street.body(route), token=token)
    assert answer.status == 404, answer.text[:300]


def test_after_all_of_them_nobody_has_changed_a_row_of_the_first_hotel(street: Street) -> None:
    now = _of(street.town, street.inn)
    changed = {key for key in now.keys() | street.rows.keys() if now.get(key) != street.rows.get(key)}
    said = [now[key] for key in changed if "#AUDIT#" in key[0]]
    assert all(row["actor"]["S"].startswith("system:") for row in said), said  # schedules go on meanwhile
    assert said or not changed


@pytest.mark.parametrize("place", ["stay", "order", "group", "find", "note", "device", "block"])
def test_the_first_hotel_has_what_others_reach_for(street: Street, place: str) -> None:
    assert any(street.one(place) in "#".join(key) for key in street.rows), f"nothing is tried on a {place}"


def _of(town: Town, inn: Inn) -> dict[Any, Any]:
    return {key: row for key, row in town.rows().items() if key[0].startswith(f"T#{inn.id}#")}


def _browser(street: Street) -> tuple[Caller, str]:
    shown = street.town.nobody.get("/login")
    return Caller(base_url=street.town.stack.base_url, cookies=shown.headers["set-cookie"]), csrf_of(shown)


def _asked(
    route: Route, caller: Caller, address: str, body: Mapping[str, Any], *, token: str = "none"
) -> Answer:
    if not route.changes:
        return caller.ask(route.method, address)
    if route.style == "api":
        return caller.send(route.method, address, body)
    return caller.form(address, {**dict(as_form(body)), "csrf": token, "key": "k-1"})


def _learnt_nothing(street: Street, answer: Answer, address: str) -> None:
    assert answer.status < 500, answer.text[:300]
    told = answer.text + unquote(answer.headers.get("location", ""))
    learnt = {id for id in _ID.findall(told) if id in street.ids and id not in unquote(address)}
    assert not learnt
    assert not any(trace in told for trace in TRACES)

"""Who sees what: over every route a district learns nothing of another."""

import json
import re
from typing import Any

import pytest

from chalicelib.web.doors import Member
from chalicelib.web.registry import ROUTES, Route
from tests.bureau_offices import (
    CITY,
    DENGFENG,
    ERQI,
    FORM,
    PLAIN,
    command,
    get,
    headers,
    http,
    once,
)
from tests.component.test_feed_directives import csrf, form_headers, sent
from tests.feed_world import DAY, entry, take, ticket

__all__ = ["http"]


def _bureaus() -> list[Route]:
    import app

    assert app.app is not None
    return [
        route
        for route in ROUTES
        if isinstance(route.door, Member)
        and route.door.kind == "bureau"
        and route.handler.__module__.startswith("tenants.bureau")
    ]


def _address(route: Route, ids: dict[str, str]) -> str:
    path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], "nothing"), route.path)
    fields = route.query.model_fields if route.query is not None else {}
    known = {
        "sender": ERQI.id,
        "day": DAY.isoformat(),
        "query": "figures_by_day",
        "known": "2026-11-22T04:00:00Z",
    }
    query = "&".join(f"{name}={known[name]}" for name in fields if name in known)
    return f"{path}?{query}" if query else path


@pytest.mark.parametrize("lang", ["zh"])
def test_over_every_route_a_district_learns_nothing_of_another(http: Any, lang: str) -> None:
    take(
        ticket(3, by=ERQI),
        entry(2, by=ERQI),
        ticket(1),
        {**entry(9, by=ERQI), "type": "tourism.scenic.entry.counted.v9"},
    )
    others = command(http, kind="capacity", percent=50, to=[ERQI.id]).json_body["id"]
    ids = {"id": others, "sender": ERQI.id}
    seen = 0
    for route in _bureaus():
        address = _address(route, ids)
        body = json.dumps({"sender": ERQI.id, "day": DAY.isoformat(), "to": [ERQI.id], "kind": "notice"})
        if route.method == "GET":
            answer = http.get(address, headers=headers(DENGFENG))
        elif route.style == "api":
            given = headers(DENGFENG, **FORM, **{"Idempotency-Key": f"e{next(once)}"})
            answer = http.post(address, headers=given, body=body)
        else:
            given = {**form_headers(http), "Authorization": f"Bearer {DENGFENG}"}
            answer = http.post(address, headers=given, body=csrf(http, sender=ERQI.id, day=DAY.isoformat()))
        assert answer.status_code < 500, (route.path, answer.body[:300])
        told = answer.body.decode("utf-8", "replace")
        assert ERQI.name not in told, route.path
        if ERQI.id not in address:
            assert ERQI.id not in told, route.path
        seen += 1
    assert seen > 25
    assert ERQI.name in get(http, "/bureau", key=CITY).body.decode(), "the city sees it"
    types = sorted(event["type"] for event in sent())
    assert types == [
        "tourism.capacity.limit.ordered.v1",
        "tourism.report.record.refused.v1",
    ], "the city's order, and the refusal of what came ahead of its contract"


def test_what_reads_all_districts_at_once_is_the_citys(http: Any) -> None:
    for path in ("ask", "ask.csv"):
        assert get(http, f"/bureau/lake/{path}?query=figures_by_day", key=DENGFENG).status_code == 403


def test_who_has_no_power_here_gets_through_no_door(http: Any) -> None:
    for route in _bureaus():
        if route.method == "GET":
            answer = http.get(_address(route, {}), headers=headers(PLAIN))
            assert answer.status_code == 403, route.path

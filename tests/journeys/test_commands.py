"""Officer and enterprise: an order goes down, sale and gate obey, receipts come up, it is lifted."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.kernel.events import Event, envelope
from chalicelib.kernel.ids import new_id
from tests.journeys.callers import Answer, eventually
from tests.journeys.town import AREA, Town, csrf_of, person

pytestmark = pytest.mark.journey
FOUR = {"zh": "暴雨将至", "en": "Heavy rain", "ja": "大雨", "ko": "폭우"}


def command(town: Town, **body: Any) -> dict[str, Any]:
    answer = town.bureau.caller.post("/api/v1/bureau/commands", {"to": [town.scenic.id], **body})
    assert answer.status == 201, answer.text
    return released(town, answer.json)


def released(town: Town, issued: dict[str, Any]) -> dict[str, Any]:
    """What needs two officers is released by the leader, at the desk."""
    if issued["stage"] == "pending":
        leader = town.bureau.session("leader")
        here = f"/bureau/commands/{issued['id']}"
        token = csrf_of(leader.get(here))
        assert leader.form(f"{here}/release", {"csrf": token}).status == 303
    return issued


def board(town: Town, id: str) -> dict[str, Any]:
    found: dict[str, Any] = town.bureau.caller.get(f"/api/v1/bureau/commands/{id}").json
    return found


def lift(town: Town, id: str) -> None:
    assert town.bureau.caller.post(f"/api/v1/bureau/commands/{id}/lift", {}).status == 200


def shop(town: Town, lang: str = "zh") -> Answer:
    return town.nobody.get(f"/s/{town.scenic.slug}", lang=lang)


@pytest.fixture
def lifted(town: Town) -> Iterator[list[str]]:
    """Whatever a test ordered is lifted at its end: other journeys sell in the same area."""
    ordered: list[str] = []
    yield ordered
    for id in ordered:
        if not board(town, id)["over"]:
            lift(town, id)
    eventually(lambda: town.scenic.hold(person()).status == 201, what="sale is open again")


def test_an_order_stops_sale_and_gate_is_acknowledged_and_lifted(town: Town, lifted: list[str]) -> None:
    ticket = town.scenic.bought(person())["tickets"][0]
    issued = command(town, kind="capacity", area=AREA, cap=0, reason="weather")
    lifted.append(issued["id"])
    eventually(lambda: "按主管部门要求" in shop(town).text, what="the shop says so")
    for lang in ("en", "ja", "ko"):
        assert "按主管部门要求" not in shop(town, lang).text
    assert town.scenic.hold(person()).problem()["code"] == "scenic.area.full"
    assert town.scenic.admit(ticket["code"]).problem()["code"] == "scenic.area.full"
    eventually(lambda: board(town, issued["id"])["acknowledged"] == 1, what="the receipt is on the board")
    (receipt,) = board(town, issued["id"])["receipts"]
    assert receipt["acted_s"] is not None
    assert receipt["acted_s"] <= 60
    assert town.figures()["status"] == "closed", "the city was told (U12)"

    lift(town, issued["id"])
    eventually(lambda: town.scenic.hold(person()).status == 201, what="sale is open again")
    assert town.scenic.admit(ticket["code"]).status == 200
    assert town.figures()["status"] == "open"


def test_a_drill_is_answered_and_changes_nothing_real(town: Town) -> None:
    before = town.figures()
    issued = command(town, kind="capacity", area=AREA, cap=0, exercise=True)
    eventually(lambda: board(town, issued["id"])["delivered"] == 1, what="it was delivered")
    assert town.scenic.hold(person()).status == 201
    after = town.figures()
    same = ("sold", "admitted", "refused", "paid", "status", "inside")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert "按主管部门要求" not in shop(town).text


def test_a_command_that_a_tenant_forges_is_refused(town: Town) -> None:
    now = datetime.now(UTC)
    data = {"to": [town.scenic.id], "area": "*", "cap": 0, "reason": "crowd"}
    window = {"from": "2026-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}
    event = Event(
        type="tourism.capacity.limit.ordered.v1",
        subject=new_id("cm", now=now),
        at=now,
        data={**data, **window},
    )
    forged = envelope(
        event, tenant=town.other.id, kind="scenic", slug=town.other.slug, district="410185", now=now
    )
    for one in (forged, {**forged, "tenantid": town.bureau.id}):
        answer = town.other.caller.post("/api/v1/feed/events", one)
        assert [each["code"] for each in answer.json["results"]] == ["feed.sender.forged"]
    town.stack.drain(timeout=60)
    assert town.scenic.hold(person()).status == 201


def test_a_warning_is_on_every_page_until_it_is_lifted_and_is_read_at_the_desk(
    town: Town, lifted: list[str]
) -> None:
    issued = command(
        town,
        kind="alert",
        colour="red",
        event="rainstorm",
        headline=FOUR,
        description=FOUR,
        instruction=FOUR,
        expires="2099-01-01T00:00:00Z",
    )
    lifted.append(issued["id"])
    eventually(lambda: "红色预警 · 暴雨将至" in shop(town).text, what="the shop shows it")
    assert "Red warning · Heavy rain" in shop(town, "en").text
    desk = town.scenic.session("desk")
    listed = desk.get("/console/directives?lang=zh")
    assert "暴雨将至" in listed.text
    assert "红色预警" in desk.get("/console?lang=zh").text
    assert "红色预警" in desk.get("/gate/valley/north?lang=zh").text
    here = f"/console/directives/{issued['id']}"
    assert desk.form(f"{here}/open", {"csrf": csrf_of(listed)}).status == 303
    assert "回复处理结果" in desk.get(here).text
    acted = {"csrf": csrf_of(listed), "action": "guests-told"}
    assert desk.form(f"{here}/act", acted).status == 303
    eventually(lambda: board(town, issued["id"])["receipts"][0]["acted_s"] is not None, what="acted")
    lift(town, issued["id"])
    eventually(lambda: "红色预警" not in shop(town).text, what="it is gone")

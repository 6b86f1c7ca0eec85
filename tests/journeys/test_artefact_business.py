"""A day's business through the packaged code alone, and all of it in the bureau's ledger."""

from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.seed_hotel import _property
from tenants import modules
from tests.artefact import STAGE
from tests.hotel_world import adult
from tests.journeys.artefact_town import Tenants, booked, waiting
from tests.journeys.artefact_world import World
from tests.journeys.callers import eventually
from tests.journeys.town import PRICE

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]


def test_a_ticket_is_sold_admitted_and_counted_by_the_city(shipped: World, shipped_tenants: Tenants) -> None:
    area, bureau = shipped_tenants.scenic, shipped_tenants.bureau
    held = area.hold()
    assert held.status == 201, held.text
    paid = area.pay(held.json)
    assert paid.status == 200, paid.text
    (ticket,) = paid.json["tickets"]
    first = area.admit(ticket["code"], key="first-scan")
    assert (first.status, first.json["admitted"]) == (200, True)
    assert area.admit(ticket["code"], gate="west").problem()["code"] == "scenic.ticket.used"

    def line() -> dict[str, Any]:
        wall = bureau.caller.get("/api/v1/bureau/wall").json
        return next((one for one in wall["senders"] if one["sender"] == area.id), {})

    eventually(
        lambda: (line().get("sold"), line().get("admitted"), line().get("refused")) == (1, 1, 1),
        what=f"the city knows of one ticket, one entry and one refusal: {line()}",
        seconds=90,
    )
    told = line()
    assert told["paid"]["amount"] == PRICE
    behind = bureau.caller.get(told["events"]["sold"]).json["events"]
    assert [event["envelope"]["data"]["quantity"] for event in behind] == [1]
    assert behind[0]["envelope"]["subject"]
    _nothing_died(shipped)


def test_a_night_is_booked_the_guest_checks_in_and_the_city_knows(
    shipped: World, shipped_tenants: Tenants
) -> None:
    hotel, bureau = shipped_tenants.hotel, shipped_tenants.bureau
    tonight = _property().night_of(datetime.now(UTC))
    order = booked(hotel, arrive=tonight)
    listed = hotel.caller.get(
        "/api/v1/hotel/stays", list="arriving", day=tonight.isoformat(), text=order["id"]
    )
    (stay,) = listed.json["stays"]
    at = f"/api/v1/hotel/stays/{stay['id']}"
    for method, what, body in (
        ("PUT", "room", {"best": True}),
        ("POST", "guests", {**adult(), "name": "示例乙"}),
        ("POST", "check-in", {"purpose": "leisure"}),
    ):
        done = hotel.caller.send(method, f"{at}/{what}", body)
        assert done.status in {200, 201}, done.text
    assert hotel.caller.get(at).json["state"] == "in-house"

    def came() -> list[dict[str, Any]]:
        asked = {"sender": hotel.id, "type": "tourism.lodging.stay.checkedin.v1"}
        found: list[dict[str, Any]] = bureau.caller.get("/api/v1/bureau/events", **asked).json["events"]
        return found

    eventually(lambda: len(came()) == 1, what="the city knows who came", seconds=90)
    (event,) = came()
    assert event["envelope"]["tenantid"] == hotel.id
    assert event["counts"] is True
    assert "示例" not in f"{event}"
    assert adult()["number"] not in f"{event}"
    _nothing_died(shipped)


def _nothing_died(world: World) -> None:
    for module in modules():
        if module.inbox is not None:
            assert waiting(world, f"songyun-{STAGE}-{module.key}-inbox-dead") == 0
    assert waiting(world, f"songyun-{STAGE}-relay-dead") == 0

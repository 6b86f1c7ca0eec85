"""The hotel's API on the engine, from an empty property to a cancelled booking."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.messaging.schemas import problems
from chalicelib.tenancy.context import bind, duty
from chalicelib.web.doors import forget_callers
from infra.local.fixture import Stack
from tenants.hotel import inbox
from tenants.hotel.routes.models.stay import AvailabilityView
from tenants.hotel.store.memory import forget_hotel
from tests.hotel_desk import DAY, Desk, furnish, issued, opened_desk
from tests.hotel_world import NOW

pytestmark = pytest.mark.component
PRIVATE = ("13800000000", "示例甲", "示例乙")


@pytest.fixture
def desk(engine: Stack) -> Iterator[Desk]:
    with opened_desk() as made:
        yield made


@pytest.fixture
def open_desk(desk: Desk) -> Desk:
    furnish(desk)
    return desk


def booking(**more: Any) -> dict[str, Any]:
    return {
        "arrive": DAY.isoformat(),
        "depart": (DAY + timedelta(days=3)).isoformat(),
        "rooms": [{"type": "twin", "plan": "bar"}],
        "contact": {"name": "示例甲", "phone": "13800000000"},
        "guests": [{"name": "示例乙"}],
        **more,
    }


def search(desk: Desk, nights: int = 3) -> Any:
    forget_hotel()
    depart = DAY + timedelta(days=nights)
    found = desk.ok("GET", "/availability", path=f"/availability?arrive={DAY}&depart={depart}&adults=2")
    AvailabilityView.model_validate(found)
    return {one["type"]: one for one in found["types"]}


def test_from_search_to_a_cancelled_booking(open_desk: Desk) -> None:
    desk = open_desk
    found = search(desk)
    assert found["twin"]["left"] == 3
    offers = {offer["plan"]: offer for offer in found["twin"]["offers"]}
    assert offers["bar"]["total"] == {"amount": 120000, "currency": "CNY"}
    assert offers["strict"]["due"]["amount"] == 108000
    assert offers["bar"]["cancellation"]["steps"][1]["fee"]["amount"] == 40000

    held = desk.ok("POST", "/bookings", body=booking(price=offers["bar"]["total"]), key="same")
    assert desk.ok("POST", "/bookings", body=booking(price=offers["bar"]["total"]), key="same") == held
    assert desk.ask("POST", "/bookings", body=booking(), key="same").status == 422
    assert (held["state"], held["label"]) == ("held", "待付款")
    assert search(desk)["twin"]["left"] == 2

    at = f"/bookings/{held['id']}"
    firm = desk.ok("POST", "/bookings/{order}/guarantee", path=f"{at}/guarantee", body={})
    assert (firm["state"], firm["payment"]) == ("confirmed", "none")
    paid = desk.ok(
        "POST",
        "/bookings/{order}/payment",
        path=f"{at}/payment",
        body={"amount": {"amount": 120000}},
    )
    assert paid["paid"]["amount"] == 120000

    desk.now = datetime.fromisoformat("2035-10-10T08:00:00+08:00")
    forget_callers()
    quote = desk.ok("GET", "/bookings/{order}/cancellation", path=f"{at}/cancellation")
    assert (quote["fee"]["amount"], quote["back"]["amount"]) == (40000, 80000)
    wrong = {"fee": {"amount": 0}, "back": {"amount": 120000}}
    refused = desk.ask("POST", "/bookings/{order}/cancellation", path=f"{at}/cancellation", body=wrong)
    assert (refused.status, refused.code) == (409, "hotel.cancel.fee-changed")
    shown = {"fee": quote["fee"], "back": quote["back"]}
    desk.ok("POST", "/bookings/{order}/cancellation", path=f"{at}/cancellation", body=shown)
    gone = desk.ok("GET", "/bookings/{order}", path=at)
    assert (gone["state"], gone["payment"]) == ("cancelled", "refunded")
    assert gone["refunded"]["amount"] == 80000
    assert search(desk)["twin"]["left"] == 3

    said = desk.said()
    assert [one["type"] for one in said].count("tourism.lodging.availability.changed.v1") == 6
    for envelope in said:
        assert problems(envelope, tenant=desk.tenant, now=desk.now) == []
        assert not any(word in f"{envelope}" for word in PRIVATE)


def test_the_day_is_closed_once_with_what_was_said(open_desk: Desk) -> None:
    desk = open_desk
    held = desk.ok("POST", "/bookings", body=booking())
    at = f"/bookings/{held['id']}/guarantee"
    desk.ok("POST", "/bookings/{order}/guarantee", path=at, body={})
    desk.now = NOW + timedelta(days=1)
    with bind(duty(desk.tenant, "test")):
        inbox.close_days(desk.now)
        inbox.close_days(desk.now)
    closes = [one for one in desk.said() if one["type"] == "tourism.hotel.day.closed.v1"]
    assert len(closes) == 1
    assert closes[0]["data"]["sent"]["tourism.lodging.availability.changed.v1"]["count"] == 3
    assert problems(closes[0], tenant=desk.tenant, now=desk.now) == []


def test_a_room_out_of_order_and_back(open_desk: Desk) -> None:
    desk = open_desk
    body = {"room": "201", "first": "2035-10-10", "last": "2035-10-12", "reason": "漏水"}
    block = desk.ok("POST", "/blocks", body=body)
    assert search(desk)["twin"]["left"] == 2
    assert [one["room"] for one in desk.ok("GET", "/blocks")["blocks"]] == ["201"]
    desk.ok("DELETE", "/blocks/{block}", path=f"/blocks/{block['id']}")
    assert search(desk)["twin"]["left"] == 3
    assert desk.ask("DELETE", "/blocks/{block}", path=f"/blocks/{block['id']}").status == 404


def test_rates_answer_row_by_row_and_files_show_their_faults(open_desk: Desk) -> None:
    desk = open_desk
    rows = [
        {"type": "twin", "first": "2035-10-10", "last": "2035-10-10", "min_arrival": 4},
        {"type": "none", "first": "2035-10-10", "last": "2035-10-10", "stop_sell": True},
    ]
    outcome = desk.ok("PUT", "/ari", body={"rows": rows})
    assert (outcome["rows"], outcome["faults"][0]["row"]) == (1, 1)
    assert outcome["faults"][0]["code"] == "hotel.ari.type-unknown"
    forbidden = search(desk)["twin"]["forbidden"]
    assert forbidden["code"] == "hotel.offer.min-stay"
    assert "4" in forbidden["detail"]

    file = "type,plan,from,to,price,min_arrival\ntwin,bar,2035-10-10,2035-10-12,500.00,0\ntwin,bar,x,,1,\n"
    shown = desk.ok("POST", "/ari/import", body={"csv": file})
    assert (shown["applied"], [fault["row"] for fault in shown["faults"]]) == (False, [3])
    refused = desk.ask("POST", "/ari/import", body={"csv": file, "apply": True})
    assert refused.code == "hotel.import.faulty"
    good = file.rsplit("twin,bar,x", 1)[0]
    assert desk.ok("POST", "/ari/import", body={"csv": good, "apply": True})["applied"]
    assert search(desk)["twin"]["offers"][0]["nightly"] == [50000] * 3


def test_hours_and_whole_houses(open_desk: Desk) -> None:
    desk = open_desk
    desk.ok(
        "PUT",
        "/types/{type}",
        path="/types/twin",
        body={
            "property": "inn",
            "names": {"zh": "twin"},
            "hourly": {"rooms": 1, "opens": 8, "closes": 20, "hours": 2, "price": 9900},
        },
    )
    hours = {"type": "twin", "day": "2035-10-10", "start": 12, "contact": booking()["contact"]}
    held = desk.ok("POST", "/bookings/hours", body=hours)
    assert held["due"]["amount"] == 9900
    assert desk.ask("POST", "/bookings/hours", body=hours).code == "commerce.stock.sold-out"

    villa = {"property": "inn", "names": {"zh": "整栋"}, "most": 8, "whole_house_of": ["301", "302", "303"]}
    assert desk.ok("PUT", "/types/{type}", path="/types/villa", body=villa)["rooms"] == 1
    desk.ok("POST", "/bookings", body=booking(rooms=[{"type": "king", "plan": "bar"}]))
    assert search(desk)["villa"]["left"] == 0


def test_doors_are_kept(open_desk: Desk) -> None:
    desk = open_desk
    desk.key = issued(desk.tenant, "orders.read")
    assert desk.ask("GET", "/setup").status == 200
    assert desk.ask("GET", "/rooms").status == 200
    for method, pattern, body in (
        ("PUT", "/ari", {"rows": []}),
        ("POST", "/bookings", booking()),
        ("POST", "/blocks", {}),
    ):
        assert desk.ask(method, pattern, body=body).status == 403


@pytest.mark.parametrize(
    "change",
    [
        {"rooms": []},
        {"rooms": [{"type": "twin", "plan": "bar", "rooms": 0}]},
        {"contact": {"name": "", "phone": "13800000000"}},
        {"contact": {"name": "示例", "phone": "call me"}},
        {"depart": "2035-10-10"},
        {"arrive": "2035-10-01"},
        {"extra": 1},
    ],
)
def test_what_makes_no_sense_is_refused(open_desk: Desk, change: dict[str, Any]) -> None:
    assert open_desk.ask("POST", "/bookings", body=booking(**change)).status == 422

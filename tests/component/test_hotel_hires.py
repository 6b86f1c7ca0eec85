"""Meeting rooms and cars on the engine: from an offer through the API to the bill."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind, duty
from chalicelib.web.doors import forget_callers
from infra.local.fixture import Stack
from tenants.hotel.store import new_unit
from tenants.hotel.store.memory import forget_hotel
from tenants.hotel.usecases.price_calendar import calendar
from tests.hotel_desk import DAY, Desk, furnish, opened_desk

pytestmark = pytest.mark.component

HALL = {
    "property": "inn",
    "names": {"zh": "嵩阳厅", "en": "Hall"},
    "kind": "meeting",
    "per": "hour",
    "price": 20000,
    "count": 1,
    "alone": True,
    "seats": 40,
    "equipment": ["projector", "tea"],
    "metering": {"step": 30, "grace": 10, "least": 60, "booked": False},
}
CAR = {
    **HALL,
    "names": {"zh": "七座车"},
    "kind": "car",
    "per": "day",
    "price": 36000,
    "metering": {"step": 1440, "grace": 60, "least": 1440},
    "rental": {"kilometres": 200, "over": 150, "deposit": 100000, "seats": 7},
}
OFFERS, HOLDS, ONE = "/hire-offers", "/hire-holds", "/hires/{hire}"


@pytest.fixture
def desk(engine: Stack) -> Iterator[Desk]:
    with opened_desk() as made:
        furnish(made)
        made.ok("PUT", "/extras/{extra}", path="/extras/hall", body=HALL)
        made.ok("PUT", "/extras/{extra}", path="/extras/car", body=CAR)
        forget_hotel()
        yield made


def left(desk: Desk) -> dict[str, int]:
    found = desk.ok("GET", OFFERS, path=f"{OFFERS}?day={DAY}&start=10&length=2")
    return {one["extra"]: one["left"] for one in found["offers"]}


def held(desk: Desk, extra: str, key: str = "") -> str:
    body = {
        "extra": extra,
        "day": f"{DAY}",
        "start": 10,
        "length": 2,
        "contact": {"name": "示例甲", "phone": "13800000000"},
    }
    order: str = desk.ok("POST", HOLDS, body=body, key=key)["order"]
    return order


def move(desk: Desk, clock: str, days: int = 0) -> None:
    desk.now = datetime.fromisoformat(f"{DAY + timedelta(days=days)}T{clock}:00+08:00")
    forget_callers()


def test_an_offer_is_held_confirmed_used_and_billed(desk: Desk) -> None:
    assert left(desk) == {"hall": 1, "car": 1}
    order = held(desk, "hall", key="once")
    assert held(desk, "hall", key="once") == order
    assert left(desk)["hall"] == 0
    at = f"{HOLDS}/{order}/confirm"
    firm = desk.ok("POST", HOLDS + "/{order}/confirm", path=at, body={})
    assert (firm["state"], firm["total"]["amount"]) == ("confirmed", 40000)
    [hire] = desk.ok("GET", "/hires", path=f"/hires?day={DAY}")["hires"]
    assert (hire["state"], hire["price"]) == ("booked", 40000)

    move(desk, "10:05")
    at = f"/hires/{hire['id']}"
    begun = desk.ok("POST", ONE + "/begin", path=f"{at}/begin", body={})
    assert begun["state"] == "running"
    assert desk.ask("POST", ONE + "/begin", path=f"{at}/begin", body={}).code == "hotel.hire.state"
    move(desk, "11:20")
    done = desk.ok("POST", ONE + "/finish", path=f"{at}/finish", body={})
    assert (done["state"], done["billed"]) == ("ended", 30000)  # 75 minutes: an hour and a half
    with bind(duty(desk.tenant, "test")), new_unit(desk.now)("look") as hotel:
        folio = hotel.accounts.folios.get(done["folio"])
        assert (folio.title, folio.balance) == ("示例甲", 30000)
        [entry] = hotel.accounts.folios.entries(folio)
        assert entry.tax == 1698  # the six per cent inside


def test_a_car_is_given_only_to_a_licence_that_was_seen(desk: Desk) -> None:
    order = held(desk, "car")
    desk.ok("POST", HOLDS + "/{order}/confirm", path=f"{HOLDS}/{order}/confirm", body={"paid": True})
    [hire] = desk.ok("GET", "/hires", path=f"/hires?day={DAY}")["hires"]
    move(desk, "10:00")
    at = f"/hires/{hire['id']}"
    refused = desk.ask("POST", ONE + "/begin", path=f"{at}/begin", body={"kilometres": 12000})
    assert (refused.status, refused.code) == (422, "hotel.hire.licence")
    desk.ok("POST", ONE + "/begin", path=f"{at}/begin", body={"kilometres": 12000, "licence": True})
    move(desk, "10:30", days=2)
    [running] = desk.ok("GET", "/hires", path=f"/hires?day={DAY + timedelta(days=2)}")["hires"]
    assert running["state"] == "running"
    done = desk.ok("POST", ONE + "/finish", path=f"{at}/finish", body={"kilometres": 12450})
    assert done["billed"] == 72000 + 50 * 150
    with bind(duty(desk.tenant, "test")), new_unit(desk.now)("look") as hotel:
        assert hotel.accounts.folios.get(done["folio"]).balance == 50 * 150  # the days were paid before


def test_a_month_of_prices_is_read_in_three_calls(desk: Desk) -> None:
    forget_hotel()
    with bind(duty(desk.tenant, "test")), new_unit(desk.now)("look") as hotel, metered() as meter:
        found = calendar(
            list(hotel.setup.house().types), DAY.replace(day=1), DAY.replace(day=31), hotel=hotel
        )
        assert meter.calls <= 3
    assert len(found[0].cells) == 31

"""AlpineBits 2022-10 on the engine: every action as a hotel's own system sends it, and what it changes."""

import json
from datetime import timedelta

import pytest

from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from tenants.hotel.domain.sheet import Rule
from tenants.hotel.store import HotelStore
from tenants.hotel.store.memory import forget_hotel
from tests.alpinebits import SPACE, Pms, local, message, named, texts
from tests.alpinebits_messages import RULE, acknowledge, free, inventory, plan, plans, read, room
from tests.hotel_desk import DAY, Desk, issued, opened_hotel
from tests.hotel_world import NOW

pytestmark = pytest.mark.component
FREE, INVENTORY = "OTA_HotelInvCountNotif:FreeRooms", "OTA_HotelDescriptiveContentNotif:Inventory"
PLANS, READ, ACK = (
    "OTA_HotelRatePlanNotif:RatePlans",
    "OTA_Read:GuestRequests",
    "OTA_NotifReport:GuestRequests",
)
PING = "OTA_Ping:Handshaking"


def left(desk: Desk) -> int:
    """Twins that a guest could book on the first night."""
    forget_hotel()
    path = f"/availability?arrive={DAY}&depart={DAY + timedelta(days=1)}&adults=2"
    found = desk.ok("GET", "/availability", path=path)
    return next((one["left"] for one in found["types"] if one["type"] == "twin"), 0)


def hotel(desk: Desk) -> HotelStore:
    forget_hotel()
    return HotelStore(UnitOfWork(action="test", now=desk.now))


def test_the_handshake_tells_what_both_can_do(desk: Desk) -> None:
    offered = {
        "versions": [
            {"version": "2018-10", "actions": [{"action": "action_OTA_Ping"}]},
            {
                "version": "2022-10",
                "actions": [
                    {"action": "action_OTA_Ping"},
                    {"action": "action_OTA_HotelPostEventNotif_EventReports"},
                    {
                        "action": "action_OTA_HotelInvCountNotif",
                        "supports": [
                            "OTA_HotelInvCountNotif_accept_rooms",
                            "OTA_HotelInvCountNotif_accept_categories",
                        ],
                    },
                ],
            },
        ]
    }
    echo = json.dumps(offered)
    found = Pms(desk).says(PING, message("OTA_PingRQ", f"<EchoData>{echo}</EchoData>"), version="2018-10")
    (warning,) = named(found, "Warning")
    assert (warning.get("Type"), warning.get("Status")) == ("11", "ALPINEBITS_HANDSHAKE")
    assert json.loads(warning.text or "") == {
        "versions": [
            {
                "version": "2022-10",
                "actions": [
                    {"action": "action_OTA_Ping"},
                    {
                        "action": "action_OTA_HotelInvCountNotif",
                        "supports": ["OTA_HotelInvCountNotif_accept_categories"],
                    },
                ],
            }
        ]
    }
    assert [one.text for one in named(found, "EchoData")] == [echo]


def test_free_rooms_bound_what_is_sold_and_a_resend_changes_nothing(desk: Desk) -> None:
    pms = Pms(desk)
    assert left(desk) == 3
    assert pms.done(FREE, free((0, 2, 1), (3, 3, None), complete=True)) == []
    assert left(desk) == 1
    before, said = hotel(desk), len(desk.said())
    with bind(duty(desk.tenant, "test")):
        caps = before.caps.between("inn", ["203510"])
    assert pms.done(FREE, free((0, 2, 1), (3, 3, None), complete=True), packed=True) == []
    with bind(duty(desk.tenant, "test")):
        assert hotel(desk).caps.between("inn", ["203510"]) == caps
    assert len(desk.said()) == said
    assert pms.done(FREE, free((0, 0, 9))) == [("11", "")]  # six more than there are: all three are for sale
    assert left(desk) == 3
    found = pms.says(FREE, free((0, 0, 1), type="attic"))
    assert [local(one) for one in found] == ["Errors"]
    assert "attic" in " ".join(texts(found))


def test_types_rooms_plans_and_prices_come_from_outside(desk: Desk) -> None:
    pms = Pms(desk)
    whole = inventory(room("SUITE", most=4, title="Suite", rooms=("801", "802")))
    assert pms.done(INVENTORY, whole) == []
    assert pms.done(PLANS, plans(plan(rules=RULE))) == [("11", "BAR.HB")]  # new: not sold before it has terms
    house = hotel(desk)
    with bind(duty(desk.tenant, "test")):
        setup = house.setup.house(fresh=True)
        suite, made = setup.types["suite"], setup.plans["bar-hb"]
        sheet = house.cells.read([("inn", "suite", "203510")], fresh=True)[("suite", "203510")]
    assert (suite.names["en"], suite.included, suite.most, suite.capacity) == ("Suite", 2, 4, 2)
    assert (made.on, made.meal, made.extra_adult, made.types) == (False, "half-board", 8000, {"suite"})
    assert [sheet.price("bar-hb", DAY + timedelta(days=n)) for n in (-1, 0, 6, 7)] == [
        None,
        24100,
        24100,
        None,
    ]
    assert sheet.rule(DAY) == Rule(closed_to_arrival=True, min_arrival=2, min_through=3)  # a Wednesday
    assert sheet.rule(DAY + timedelta(days=1)) == Rule(min_arrival=2, min_through=3)
    # everything again: nothing is written
    assert pms.done(INVENTORY, whole) == []
    assert pms.done(PLANS, plans(plan(rules=RULE)), packed=True) == []
    with bind(duty(desk.tenant, "test")):
        again = hotel(desk)
        assert again.cells.read([("inn", "suite", "203510")], fresh=True)[("suite", "203510")] == sheet
        assert again.setup.house(fresh=True) == setup
    # only days that are named change; a complete set without it ends it
    assert pms.done(PLANS, plans(plan(kind="Overlay", price="150"))) == []
    with bind(duty(desk.tenant, "test")):
        after = hotel(desk).cells.read([("inn", "suite", "203510")], fresh=True)[("suite", "203510")]
    assert after.price("bar-hb", DAY) == 30000
    assert after.rule(DAY) == sheet.rule(DAY)


def test_what_cannot_be_kept_is_said_and_the_rest_is_taken(desk: Desk) -> None:
    pms = Pms(desk)
    pms.done(INVENTORY, inventory(room("twin", most=3)))
    foreign = plan("EUR").replace('CurrencyCode="CNY"', 'CurrencyCode="EUR"')
    good = (
        plan("OWN", rules=RULE)
        .replace("SUITE", "twin")
        .replace("</Rates>", '</Rates><Supplements><Supplement InvType="EXTRA" InvCode="x"/></Supplements>')
    )
    said = pms.done(PLANS, plans(foreign, good, plan("LOST", kind="Remove")))
    assert sorted(said) == [("11", "OWN"), ("3", "EUR"), ("3", "OWN"), ("3", "OWN")]
    with bind(duty(desk.tenant, "test")):
        sheet = hotel(desk).cells.read([("inn", "twin", "203510")], fresh=True)[("twin", "203510")]
    assert sheet.price("own", DAY) == 24100
    assert sheet.rule(DAY) == Rule()  # the hotel's own plan sells twins too


def booked(desk: Desk) -> str:
    body = {
        "arrive": DAY.isoformat(),
        "depart": (DAY + timedelta(days=2)).isoformat(),
        "rooms": [{"type": "twin", "plan": "bar", "adults": 1, "children": 1}],
        "contact": {"name": "欧阳示例", "phone": "13800000000"},
    }
    order = desk.ok("POST", "/bookings", body=body)
    desk.ok("POST", "/bookings/{order}/guarantee", path=f"/bookings/{order['id']}/guarantee", body={})
    return str(order["id"])


def told(pms: Pms, start: str = "") -> list[tuple[str, str, str]]:
    """(type, id, status) of every booking that is told."""
    found = pms.says(READ, read(start))
    return [
        (unique.get("Type", ""), unique.get("ID", ""), one.get("ResStatus", ""))
        for one in named(found, "HotelReservation")
        for unique in one[:1]
    ]


def test_bookings_are_told_until_each_is_acknowledged(desk: Desk) -> None:
    pms = Pms(desk)
    first = booked(desk)
    found = pms.says(READ, read())
    (stay,) = named(found, "RoomStay")
    assert {local(one): dict(one.attrib) for one in stay.iter()} | {} == {
        "RoomStay": {},
        "RoomTypes": {},
        "RoomType": {"RoomTypeCode": "twin"},
        "RatePlans": {},
        "RatePlan": {"RatePlanCode": "bar"},
        "MealsIncluded": {"MealPlanIndicator": "true", "MealPlanCodes": "14"},
        "GuestCounts": {},
        "GuestCount": {"Count": "2"},
        "TimeSpan": {"Start": "2035-10-10", "End": "2035-10-12"},
        "Total": {"AmountAfterTax": "800.00", "CurrencyCode": "CNY"},
    }
    assert [one.text for name in ("Surname", "GivenName") for one in named(found, name)] == ["欧阳", "示例"]
    desk.now += timedelta(seconds=20)
    second = booked(desk)
    assert told(pms) == [("14", first, "Reserved"), ("14", second, "Reserved")]
    assert pms.done(ACK, acknowledge(("14", second))) == []  # the later one first
    assert told(pms) == [("14", first, "Reserved")]
    assert pms.done(ACK, acknowledge(("14", first))) == []
    assert told(pms) == []
    assert pms.done(ACK, acknowledge(("14", first), ("14", "nobody's"))) == []
    assert told(pms, start=NOW.isoformat()) == [("14", first, "Reserved"), ("14", second, "Reserved")]
    desk.now += timedelta(seconds=20)
    quote = desk.ok("GET", "/bookings/{order}/cancellation", path=f"/bookings/{first}/cancellation")
    agreed = {"fee": quote["fee"], "back": quote["back"]}
    desk.ok("POST", "/bookings/{order}/cancellation", path=f"/bookings/{first}/cancellation", body=agreed)
    assert told(pms) == [("15", first, "Cancelled")]
    assert pms.done(ACK, acknowledge(("15", first))) == []
    assert told(pms) == []


def test_who_may_do_what_and_what_is_no_request_is_said(desk: Desk) -> None:
    pms = Pms(desk)
    for action, document, version, text in (
        ("", read(), "2022-10", "ERROR:unknown or missing action"),
        ("OTA_HotelAvailNotif:FreeRooms", read(), "2022-10", "ERROR:unknown or missing action"),
        (READ, read(), "2018-10", "ERROR:unsupported protocol version, this server speaks 2022-10"),
        (READ, None, "2022-10", "ERROR:missing request"),
    ):
        answer = pms.send(action, document, version=version)
        assert (answer.status, answer.text) == (400, text)
    bomb = f'<!DOCTYPE x [<!ENTITY a "{"b" * 50}">]><OTA_ReadRQ xmlns="{SPACE}">&a;</OTA_ReadRQ>'
    for wrong in (bomb, "<no", read().replace("OTA_ReadRQ", "OTA_PingRQ"), read().replace('"inn"', '"out"')):
        assert [local(one) for one in pms.says(READ, wrong)] == ["Errors"]
    assert pms.send(READ, read(), headers={"content-type": "application/json"}).status == 400
    assert pms.send(READ, read(), headers={"content-encoding": "br"}).status == 415


def test_a_key_opens_its_own_hotel_only_and_only_for_its_roles(desk: Desk) -> None:
    _, strange = opened_hotel("other-inn", "owner", name="别家")
    booked(desk)
    stranger = Pms(desk, strange)
    assert [local(one) for one in stranger.says(READ, read())] == ["Errors"]  # it has no such hotel
    assert [local(one) for one in stranger.says(FREE, free((0, 0, 0)))] == ["Errors"]
    assert left(desk) == 2
    for nobody in ("", "sk_" + "x" * 43, "wrong"):
        answer = Pms(desk, nobody or "-").send(READ, read())
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    reads = Pms(desk, issued(desk.tenant, "orders.read"))
    assert len(told(reads)) == 1
    assert [local(one) for one in reads.says(FREE, free((0, 0, 0)))] == ["Errors"]
    prices = Pms(desk, issued(desk.tenant, "rates"))
    assert [local(one) for one in prices.says(READ, read())] == ["Errors"]
    assert prices.done(FREE, free((0, 0, 0))) == []
    assert left(desk) == 0

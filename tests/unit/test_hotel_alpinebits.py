"""What a hotel's own system is answered in AlpineBits 2022-10, held against the published structure."""

from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.orders.usecases import Mark
from tenants.hotel.domain.codes import Codes
from tenants.hotel.domain.property import Property
from tenants.hotel.routes.partners import ota, ota_guests
from tenants.hotel.routes.partners.alpinebits import ACTIONS, SUPPORTED
from tenants.hotel.usecases import basket, booking, rebooking
from tests.alpinebits_schema import CAPABILITIES, SPACE, conform
from tests.fake_shop import GONE
from tests.hotel_world import CONTACT, DAY, INN, MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up()
    return made


def told(
    world: MemoryWorld, *orders: Order, site: Property = INN, code: str = "inn", codes: Codes | None = None
) -> Element:
    """The answer with these bookings, as it goes over the wire; it conforms."""
    hotel = world.hotel(world.work())
    known = codes if codes is not None else Codes(site=INN.id)
    document = ota_guests.reservations(orders, site=site, code=code, codes=known, hotel=hotel)
    found: Element = fromstring(ota.written(document))
    conform(found)
    return found


def all_of(found: Element, name: str) -> list[Element]:
    return list(found.iter(f"{{{SPACE}}}{name}"))


def booked(world: MemoryWorld, contact: dict[str, Any], *, key: str = "k") -> Order:
    asked = basket.Booking(
        arrive=DAY,
        depart=DAY.replace(day=DAY.day + 2),
        rooms=(basket.Rooms(type="twin", plan="bar", count=2, adults=2),),
        contact={**CONTACT, **contact},
    )
    mark = Mark(command=key, digest=key)
    order: Order = world.do(lambda hotel: booking.hold(asked, mark=mark, hotel=hotel))
    return world.guarantee(order)


def test_bookings_of_every_kind_conform_and_none_is_an_answer_too(world: MemoryWorld) -> None:
    firm = booked(world, {})
    assert all_of(told(world), "HotelReservation") == []
    found = told(world, firm)
    assert [one.get("ResStatus") for one in all_of(found, "HotelReservation")] == ["Reserved"]
    assert len(all_of(found, "RoomStay")) == 2
    after = told(world, world.cancel(firm))
    assert [one.get("Type") for one in all_of(after, "UniqueID")] == ["15"]


def test_a_booking_of_which_the_desk_took_a_room_away_is_told_as_changed(world: MemoryWorld) -> None:
    firm = booked(world, {})
    one = world.stays(firm)[0]
    world.do(lambda hotel: rebooking.give_up(one, agreed=(0, 0), hotel=hotel))
    found = told(world, world.order(firm))
    assert [one.get("ResStatus") for one in all_of(found, "HotelReservation")] == ["Modify"]
    assert len(all_of(found, "RoomStay")) == 1


@pytest.mark.parametrize(
    "contact",
    [
        {"name": "示例 \x0b甲\ufffe"},
        {"name": " "},
        {"email": "two words@example.com"},
        {"email": "guest@example.com"},
        {"phone": "+86 138-0000-0000\n"},
        {"phone": "call me"},
    ],
)
def test_what_guests_wrote_never_spoils_the_document(world: MemoryWorld, contact: dict[str, str]) -> None:
    found = told(world, booked(world, contact))
    assert len(all_of(found, "Email")) == (contact.get("email") == "guest@example.com")


def test_codes_that_are_longer_than_the_standard_allows_are_left_out(world: MemoryWorld) -> None:
    site = replace(INN, names={"en": "Inn"})
    codes = Codes(site=INN.id, types={"A-VERY-LONG-CODE": "twin"})
    found = told(world, booked(world, {}), site=site, code="a-house-of-a-very-long-name", codes=codes)
    assert all_of(found, "RoomTypes") == []
    assert all_of(found, "BasicPropertyInfo")[0].attrib == {"HotelName": "Inn"}


def test_a_booking_whose_people_are_deleted_is_still_told(world: MemoryWorld) -> None:
    firm = replace(booked(world, {}), people=GONE)
    assert all_of(told(world, firm), "Surname")[0].text == "-"


def test_warnings_and_errors_conform() -> None:
    notes = [ota.Note(type=ota.NOT_TAKEN, text="a\x00b", record="r"), ota.Note(type=ota.ADVISORY, text="c")]
    for action in ACTIONS.values():
        if action.says not in {"OTA_PingRS", "OTA_ResRetrieveRS"}:
            conform(fromstring(ota.written(ota.answered(action.says, action.version, notes))))
        conform(fromstring(ota.written(ota.failed(action.says, action.version, "no \x1f"))))


def test_the_handshake_announces_what_is_served_in_the_standard_s_words() -> None:
    served = {
        f"action_{name.replace(':', '_')}"
        for name in ACTIONS
        if name not in {"OTA_Ping:Handshaking", "OTA_Read:GuestRequests", "OTA_NotifReport:GuestRequests"}
    }
    served = {name.removesuffix("_FreeRooms") for name in served} | {"action_OTA_Ping", "action_OTA_Read"}
    assert set(SUPPORTED) == served
    assert all(set(words) <= CAPABILITIES[action] for action, words in SUPPORTED.items())


@pytest.mark.parametrize(
    ("inside", "wrong"),
    [
        ("<Success/><ReservationsList/>", False),
        ("<ReservationsList/><Success/>", True),
        ("<Success/>", True),
        ('<Errors><Error Type="13"/></Errors>', False),
        ('<Errors><Error Type="3"/></Errors>', True),
        ("<Errors><Error/></Errors>", True),
    ],
)
def test_what_these_tests_hold_answers_against_sees_what_is_wrong(inside: str, wrong: bool) -> None:
    answer = fromstring(f'<OTA_ResRetrieveRS xmlns="{SPACE}" Version="7.000">{inside}</OTA_ResRetrieveRS>')
    if wrong:
        with pytest.raises(AssertionError):
            conform(answer)
    else:
        conform(answer)

"""Booked meeting rooms when plans change: said when nights move, then moved or let go at the desk."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.commerce.orders.usecases import Mark
from chalicelib.commerce.stock import SoldOut
from tenants.hotel.domain.extra import ExtraTime
from tenants.hotel.domain.hire import Hire, HireIs, HireState
from tenants.hotel.usecases import basket, booking, folios, hiring, rehiring, setting
from tenants.hotel.usecases.rehiring import HireOnBill
from tests.hotel_pages import Place, hotel_web, words
from tests.hotel_world import CONTACT, DAY, INN
from tests.unit.test_hotel_hires import at, booked, hall

NIGHT = timedelta(days=1)
ONE = "/hotel/hires/{hire}"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.roles = frozenset({"desk"})
        made.do(lambda hotel: setting.set_extra(hall(), count=1, hotel=hotel))
        yield made


def with_room(place: Place, *, nights: int = 2) -> tuple[Any, Hire]:
    """A twin from today and the hall on its last evening: the stay and the hire."""
    last = DAY + (nights - 1) * NIGHT
    asked = basket.Booking(
        contact=CONTACT,
        arrive=DAY,
        depart=DAY + nights * NIGHT,
        rooms=(basket.Rooms(type="twin", plan="bar", adults=2),),
        extras=(basket.Add(extra="hall", day=last, start=18, length=2),),
    )
    order = place.do(lambda hotel: booking.hold(asked, mark=Mark(command="w", digest="w"), hotel=hotel))
    [stay] = place.stays(place.guarantee(order))
    return stay, next(iter(place.memory.hires.values()))


def free(place: Place, day: date, start: int) -> int:
    hotel = place.hotel(place.work())
    return hiring.offers(day, start=start, length=2, property=INN, hotel=hotel)[0].left


def move(place: Place, hire: Hire, day: date, start: int) -> Hire:
    moved: Hire = place.do(lambda hotel: rehiring.move(hire.id, day=day, start=start, hotel=hotel))
    return moved


def test_a_moved_hire_takes_its_new_hours_and_gives_the_old_ones_back_once(place: Place) -> None:
    hire = booked(place)
    moved = move(place, hire, DAY + NIGHT, 14)
    kept = place.memory.hires
    assert (kept[hire.id].state, kept[moved.id].state) == (HireState.CANCELLED, HireState.BOOKED)
    assert (kept[moved.id].price, kept[moved.id].starts) == (40000, at("14:00", DAY + NIGHT))
    assert (free(place, DAY, 10), free(place, DAY + NIGHT, 14)) == (1, 0)
    again = move(
        place, kept[moved.id], DAY, 11
    )  # the first day again: the row that was called off lives anew
    assert again.id == hire.id
    assert (kept[hire.id].state, free(place, DAY, 9), free(place, DAY, 13)) == (HireState.BOOKED, 1, 1)
    later = move(place, kept[hire.id], DAY, 12)
    assert (later.starts, free(place, DAY, 10), free(place, DAY, 12)) == (at("12:00"), 1, 0)


def test_a_time_that_is_taken_closed_or_over_leaves_everything_as_it_was(place: Place) -> None:
    hire = booked(place)
    add = basket.Add(extra="hall", day=DAY, start=14, length=2)
    other = basket.Booking(contact=CONTACT, extras=(add,), trusted=True)
    place.do(lambda hotel: booking.hold(other, mark=Mark(command="x", digest="x"), hotel=hotel))
    with pytest.raises(SoldOut):
        move(place, hire, DAY, 13)
    with pytest.raises(ExtraTime):
        move(place, hire, DAY, 23)
    assert place.memory.hires[hire.id] == hire
    place.now = at("10:00")
    place.do(lambda hotel: hiring.begin(hire.id, at=at("10:00"), hotel=hotel))
    with pytest.raises(HireIs):
        move(place, hire, DAY + NIGHT, 14)


def test_a_shorter_stay_says_what_it_leaves_behind_on_every_page_that_asks(place: Place) -> None:
    stay, hire = with_room(place, nights=3)
    early = DAY + NIGHT
    ask = place.look("/hotel/stays/{stay}/dates", f"/hotel/stays/{stay.id}/dates?depart={early}", staff=True)
    assert "以下租用不随离店日期改动" in words(ask)
    assert "嵩阳厅" in words(ask)
    dialog = place.look("/hotel/plan/stays/{stay}", f"/hotel/plan/stays/{stay.id}?depart={early}", staff=True)
    assert "租用不随离店日期改动:嵩阳厅" in words(dialog)
    near = place.look(
        "/hotel/stays/{stay}/dates", f"/hotel/stays/{stay.id}/dates?depart={DAY + 2 * NIGHT}", staff=True
    )
    assert "不随离店日期" not in words(near)
    send = {"depart": str(early), "confirm": "yes"}
    sent = place.send("/hotel/stays/{stay}/dates", f"/hotel/stays/{stay.id}/dates", staff=True, **send)
    assert sent.status == 303
    page = place.look("/hotel/stays/{stay}", f"/hotel/stays/{stay.id}", staff=True)
    assert "不在住宿日期内" in words(page)
    assert f"/hotel/hires/{hire.id}" in page.text


def test_before_the_guests_come_a_hire_is_let_go_by_its_terms(place: Place) -> None:
    stay, hire = with_room(place)
    path = f"/hotel/hires/{hire.id}/release"
    assert "不收费,也没有要退的钱" in words(place.look(ONE + "/release", path, staff=True))
    done = place.send(ONE + "/release", path, staff=True, confirm="yes", fee="0", back="0")
    assert done.status == 303, words(done)
    assert place.memory.hires[hire.id].state is HireState.CANCELLED
    assert free(place, DAY + NIGHT, 18) == 1
    assert place.hotel(place.work()).stays.get(stay.id).state == "expected"


def test_once_it_is_on_the_bill_it_is_taken_off_there_first_and_returns_nothing_twice(place: Place) -> None:
    stay, hire = with_room(place)
    place.now = INN.arrival(DAY)
    place.assign(stay, "201")
    place.come(stay)
    with pytest.raises(HireOnBill):
        place.do(lambda hotel: rehiring.quote(hire.id, hotel=hotel))
    entry = next(one for one in place.memory.entries if one.text == "嵩阳厅 × 1")
    bill = f"{stay.id}.1"
    place.do(lambda hotel: folios.correct(bill, entry.number, text="改期", accounts=hotel.accounts))
    place.do(lambda hotel: rehiring.release(hire.id, agreed=(0, 0), hotel=hotel))
    assert place.memory.hires[hire.id].state is HireState.CANCELLED
    assert place.memory.folios[bill].charged == 0


def test_the_day_is_a_table_of_hours_and_a_file(place: Place) -> None:
    place.now = at("09:00")
    hire = booked(place)
    page = place.look("/hotel/hires", f"/hotel/hires?day={DAY}", staff=True)
    bar = re.search(r'<td colspan="2"><a class="bar bar--expected" href="([^"]+)"', page.text)
    assert bar is not None
    assert bar[1] == f"/hotel/hires/{hire.id}"
    assert f"/hotel/hire-new?day={DAY}&amp;start=14" in page.text
    file = place.look("/hotel/hires.csv", f"/hotel/hires.csv?day={DAY}", staff=True)
    assert "嵩阳厅" in file.text
    assert "400.00" in file.text
    assert CONTACT["phone"] not in file.text
    sent = place.send(ONE + "/move", f"/hotel/hires/{hire.id}/move", staff=True, day=str(DAY), start="15")
    assert sent.status == 303, words(sent)
    assert "已改时间" in words(place.look(ONE, sent.headers["Location"], staff=True))

"""Selling at the desk without scripts: what a free cell of the room plan leads to, and what fits its room."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.hotel_pages import Place, hotel_web, links, words
from tests.hotel_world import DAY, INN, resident

NIGHT = timedelta(days=1)
CELL = "/hotel/plan/rooms/{room}"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.roles = frozenset({"desk"})
        made.now = INN.arrival(DAY)
        yield made


def sells(place: Place, room: str, day: date) -> str:
    """The link by which a free night of a room is sold."""
    page = place.look(CELL, f"/hotel/plan/rooms/{room}?day={day}", staff=True)
    return next(link for link in links(page) if "type=" in link)


def chosen(text: str, name: str) -> str:
    """What a select of the page has chosen."""
    box = text.partition(f'name="{name}"')[2].partition("</select>")[0]
    return box.partition(" selected")[0].rpartition('value="')[2].rstrip('"') if " selected" in box else ""


def test_tonight_s_free_cell_opens_the_walk_in_with_its_room_and_type(place: Place) -> None:
    link = sells(place, "301", DAY)
    assert link == f"/hotel/walk-in?type=king&room=301&depart={DAY + NIGHT}"
    page = place.look("/hotel/walk-in", link, staff=True)
    assert chosen(page.text, "room") == "301"
    assert f'value="{DAY + NIGHT}"' in page.text
    king = page.text.partition('value="king|')[2][:400]
    assert " checked" in king.partition(">")[0]


def test_a_later_free_cell_opens_a_reservation_that_ends_in_that_room(place: Place) -> None:
    day = DAY + 3 * NIGHT
    link = sells(place, "301", day)
    assert link.startswith(f"/hotel/reserve?arrive={day}&")
    page = place.look("/hotel/reserve", link, staff=True)
    assert chosen(page.text, "room") == "301"
    offer = next(part.partition('"')[0] for part in page.text.split('value="') if part.startswith("king|"))
    form = {"arrive": str(day), "depart": str(day + NIGHT), "adults": "2", "room": "301", "offer": offer}
    made = place.send("/hotel/reserve", staff=True, contact="示例丁", phone="13800000001", **form)
    assert made.status == 303, words(made)
    id = made.headers["Location"].partition("?")[0].rpartition("/")[2]
    stay = place.hotel(place.work()).stays.get(id)
    assert (stay.arrive, stay.room, stay.channel) == (day, "301", "desk")
    page = place.look(CELL, f"/hotel/plan/rooms/301?day={day}", staff=True)
    assert "已占用" in words(page)
    assert not any("type=" in link for link in links(page))


def test_a_room_that_does_not_go_with_the_offer_is_told_before_anything_is_sold(place: Place) -> None:
    page = place.look("/hotel/walk-in", staff=True)
    offer = next(part.partition('"')[0] for part in page.text.split('value="') if part.startswith("twin|"))
    guest = {
        "guests.g1.name": "示例甲",
        "guests.g1.document": "resident-id",
        "guests.g1.number": resident(date(1990, 5, 20), 21),
    }
    form = {"depart": str(DAY + NIGHT), "offer": offer, "contact": "示例甲", "phone": "13800000001", **guest}
    refused = place.send("/hotel/walk-in", staff=True, room="301", **form)
    assert refused.status == 422
    assert "请选同一房型的房间" in words(refused)
    assert place.left(day=DAY) == 3
    place.assign(place.stays(place.guarantee(place.hold(day=DAY + NIGHT, nights=2)))[0], "201")
    long = {**form, "depart": str(DAY + 3 * NIGHT)}
    again = place.look("/hotel/walk-in", f"/hotel/walk-in?depart={long['depart']}&room=201", staff=True)
    assert "201 房这几晚不空" in words(again)
    assert chosen(again.text, "room") == ""


def test_a_type_that_is_too_small_is_told_and_its_room_is_not_chosen_silently(place: Place) -> None:
    page = place.look("/hotel/walk-in", "/hotel/walk-in?type=king&room=301&adults=5", staff=True)
    assert chosen(page.text, "room") == ""


def test_a_booking_is_called_off_at_the_desk_for_what_was_shown(place: Place) -> None:
    stay = place.stays(place.guarantee(place.hold(day=DAY + 2 * NIGHT, nights=2, count=2)))[0]
    path = f"/hotel/stays/{stay.id}/cancel"
    asked = place.look("/hotel/stays/{stay}/cancel", path, staff=True)
    assert "2 间房一起取消" in words(asked)
    shown = {
        name: asked.text.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("fee", "back")
    }
    wrong = place.send("/hotel/stays/{stay}/cancel", path, staff=True, confirm="yes", fee="1", back="1")
    assert wrong.status == 409
    done = place.send("/hotel/stays/{stay}/cancel", path, staff=True, confirm="yes", **shown)
    assert done.status == 303, words(done)
    assert place.left(day=DAY + 2 * NIGHT) == 3
    assert "预订已取消" in words(place.look("/hotel/stays/{stay}", done.headers["Location"], staff=True))


def test_what_a_registration_still_wants_is_marked_at_its_guest(place: Place) -> None:
    page = place.look("/hotel/walk-in", "/hotel/walk-in?adults=2", staff=True)
    offer = next(part.partition('"')[0] for part in page.text.split('value="') if part.startswith("twin|"))
    guests = {
        "guests.g1.name": "示例甲",
        "guests.g1.document": "resident-id",
        "guests.g1.number": resident(date(1990, 5, 20), 21),
        "guests.g2.name": "EXAMPLE ANNA",
        "guests.g2.document": "passport",
        "guests.g2.number": "XX1234567",
    }
    form = {"depart": str(DAY + NIGHT), "offer": offer, "adults": "2", "contact": "示例甲", **guests}
    refused = place.send("/hotel/walk-in", staff=True, phone="13800000001", **form)
    assert refused.status == 409
    for field, words_ in (
        ("sex", "请填写性别。"),
        ("born", "请填写出生日期。"),
        ("country", "请填写国籍或地区。"),
    ):
        assert f'id="f-guests.g2.{field}-error"' in refused.text
        assert words_ in words(refused)
    assert 'id="f-guests.g1.sex-error"' not in refused.text
    assert place.left(day=DAY) == 3

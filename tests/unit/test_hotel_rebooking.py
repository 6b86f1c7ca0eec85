"""A reservation changed at the desk: other days, a room of several less, a fee let go; every fen counted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.commerce.orders.domain import Order, Payment
from chalicelib.kernel.money import Money
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases import billing, changing, length, quoting
from tests.hotel_pages import Place, hotel_web, words
from tests.hotel_world import DAY, INN

ONE = timedelta(days=1)
STAY = "/hotel/stays/{stay}"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.roles = frozenset({"desk"})
        yield made


def paid(place: Place, *, count: int = 2, plan: str = "bar") -> tuple[Order, list[Stay]]:
    """Two nights of twins from ``DAY``, paid in full."""
    held = place.hold(plan=plan, count=count, nights=2)
    order = place.pay(held) if plan != "bar" else place.pay(place.guarantee(held))
    return order, expected(place, order)


def expected(place: Place, order: Order) -> list[Stay]:
    hotel = place.hotel(place.work())
    found = hotel.stays.of_order(hotel.orders.get(order.id))
    return [one for one in found if one.state is StayState.EXPECTED]


def ask(place: Place, stay: Stay, tail: str, query: str = "") -> Any:
    return place.look(f"{STAY}{tail}", f"/hotel/stays/{stay.id}{tail}{query}", staff=True)


def send(place: Place, stay: Stay, tail: str, **form: Any) -> Any:
    return place.send(f"{STAY}{tail}", f"/hotel/stays/{stay.id}{tail}", staff=True, confirm="yes", **form)


def days(first: int, last: int) -> dict[str, str]:
    return {"arrive": str(DAY + first * ONE), "depart": str(DAY + last * ONE)}


def left(place: Place, first: int, last: int) -> list[int]:
    return [place.left("twin", DAY + step * ONE) for step in range(first, last)]


def test_one_room_comes_a_day_earlier_for_the_price_that_was_shown(place: Place) -> None:
    order, (one, other) = paid(place)
    page = ask(place, one, "/rebook", f"?arrive={DAY - ONE}&depart={DAY + 2 * ONE}&rooms=one")
    assert "客人到店再付 ¥300" in words(page)
    assert "免收退改费" not in words(page)  # the owner's
    wrong = send(place, one, "/rebook", **days(-1, 2), rooms="one", total="1", back="0")
    assert (wrong.status, expected(place, order)) == (409, [one, other])
    done = send(place, one, "/rebook", **days(-1, 2), rooms="one", total="150000", back="0")
    assert done.status == 303, words(done)
    moved = done.headers["Location"].partition("?")[0].rpartition("/")[2]
    assert {stay.id: stay.arrive for stay in expected(place, order)} == {other.id: DAY, moved: DAY - ONE}
    assert left(place, -2, 3) == [3, 2, 1, 1, 3]
    said = place.said_of("lodging.availability.changed")
    assert [(one["date"], one["free"]) for one in said][-1] == ((DAY - ONE).isoformat(), 2)
    place.now = INN.arrival(DAY - ONE)
    place.assign(place.memory.stays[moved], "201")
    place.come(place.memory.stays[moved])
    bill = place.memory.folios[f"{moved}.1"]
    assert bill.balance + billing.share_of(other, place.order(order)) * -1 == -120000


def test_the_whole_booking_moves_and_what_is_too_much_returns(place: Place) -> None:
    order, (one, _) = paid(place)
    page = ask(place, one, "/rebook", f"?arrive={DAY + ONE}&depart={DAY + 2 * ONE}")
    assert "退还 ¥600" in words(page)
    done = send(place, one, "/rebook", **days(1, 2), total="60000", back="60000")
    assert done.status == 303, words(done)
    assert left(place, 0, 3) == [3, 1, 3]
    after = place.order(order)
    assert (after.paid, after.total, after.payment) == (Money(60000), Money(60000), Payment.PARTLY_REFUNDED)


def test_the_room_that_is_cancelled_goes_and_the_other_keeps_its_number_and_its_place(place: Place) -> None:
    order, (one, other) = paid(place, plan="fixed")
    place.assign(other, "202")
    page = words(ask(place, one, "/give-up"))
    assert "酒店保留 ¥510.00" in page
    assert send(place, one, "/give-up", fee="0", back="0").status == 409
    assert send(place, one, "/give-up", fee="51000", back="0").status == 303
    [kept] = expected(place, order)
    assert (kept.id, kept.room, left(place, 0, 2)) == (other.id, "202", [2, 2])
    assert place.order(order).total == Money(102000)
    last = ask(place, other, "/give-up")
    assert last.headers["Location"].endswith("/cancel")


def test_only_the_owner_lets_a_fee_go_and_why_is_in_the_audit(place: Place) -> None:
    order, (one, _) = paid(place, plan="fixed")
    assert send(place, one, "/give-up", fee="0", back="51000", why="weather").status == 403
    place.roles = frozenset({"owner"})
    assert "退还 ¥510.00" in words(ask(place, one, "/give-up", "?why=weather"))
    assert send(place, one, "/give-up", fee="0", back="51000", why="weather").status == 303
    assert place.memory.reasons == [("hotel.give-up-room-desk", f"fee-waived|weather|51000|{one.id}")]
    assert place.order(order).paid == Money(51000)
    [other] = expected(place, order)
    assert send(place, other, "/cancel", fee="0", back="51000", why="house").status == 303
    assert place.memory.reasons[-1] == ("hotel.cancel-desk", f"fee-waived|house|51000|{order.id}")
    assert place.order(order).payment is Payment.REFUNDED


def test_days_moved_without_the_fee_shake_it_off(place: Place) -> None:
    order, (one, _) = paid(place, plan="fixed")
    place.roles = frozenset({"owner"})
    later = f"?arrive={DAY + 9 * ONE}&depart={DAY + 10 * ONE}"
    assert "酒店保留 ¥510" in words(ask(place, one, "/rebook", later))
    assert "退还 ¥510" in words(ask(place, one, "/rebook", later + "&why=illness"))
    done = send(place, one, "/rebook", **days(9, 10), total="51000", back="51000", why="illness")
    assert done.status == 303, words(done)
    assert place.memory.reasons == [("hotel.rebook", f"fee-waived|illness|102000|{one.id}")]
    assert place.order(order).paid == Money(51000)


def test_a_room_that_the_desk_had_extended_gives_back_just_its_own(place: Place) -> None:
    order, (one, other) = paid(place)
    place.do(lambda hotel: length.extend(one.id, depart=DAY + 3 * ONE, agreed=None, hotel=hotel))
    place.do(lambda hotel: length.shorten(other.id, depart=DAY + ONE, hotel=hotel))
    assert left(place, 0, 4) == [1, 2, 2, 3]
    one = place.memory.stays[one.id]
    done = send(place, one, "/rebook", **days(1, 3), rooms="one", total="120000", back="0")
    assert done.status == 303, words(done)
    assert left(place, 0, 4) == [2, 2, 2, 3]
    assert send(place, place.memory.stays[other.id], "/give-up", fee="0", back="60000").status == 303
    assert left(place, 0, 4) == [3, 2, 2, 3]
    place.cancel(place.order(order))
    assert left(place, 0, 4) == [3, 3, 3, 3]


def test_once_others_have_come_a_room_is_cancelled_on_a_bill_of_its_own(place: Place) -> None:
    order, (one, other) = paid(place, plan="fixed")
    place.now = INN.arrival(DAY)
    place.assign(one, "201")
    place.come(one)
    assert "改入住日期,请另订一间" in words(ask(place, other, "/rebook"))
    refused = send(place, other, "/rebook", **days(1, 3), rooms="one", total="1", back="0")
    assert refused.status == 409
    assert ask(place, other, "/cancel").headers["Location"].endswith("/give-up")
    place.roles = frozenset({"owner"})
    assert "已付的 ¥510.00 转到它自己的账单" in words(ask(place, other, "/give-up", "?why=other"))
    done = send(place, other, "/give-up", fee="0", back="0", why="other")
    assert done.headers["Location"] == f"/hotel/folios/{other.id}.1"
    bill = place.memory.folios[f"{other.id}.1"]
    assert (bill.balance, place.memory.stays[other.id].state) == (-51000, StayState.CANCELLED)
    assert left(place, 0, 2) == [2, 2]
    assert (
        sum(place.memory.folios[f"{stay.id}.1"].paid for stay in (one, other))
        == place.order(order).paid.amount
    )


def test_the_guest_s_own_link_gives_up_the_last_room_that_is_left(place: Place) -> None:
    order, (one, two, three) = paid(place, count=3)
    assert send(place, one, "/give-up", fee="0", back="60000").status == 303
    how = quoting.fewer_quote(0, 1)
    place.do(lambda hotel: changing.change(order.id, how, agreed=(0, 60000), hotel=hotel))
    assert [stay.id for stay in expected(place, order)] == [two.id]
    assert place.memory.stays[three.id].state is StayState.CANCELLED


def test_a_night_that_is_sold_out_refuses_and_leaves_everything(place: Place) -> None:
    order, (one, other) = paid(place)
    place.hold("twin", key="all", day=DAY - ONE, count=3)
    refused = send(place, one, "/rebook", **days(-1, 2), rooms="one", total="150000", back="0")
    assert refused.status == 409
    assert (expected(place, order), left(place, 0, 2)) == ([one, other], [1, 1])


def test_the_days_of_a_room_by_the_hour_and_of_who_has_come_are_not_asked_for(place: Place) -> None:
    _, (one, _) = paid(place)
    place.memory.stays[one.id] = replace(one, state=StayState.IN_HOUSE)
    assert ask(place, one, "/rebook").status == ask(place, one, "/give-up").status == 303

"""Money that the desk takes before the guests come: it is on the bill of the stay from check-in on."""

from collections.abc import Iterator

import pytest

from tenants.hotel.domain.folio import Means
from tenants.hotel.domain.folio_refusals import TooMuchBack
from tenants.hotel.domain.stay import Stay
from tenants.hotel.usecases import folios, takings
from tenants.hotel.usecases.takings import Taking
from tests.hotel_pages import Place, hotel_web, words
from tests.hotel_world import DAY, INN

STAY, ADVANCE = "/hotel/stays/{stay}", "/hotel/stays/{stay}/advance"


@pytest.fixture
def place() -> Iterator[Place]:
    with hotel_web() as made:
        made.roles = frozenset({"desk"})
        yield made


def test_a_deposit_taken_before_arrival_is_on_the_bill_of_the_stay_from_check_in_on(place: Place) -> None:
    stay = place.stays(place.guarantee(place.hold(nights=2)))[0]
    place.now = INN.arrival(DAY)
    page = f"/hotel/stays/{stay.id}"
    assert "收押金或预付" in words(place.look(STAY, page, staff=True))
    for _ in range(2):  # said twice it opens one bill
        sent = place.send(ADVANCE, f"{page}/advance", staff=True, confirm="yes")
        assert sent.status == 303, words(sent)
    bill = f"/hotel/folios/{stay.order}.1"
    assert sent.headers["Location"].startswith(bill)
    for amount, deposit in ((30000, True), (10000, False)):
        taking = Taking(means=Means.SCAN, amount=amount, deposit=deposit)
        place.do(lambda hotel, it=taking: takings.take(f"{stay.order}.1", it, accounts=hotel.accounts))
    before = words(place.look(STAY, page, staff=True))
    assert "押金 ¥300.00" in before
    assert "前台已收 ¥100.00" in before

    place.assign(stay, "201")
    place.come(stay)
    own = place.memory.folios[f"{stay.id}.1"]
    assert (own.deposits, own.paid) == (30000, 10000)
    assert (place.memory.folios[f"{stay.order}.1"].state, own.state) == ("settled", "open")
    refused = place.send(ADVANCE, f"{page}/advance", staff=True, confirm="yes")
    assert refused.status == 409


def three_rooms(place: Place) -> tuple[list[Stay], str]:
    """A booking of three twins on whose own bill ¥100.01 was paid and ¥300 left as a deposit."""
    stays = place.stays(place.guarantee(place.hold(count=3, nights=2)))
    page, account = f"/hotel/stays/{stays[0].id}", f"{stays[0].order}.1"
    assert place.send(ADVANCE, f"{page}/advance", staff=True, confirm="yes").status == 303
    for amount, deposit in ((30000, True), (10001, False)):
        taking = Taking(means=Means.SCAN, amount=amount, deposit=deposit)
        place.do(lambda hotel, it=taking: takings.take(account, it, accounts=hotel.accounts))
    place.now = INN.arrival(DAY)
    return stays, account


def come(place: Place, stay: Stay, room: str) -> tuple[int, int]:
    """(deposits, payments) on the bill with which the guests of a room come."""
    place.assign(stay, room)
    place.come(stay)
    bill = place.memory.folios[f"{stay.id}.1"]
    return bill.deposits, bill.paid


def test_each_room_of_a_booking_takes_its_share_of_an_advance_and_the_last_one_the_rest(
    place: Place,
) -> None:
    (one, two, three), account = three_rooms(place)
    shown = words(place.look(STAY, f"/hotel/stays/{one.id}", staff=True))
    assert "转来 ¥133.34,其余留给别的房间" in shown
    assert come(place, one, "201") == (10000, 3334)
    assert "还有前台收的 ¥266.67" in words(place.look(STAY, f"/hotel/stays/{one.id}", staff=True))
    assert come(place, two, "202") == (10000, 3334)
    assert come(place, three, "203") == (10000, 3333)
    assert place.memory.folios[account].state == "settled"
    assert "预订的账单上还有" not in words(place.look(STAY, f"/hotel/stays/{one.id}", staff=True))


def test_a_part_of_a_payment_goes_back_as_the_whole_would_and_never_more(place: Place) -> None:
    (one, *_), account = three_rooms(place)
    come(place, one, "201")
    entries = list(place.hotel(place.work()).accounts.folios.entries(place.memory.folios[f"{one.id}.1"]))
    [payment] = [entry for entry in entries if entry.amount == -3334]
    bill = f"{one.id}.1"
    with pytest.raises(TooMuchBack):
        place.do(lambda hotel: takings.give_back(bill, payment.number, 3335, accounts=hotel.accounts))
    place.do(lambda hotel: takings.give_back(bill, payment.number, 3334, accounts=hotel.accounts))
    kept = sum(folio.paid + folio.deposits for folio in place.memory.folios.values())
    assert kept == 40001 - 3334
    assert place.memory.folios[account].paid == 6667


def test_what_a_clerk_moves_back_to_the_booking_s_bill_stays_there(place: Place) -> None:
    (one, two, _), account = three_rooms(place)
    come(place, one, "201")
    source = place.memory.folios[f"{one.id}.1"]
    [payment] = [
        entry for entry in place.hotel(place.work()).accounts.folios.entries(source) if entry.amount == -3334
    ]
    place.do(
        lambda hotel: folios.move(source.id, payment.number, to=account, text="", accounts=hotel.accounts)
    )
    assert come(place, two, "202") == (10000, 3334)
    assert place.memory.folios[account].paid == 3334 + 3333


def test_a_clerk_parts_a_payment_by_hand(place: Place) -> None:
    (one, two, _), account = three_rooms(place)
    come(place, one, "201")
    entries = place.hotel(place.work()).accounts.folios.entries(place.memory.folios[account])
    [rest] = [entry for entry in entries if entry.amount == -6667]
    to, amounts = [account, f"{one.id}.1"], [2000, 4667]
    place.do(
        lambda hotel: folios.part(account, rest.number, amounts, to=to, text="", accounts=hotel.accounts)
    )
    assert place.memory.folios[f"{one.id}.1"].paid == 3334 + 4667
    assert come(place, two, "202") == (10000, 1000)

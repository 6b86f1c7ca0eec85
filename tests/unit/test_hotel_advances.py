"""Money that the desk takes before the guests come: it is on the bill of the stay from check-in on."""

from collections.abc import Iterator

import pytest

from tenants.hotel.domain.folio import Means
from tenants.hotel.usecases import takings
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

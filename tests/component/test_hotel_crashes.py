"""A guest's stay, with the process dying at every write of every request, and every request sent twice."""

from collections import Counter

import pytest

from chalicelib.commerce.orders.domain import Fulfilment
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from infra.local.fixture import Stack
from tenants.hotel.domain.fapiao import FapiaoState
from tenants.hotel.domain.folio import Sort, summed
from tenants.hotel.domain.stay import StayState
from tenants.hotel.store import HotelStore
from tenants.hotel.store.accounts import AccountsStore
from tests.hotel_course import ONE
from tests.hotel_deaths import deaths
from tests.hotel_desk import DAY, Desk
from tests.hotel_story import Story
from tests.kept import Kept, Photograph

pytestmark = pytest.mark.component
EVENTS = {
    "commerce.order.placed": 1,
    "commerce.payment.settled": 3,  # at the booking, at the desk, and back
    "lodging.availability.changed": 9,  # two nights sold, one more, two given up; both types at two audits
    "lodging.stay.checkedin": 1,
    "lodging.stay.checkedout": 1,
    "lodging.nightaudit.closed": 2,
    "hotel.day.closed": 1,
}


def test_a_death_at_any_write_of_a_stay_changes_nothing_of_what_is_kept(desk: Desk, engine: Stack) -> None:
    story, kept = Story(desk), Kept(engine)
    story.prepare()
    assert deaths(story, story.steps, kept=kept) > 60
    _whole(desk, story, kept.photograph())


def test_nor_does_one_while_somebody_walks_in_the_police_is_told_and_money_goes_back(
    desk: Desk, engine: Stack
) -> None:
    story, kept = Story(desk), Kept(engine)
    story.prepare()
    assert deaths(story, story.other_steps, kept=kept) > 25
    with bind(duty(desk.tenant, "test")):
        hotel = HotelStore(UnitOfWork(action="test", now=desk.now))
        cancelled = hotel.orders.get(story.order)
        (here,) = hotel.stays.in_house("inn")
        assert hotel.orders.owed() == []
    assert (cancelled.state, cancelled.payment, cancelled.refunded) == ("cancelled", "refunded", 80_000)
    assert here.id == story.stay
    types = Counter(one["type"].removeprefix("tourism.").removesuffix(".v1") for one in desk.said())
    assert types["commerce.payment.settled"] == 3, "the guest who walked in, the booking, and back"
    assert (types["lodging.stay.checkedin"], types["lodging.registration.reported"]) == (1, 1)


def _whole(desk: Desk, story: Story, rows: Photograph) -> None:
    """One stay, one key at a time, each fen once, every place back, each fact said once."""
    with bind(duty(desk.tenant, "test")):
        accounts = AccountsStore(UnitOfWork(action="test", now=desk.now))
        hotel = HotelStore(UnitOfWork(action="test", now=desk.now))
        order = hotel.orders.get(story.order)
        (stay,) = hotel.stays.of_order(order)
        assert (stay.state, stay.depart, order.fulfilment) == (StayState.DEPARTED, DAY + ONE, Fulfilment.USED)
        (folio,) = accounts.folios.windows(stay.id)
        entries = accounts.folios.entries(folio)
        assert summed(folio, entries) == folio
        assert [(one.code, one.amount) for one in entries if one.sort is Sort.CHARGE] == [
            ("minibar", 1_800),
            ("room", 40_000),
        ]
        assert [one.amount for one in entries if one.sort is not Sort.CHARGE] == [-80_000, -1_800, 40_000]
        assert folio.balance == 0
        assert [grant.live(now=desk.now) for grant in hotel.grants.of(stay.id)] == [False] * 3
        (invoice,) = accounts.fapiaos.of_folio(folio)
        assert (invoice.state, invoice.amount) == (FapiaoState.ISSUED, 41_800)
    places = {at[1]: int(row["left"]["N"]) for at, row in rows.items() if "#STOCK#" in at[0]}
    assert places == {f"{DAY + night * ONE}#type:twin#0": left for night, left in enumerate((2, 3, 3))}
    said = desk.said_on(DAY - ONE, DAY, DAY + ONE, DAY + 2 * ONE)
    assert len({one["id"] for one in said}) == len(said)
    types = Counter(one["type"].removeprefix("tourism.").removesuffix(".v1") for one in said)
    assert types == EVENTS

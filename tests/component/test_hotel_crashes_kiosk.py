"""Alone before the kiosk: the process dies at every write of every form, and each is sent twice."""

import pytest

from chalicelib.commerce.orders.domain import Fulfilment
from chalicelib.persistence.journal import audited
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import bind, duty
from infra.local.fixture import Stack
from tenants.hotel.domain.stay import StayState
from tenants.hotel.store import HotelStore
from tests.hotel_course import ONE
from tests.hotel_deaths import deaths, said_once
from tests.hotel_desk import DAY, Desk
from tests.hotel_story_kiosk import Kiosk
from tests.kept import Kept, places

pytestmark = pytest.mark.component


def test_a_death_leaves_no_guest_without_a_key_and_no_key_without_a_guest(desk: Desk, engine: Stack) -> None:
    story, kept = Kiosk(desk), Kept(engine)
    story.prepare()
    assert deaths(story, story.steps, kept=kept) > 14
    with bind(duty(desk.tenant, "test")):
        hotel = HotelStore(UnitOfWork(action="test", now=desk.now))
        order = hotel.orders.get(story.order)
        (stay,) = hotel.stays.of_order(order)
        assert (stay.state, stay.room, order.fulfilment) == (StayState.DEPARTED, "201", Fulfilment.USED)
        assert len(hotel.guests.of_stay(stay.id)) == 2
        assert [grant.live(now=desk.now) for grant in hotel.grants.of(stay.id)] == [False]
    assert places(kept.photograph()) == {("type:twin", f"{DAY}"): (2, 1, 0)}
    types = said_once(desk, DAY - 8 * ONE, DAY, DAY + ONE)
    assert len(desk.audited("hotel.check-out-at-kiosk")) == 1
    with bind(duty(desk.tenant, "test")):
        signed = [row.subject for row in audited(day=DAY) if row.action == "hotel.check-in-at-kiosk"]
    assert signed == [f"{stay.id}/signed"], "the signature is kept once, with the check-in"
    assert types == {
        "commerce.order.placed": 1,
        "commerce.payment.settled": 1,
        "lodging.availability.changed": 1,
        "lodging.stay.checkedin": 1,
        "lodging.stay.checkedout": 1,
    }

"""Registrations on the engine: kept sealed, handed over, answered; what a check-in costs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.persistence.table import Row
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel.domain.guest import Registered
from tenants.hotel.usecases import police, stay_book
from tenants.hotel.usecases.police import Answer
from tenants.hotel.usecases.stay_book import Wanted
from tests.hotel_world import DAY, INN, EngineWorld, adult, context

pytestmark = pytest.mark.component


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineWorld]:
    with bind(context()):
        made = EngineWorld()
        made.set_up()
        yield made


def test_a_registration_is_kept_sealed_handed_over_and_answered_once(world: EngineWorld) -> None:
    stay = world.assign(world.stays(world.guarantee(world.hold()))[0], "201")
    world.register(stay)
    world.register(stay, **{**adult(13), "name": "示例乙"})
    world.now = INN.arrival(DAY)
    with metered() as meter:
        world.come(stay)
    assert meter.calls <= 9, meter.operations
    guests = world.hotel(world.work()).guests
    assert [guest.number for guest in guests.open(INN.id)] == [1, 2]
    raw = f"{list(Row._get_connection().scan()['Items'])}"
    assert adult()["number"] not in raw
    assert "示例乙" not in raw
    world.now += timedelta(hours=1)
    with metered() as meter:
        batch = world.do(lambda hotel: police.hand_over(INN.id, hotel=hotel))
    assert meter.calls <= 3, meter.operations
    assert guests.batch(INN.id, batch.id) == batch
    assert [one.id for one in guests.batches(INN.id, "203510")] == [batch.id]
    rows = police.contents(batch, hotel=world.hotel(world.work()))
    assert {row.person.name for row in rows} == {"示例甲", "示例乙"}
    answers = [Answer(ref=ref, accepted=True, receipt=f"R-{number}") for number, ref in enumerate(batch.refs)]
    for _ in range(2):
        assert police.acknowledge(INN.id, answers, unit=world.unit) == (2, [])
    assert guests.open(INN.id) == []
    assert {guest.state for guest in guests.reported(INN.id, DAY)} == {Registered.ACCEPTED}
    assert len(world.said_of("lodging.registration.reported")) == 2


def test_a_guest_is_found_by_name_or_document_and_the_book_in_pages(world: EngineWorld) -> None:
    stays = [
        world.stays(world.guarantee(world.hold(key=f"k{number}", day=DAY + number * timedelta(days=20))))[0]
        for number in range(3)
    ]
    world.register(stays[0])
    world.register(stays[2], **{**adult(13), "name": "示例乙"})
    hotel = world.hotel(world.work())
    with metered() as meter:
        found = stay_book.known("示例乙", hotel=hotel)
    assert meter.calls <= 3, meter.operations
    assert [one.stay.id for one in found] == [stays[2].id]
    assert [one.stay.id for one in stay_book.known(adult()["number"], hotel=hotel)] == [stays[0].id]
    wanted = Wanted(property=INN.id, first=DAY, last=DAY + timedelta(days=60))
    first = stay_book.leaf(wanted, most=2, hotel=hotel)
    then = stay_book.leaf(wanted, most=2, after=first.after, hotel=hotel)
    assert [one.stay.id for one in (*first.found, *then.found)] == [stay.id for stay in stays]
    assert (first.after, then.after) == (stays[1].id, "")

"""What the morning is told to look at: money taken ahead is no unpaid bill until its guests have gone."""

from datetime import time, timedelta

from tenants.hotel.domain.folio import Means
from tenants.hotel.domain.night_audit import Look
from tenants.hotel.usecases import folios, night_audit, takings
from tenants.hotel.usecases.folios import folio_id
from tenants.hotel.usecases.takings import Taking
from tests.hotel_world import DAY, INN, MemoryWorld


def test_a_deposit_for_guests_to_come_is_no_open_bill_until_their_booking_is_called_off() -> None:
    world = MemoryWorld()
    world.set_up()
    order = world.guarantee(world.hold(nights=2))

    def take(hotel: object) -> None:
        taking = Taking(means=Means.SCAN, amount=20000, deposit=True)
        takings.take(folio_id(order.id), taking, accounts=hotel.accounts)  # type: ignore[attr-defined]

    def open_bill(hotel: object) -> None:
        accounts = hotel.accounts  # type: ignore[attr-defined]
        folios.open_account(order.id, property=INN.id, title="1", order=order.id, accounts=accounts)

    world.do(open_bill)
    world.do(take)

    def looks() -> list[Look]:
        return [one.look for one in night_audit.preview(INN.id, hotel=world.hotel(world.work())).findings]

    assert Look.UNSETTLED not in looks()
    world.cancel(order)
    assert Look.UNSETTLED in looks()


def test_guests_are_missed_and_overdue_only_once_their_hour_has_passed() -> None:
    world = MemoryWorld()
    world.set_up()
    world.guarantee(world.hold(nights=2))
    arrival = INN.arrival(DAY)

    def seen() -> tuple[int, list[Look]]:
        found = night_audit.preview(INN.id, hotel=world.hotel(world.work()))
        return found.awaited, [one.look for one in found.findings]

    world.now = arrival - timedelta(minutes=1)
    assert seen() == (1, [])
    world.now = arrival
    assert seen() == (0, [Look.UNDECIDED])


def test_the_audit_says_of_every_type_what_is_free_tonight_though_nobody_booked_it() -> None:
    world = MemoryWorld()
    world.set_up(twins=3, kings=2)
    world.memory.days.open[INN.id] = DAY
    world.now = INN.instant(DAY + timedelta(days=1), time(2, 5))
    night_audit.run_due(INN.id, unit=world.unit)
    said = world.said_of("lodging.availability.changed")
    tonight = (DAY + timedelta(days=1)).isoformat()
    assert {(one["roomType"], one["date"], one["free"]) for one in said} == {
        ("twin", tonight, 3),
        ("king", tonight, 2),
    }

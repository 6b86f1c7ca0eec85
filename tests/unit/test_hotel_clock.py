"""Clocks that change at midnight: summer time that begins or ends then, and a machine that is set back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tenants.hotel.domain.folio import summed
from tenants.hotel.domain.night_audit import AuditRules, Position, day_due
from tenants.hotel.domain.offer import stay
from tenants.hotel.domain.property import Property
from tenants.hotel.usecases import folios, night_audit
from tenants.hotel.usecases.folios import folio_id
from tests.hotel_world import DAY, INN, MemoryWorld

ONE, STEP = timedelta(days=1), timedelta(minutes=10)
CHANGES = [
    ("Asia/Shanghai", date(2035, 10, 10), 24),  # none: the rule itself
    ("Africa/Cairo", date(2025, 4, 25), 23),  # 00:00 becomes 01:00: there is no midnight
    ("Africa/Cairo", date(2025, 10, 30), 25),  # 24:00 becomes 23:00: midnight comes twice
    ("America/Havana", date(2025, 3, 9), 23),
    ("Europe/Berlin", date(2025, 10, 26), 25),
]


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
def test_a_day_of_any_length_is_closed_once_and_no_night_is_lost(zone: str, day: date, hours: int) -> None:
    place, rules = Property(id="p", names={"zh": "p"}, district="410185", zone=zone), AuditRules(at=time(2))
    at = datetime.combine(day - 2 * ONE, time(12), ZoneInfo(zone)).astimezone(UTC)
    ends = at + timedelta(days=5)
    open_, closed, nights = day - 2 * ONE, [], []
    while at < ends:
        nights.append(place.night_of(at))
        due = day_due(at, property=place, rules=rules, position=Position(open=open_))
        if due is not None:
            closed.append(due)
            open_ = due + ONE
        at += STEP
    assert closed == [day + step * ONE for step in range(-2, 3)][: len(closed)]
    assert len(closed) >= 4
    assert nights == sorted(nights)
    assert set(nights) == {day + step * ONE for step in range(-2, 4)}
    begins, over = (
        datetime.combine(one, time(12), ZoneInfo(zone)).astimezone(UTC) for one in (day - ONE, day + ONE)
    )
    assert over - begins == timedelta(hours=24 + hours)
    wanted = stay(day - ONE, day + 2 * ONE, adults=2, children=0, tonight=day - ONE)
    assert wanted.nights == (day - ONE, day, day + ONE)
    assert place.arrival(day) < place.departure(day + ONE) < place.arrival(day + ONE)


def test_a_machine_that_is_set_back_over_midnight_closes_no_day_twice() -> None:
    world = MemoryWorld()
    world.set_up(twins=2)
    order = world.guarantee(world.hold(nights=3))
    guest = world.assign(world.stays(order)[0], "201")
    world.now = INN.arrival(DAY)
    guest = world.come(guest)
    world.memory.days.open[INN.id] = DAY
    world.now = INN.instant(DAY + ONE, time(2, 5))
    assert [one.day for one in night_audit.run_due(INN.id, unit=world.unit)] == [DAY]
    world.now = INN.instant(DAY, time(23, 50))  # as a server whose time was corrected
    assert night_audit.run_due(INN.id, unit=world.unit) == []
    world.do(
        lambda hotel: folios.charge(folio_id(guest.id), code="minibar", amount=1_800, accounts=hotel.accounts)
    )
    accounts = world.hotel(world.work()).accounts
    assert [entry.amount for entry in accounts.book.entries(INN.id, DAY)] == [30_000]
    assert [entry.amount for entry in accounts.book.entries(INN.id, DAY + ONE)] == [1_800]
    world.now = INN.instant(DAY + 2 * ONE, time(2, 5))
    assert [one.day for one in night_audit.run_due(INN.id, unit=world.unit)] == [DAY + ONE]
    bill = world.hotel(world.work()).accounts.folios.get(folio_id(guest.id))
    assert bill.charged == 61_800
    assert summed(bill, world.hotel(world.work()).accounts.folios.entries(bill)) == bill

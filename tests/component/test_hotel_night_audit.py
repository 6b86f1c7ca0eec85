"""The night audit on the engine: what 150 rooms cost, a crash in the middle, and what the city is told."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.messaging.schemas import problems
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.telemetry import metered
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tenants.hotel import inbox
from tenants.hotel.domain.folio import summed
from tenants.hotel.usecases import night_audit
from tests.accounts_world import EngineMoney
from tests.hotel_full import arrive, full_house
from tests.hotel_world import DAY, INN, context, tenant

pytestmark = pytest.mark.component
AUDITED = "lodging.nightaudit.closed"


@pytest.fixture
def world(engine: Stack) -> Iterator[EngineMoney]:
    with bind(context()):
        made = EngineMoney()
        made.now = INN.arrival(DAY)
        yield made


def night(world: EngineMoney, days: int = 0) -> None:
    """Five past two in the morning after DAY, or some days later."""
    world.now = INN.arrival(DAY) + timedelta(days=days, hours=12, minutes=5)


def test_a_hundred_and_fifty_rooms_are_a_few_transactions(world: EngineMoney) -> None:
    stays = full_house(world)
    arrive(world, stays)
    night(world)
    world.hotel(world.work()).setup.house()
    started = time.thread_time()
    with metered() as meter:
        report = night_audit.run_due(INN.id, unit=world.unit)[0]
    print(f"150 rooms: {meter.calls} calls, {time.thread_time() - started:.2f} s of CPU")
    assert (report.rooms, report.amount, report.findings) == (150, 150 * 30_000, ())
    assert meter.operations.count("TransactWriteItems") == 7  # begin, five of rooms, the figures
    assert meter.calls <= 36, meter.operations
    accounts = world.accounts(world.work())
    for folio in accounts.folios.open():
        entries = accounts.folios.entries(folio)
        assert summed(folio, entries) == folio
        assert [(entry.code, entry.amount, entry.tax) for entry in entries] == [("room", 30_000, 1_698)]
    said = [one for one in world.said() if one["type"] == f"tourism.{AUDITED}.v1"]
    assert len(said) == 1
    assert problems(said[0], tenant=tenant(), now=world.now) == []
    assert said[0]["data"] == {
        "property": INN.id,
        "date": DAY.isoformat(),
        "rooms": 150,
        "outOfOrder": 0,
        "roomsAvailable": 150,
        "roomsSold": 150,
        "complimentary": 0,
        "dayUse": 0,
        "guests": 300,
        "roomRevenue": 4_500_000,
        "otherRevenue": 0,
        "averagePrice": 30_000,
        "nightsByCountry": {"CN": 300},
    }
    again = metered()
    with again as meter:
        assert night_audit.run_due(INN.id, unit=world.unit) == []
    assert "TransactWriteItems" not in meter.operations


def test_a_machine_that_stops_in_the_middle_posts_nothing_twice(
    world: EngineMoney, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays = full_house(world, count=40)
    arrive(world, stays)
    night(world)
    commit, count = UnitOfWork.commit, 0

    def stops(self: UnitOfWork, answer: Any = None) -> None:
        nonlocal count
        commit(self, answer)
        count += 1
        if count == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(UnitOfWork, "commit", stops)
    with pytest.raises(KeyboardInterrupt):
        night_audit.run_due(INN.id, unit=world.unit)
    monkeypatch.undo()
    accounts = world.accounts(world.work())
    assert sorted(one.charged for one in accounts.folios.open()) == [0] * 10 + [30_000] * 30
    assert accounts.audits.position(INN.id).closing == DAY
    inbox.audit_nights(world.now)
    accounts = world.accounts(world.work())
    assert [one.charged for one in accounts.folios.open()] == [30_000] * 40
    assert len(accounts.audits.facts(INN.id, DAY)) == 40
    assert accounts.audits.position(INN.id).closing is None
    assert len(world.said_of(AUDITED)) == 1


def test_a_desk_that_posts_meanwhile_loses_nothing_and_neither_does_the_audit(
    world: EngineMoney, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays = full_house(world, count=8)
    arrive(world, stays)
    night(world)
    commit, done = UnitOfWork.commit, []

    def meanwhile(self: UnitOfWork, answer: Any = None) -> None:
        if self.action == "hotel.night-audit-rooms" and not done:
            done.append(1)
            world.charge(f"{stays[3].id}.1", 900)
        commit(self, answer)

    monkeypatch.setattr(UnitOfWork, "commit", meanwhile)
    night_audit.run_due(INN.id, unit=world.unit)
    charged = {one.id: one.charged for one in world.accounts(world.work()).folios.open()}
    assert charged == {f"{one.id}.1": 30_900 if one is stays[3] else 30_000 for one in stays}
    # It was posted while the day was already being closed: it belongs to the next.
    book = world.accounts(world.work()).book
    assert [one.amount for one in book.entries(INN.id, DAY + timedelta(days=1))] == [900]


def test_the_days_close_names_the_audit_that_was_said_on_it(world: EngineMoney) -> None:
    arrive(world, full_house(world, count=1))
    night(world)
    inbox.audit_nights(world.now)
    night(world, days=1)
    inbox.close_days(world.now)
    closes = {one["day"]: one["sent"] for one in world.said_of("hotel.day.closed")}
    assert closes[(DAY + timedelta(days=1)).isoformat()][f"tourism.{AUDITED}.v1"]["count"] == 1

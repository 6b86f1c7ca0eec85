"""The night audit in memory: it posts once, breaks off anywhere, and tells the morning what to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenants.hotel.domain.figures import COUNTING, adjustments, rates, totals
from tenants.hotel.domain.folio import Folio, Payer, State, summed
from tenants.hotel.domain.night_audit import AuditRules, DayFigures, Let, Look, NoShow, Position, day_due
from tenants.hotel.domain.receivable import Company
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.desk.cockpit import curves
from tenants.hotel.usecases import cashier, folios, length, night_audit
from tests.fakes import Work
from tests.hotel_world import DAY, INN, MemoryWorld

ONE = timedelta(days=1)
TWO_AM = timedelta(hours=12, minutes=5)  # after check-in at two in the afternoon


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    made.set_up(twins=6, kings=4)
    return made


def stay(world: MemoryWorld, room: str, *, comes: bool = True, key: str = "", **wanted: Any) -> Stay:
    """A guaranteed stay from DAY on; its guests come."""
    order = world.guarantee(world.hold(key=key or room, **wanted))
    found: Stay = world.hotel(world.work()).stays.of_order(world.order(order))[0]
    if comes:
        found = world.assign(found, room)
        world.now = max(world.now, INN.arrival(found.arrive))
        found = world.come(found)
    return found


def night(world: MemoryWorld) -> None:
    """It is five past two in the morning after DAY."""
    world.now = INN.arrival(DAY) + TWO_AM


def bill(world: MemoryWorld, account: str, window: int = 1) -> Folio:
    accounts = world.hotel(world.work()).accounts
    found: Folio = accounts.folios.get(f"{account}.{window}")
    assert summed(found, accounts.folios.entries(found)) == found
    return found


def test_a_day_is_due_when_its_night_is_over() -> None:
    rules, noon = AuditRules(at=time(2)), INN.arrival(DAY)
    assert day_due(noon, property=INN, rules=rules, position=None) == DAY - ONE
    late = noon + TWO_AM
    assert day_due(late, property=INN, rules=rules, position=Position(open=DAY)) == DAY
    assert day_due(noon, property=INN, rules=rules, position=Position(open=DAY)) is None
    broken = Position(open=DAY + ONE, closing=DAY)
    assert day_due(noon, property=INN, rules=rules, position=broken) == DAY


def test_rooms_are_posted_once_and_the_day_says_what_it_was(world: MemoryWorld) -> None:
    first, second = stay(world, "201", nights=2), stay(world, "301", type="king", nights=1)
    world.memory.days.open[INN.id] = DAY
    night(world)
    reports = night_audit.run_due(INN.id, unit=world.unit)
    assert [(one.day, one.rooms, one.amount) for one in reports] == [(DAY, 2, 70_000)]
    assert night_audit.run_due(INN.id, unit=world.unit) == []
    assert [bill(world, one.id).charged for one in (first, second)] == [30_000, 40_000]
    figures = world.memory.days.figures[(INN.id, DAY)]
    assert (figures.rooms, figures.let, figures.room, figures.guests) == (10, 2, (70_000, 3_962), 2)
    assert rates(figures).occupancy == Decimal("0.2000")
    said = world.said()[-1]
    assert said["data"]["roomsSold"] == 2
    assert said["data"]["nightsByCountry"] == {"CN": 2}
    assert said["data"]["averagePrice"] == 35_000


def test_what_was_charged_at_check_out_is_not_charged_again(world: MemoryWorld) -> None:
    early = stay(world, "201", nights=1)
    world.memory.days.open[INN.id] = DAY
    world.now = INN.departure(DAY + ONE) - timedelta(hours=11)  # one in the morning: before the audit
    world.go(early)
    night(world)
    night_audit.run_due(INN.id, unit=world.unit)
    assert (bill(world, early.id).charged, bill(world, early.id).state) == (30_000, State.CLOSED)
    assert world.memory.days.figures[(INN.id, DAY)].let == 1


def test_a_walk_in_after_the_audit_is_found_by_the_next(world: MemoryWorld) -> None:
    world.memory.days.open[INN.id] = DAY
    night(world)
    night_audit.run_due(INN.id, unit=world.unit)
    world.now += timedelta(minutes=30)
    late = stay(world, "201", nights=2)
    world.now += ONE
    report = night_audit.run_due(INN.id, unit=world.unit)[0]
    assert bill(world, late.id).charged == 60_000
    assert [(one.look, one.amount) for one in report.findings if one.look is Look.LATE_NIGHT] == [
        (Look.LATE_NIGHT, 1)
    ]
    assert world.memory.days.figures[(INN.id, DAY + ONE)].late == 1


def test_three_days_that_were_missed_are_closed_in_order(world: MemoryWorld) -> None:
    long = stay(world, "201", nights=4)
    world.memory.days.open[INN.id] = DAY
    night(world)
    world.now += 2 * ONE
    assert [one.day for one in night_audit.run_due(INN.id, unit=world.unit)] == [
        DAY,
        DAY + ONE,
        DAY + 2 * ONE,
    ]
    assert bill(world, long.id).charged == 90_000
    assert [world.memory.days.figures[(INN.id, DAY + step * ONE)].let for step in range(3)] == [1, 1, 1]


def test_guests_who_were_not_seen_are_charged_by_their_terms(world: MemoryWorld) -> None:
    paid = world.pay(world.hold(key="paid", nights=2, plan="fixed"))
    gone = stay(world, "202", comes=False, nights=3)
    world.assign(gone, "202")
    world.memory.days.open[INN.id] = DAY
    night(world)
    before = world.left(day=DAY + ONE)
    report = night_audit.run_due(INN.id, unit=world.unit)[0]
    missing = world.hotel(world.work()).stays.of_order(world.order(paid))[0]
    assert {one.look for one in report.findings} >= {Look.NO_SHOW, Look.UNSETTLED}
    assert world.memory.stays[gone.id].state is StayState.NO_SHOW
    assert world.left(day=DAY + ONE) == before + 2
    assert (bill(world, gone.id).balance, bill(world, gone.id).charged) == (90_000, 90_000)
    assert (bill(world, missing.id).balance, bill(world, missing.id).state) == (0, State.CLOSED)
    assert world.memory.days.figures[(INN.id, DAY)].let == 0
    assert world.memory.days.figures[(INN.id, DAY)].other == (141_000, 0)


@pytest.mark.parametrize(("policy", "owed"), [(NoShow.PREPAID, 0), (NoShow.ASK, None)])
def test_the_house_may_ask_less_of_who_was_not_seen(
    world: MemoryWorld, policy: NoShow, owed: int | None
) -> None:
    gone = stay(world, "202", comes=False)
    world.memory.days.open[INN.id] = DAY
    world.memory.days.rules[INN.id] = AuditRules(no_show=policy)
    night(world)
    report = night_audit.run_due(INN.id, unit=world.unit)[0]
    assert not world.memory.folios
    looks = [one.look for one in report.findings]
    assert (Look.UNDECIDED in looks) == (owed is None)
    assert (world.memory.stays[gone.id].state is StayState.NO_SHOW) == (owed is not None)


class Killed(Exception):
    """The machine stopped."""


@contextmanager
def _killed(world: MemoryWorld, *, at: int, after: bool) -> Iterator[None]:
    """The machine stops at the ``at``-th commit from here, before or after it is real."""
    commit, count = Work.commit, 0

    def counted(self: Work, answer: Any = None) -> None:
        nonlocal count
        count += 1
        if count == at and not after:
            raise Killed
        commit(self, answer)
        if count == at:
            raise Killed

    Work.commit = counted  # type: ignore[method-assign]
    try:
        yield
    finally:
        Work.commit = commit  # type: ignore[method-assign]


@pytest.mark.parametrize("after", [False, True])
def test_an_audit_killed_between_any_two_writes_is_finished_by_the_next(
    monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """Room charges are posted exactly once, whatever was written when the machine stopped."""
    monkeypatch.setattr(night_audit, "ROOMS_AT_ONCE", 2)
    monkeypatch.setattr(night_audit, "CLOSED_AT_ONCE", 1)
    at, whole = 0, None
    while True:
        at += 1
        world = MemoryWorld()
        world.set_up(twins=6, kings=4)
        stays = [stay(world, f"20{number}", nights=2) for number in range(1, 6)]
        absent = stay(world, "301", type="king", comes=False)
        world.memory.days.open[INN.id] = DAY
        world.now = INN.arrival(DAY) + timedelta(hours=2)
        world.go(stays[0])
        night(world)
        killed = False
        try:
            with _killed(world, at=at, after=after):
                night_audit.run_due(INN.id, unit=world.unit)
        except Killed:
            killed = True
        night_audit.run_due(INN.id, unit=world.unit)
        result = (
            [bill(world, one.id).charged for one in stays],
            bill(world, absent.id).charged,
            sorted((fact.stay, fact.night) for _, fact in world.memory.days.facts)
            == sorted((one.id, DAY) for one in stays),
            world.memory.days.figures[(INN.id, DAY)],
            [one["data"]["date"] for one in world.said() if one["type"].endswith("nightaudit.closed.v1")],
            world.memory.days.closing,
        )
        whole = whole or (
            [30_000] * 5,
            40_000,
            True,
            world.memory.days.figures[(INN.id, DAY)],
            [DAY.isoformat()],
            {},
        )
        assert result == whole
        if not killed:
            break
    assert at > 6


def test_the_morning_is_told_what_to_look_at(world: MemoryWorld) -> None:
    over = stay(world, "201", nights=1)
    company = stay(world, "202", nights=3)
    world.do(
        lambda h: cashier.set_company(Company(id="acme", name="示例公司", limit=10_000), accounts=h.accounts)
    )
    firm = world.do(
        lambda h: folios.add_window(
            company.id, title="-", payer=Payer.COMPANY, company="acme", accounts=h.accounts
        )
    )
    world.do(lambda h: folios.route(f"{company.id}.1", {"room": firm.id}, accounts=h.accounts))
    world.memory.board["203"] = replace(world.memory.board["201"], room="203", occupant="st_somebody")
    world.do(lambda h: cashier.open_shift(0, property=INN.id, accounts=h.accounts))
    world.memory.days.open[INN.id] = DAY
    night(world)
    world.now += ONE
    preview = night_audit.preview(INN.id, hotel=world.hotel(world.work()))
    assert (preview.rooms, preview.amount) == (2, 60_000)
    report = night_audit.run_due(INN.id, unit=world.unit)[-1]
    found = {one.look: one for one in report.findings}
    assert found[Look.OVERDUE].stay == over.id
    assert found[Look.OVER_LEDGER].folio == firm.id
    assert found[Look.ROOM_DIFFERS].room == "203"
    assert found[Look.DRAWER_OPEN].amount == 1


def test_figures_are_the_room_nights_and_what_was_corrected(world: MemoryWorld) -> None:
    here = stay(world, "201", nights=3)
    world.memory.days.open[INN.id] = DAY
    night(world)
    night_audit.run_due(INN.id, unit=world.unit)
    world.do(lambda h: folios.correct(f"{here.id}.1", 1, text="房价有误", accounts=h.accounts))
    world.do(
        lambda h: folios.charge(f"{here.id}.1", code="late-check-out", amount=5_000, accounts=h.accounts)
    )
    world.now += ONE
    night_audit.run_due(INN.id, unit=world.unit)
    hotel = world.hotel(world.work())
    facts = hotel.accounts.audits.facts(INN.id, DAY + ONE)
    book = hotel.accounts.book.entries(INN.id, DAY + ONE)
    figures = world.memory.days.figures[(INN.id, DAY + ONE)]
    others = adjustments(book, facts)
    assert [entry.amount for entry in others] == [-30_000, 5_000]
    assert figures.room[0] == sum(fact.amount for fact in facts) + sum(entry.amount for entry in others)
    both = totals([world.memory.days.figures[(INN.id, DAY)], figures])
    assert (both.let, both.room[0], both.rooms) == (2, 35_000, 20)
    assert len(COUNTING.words) == 6


def test_the_books_of_the_coming_nights_are_kept_with_the_day(world: MemoryWorld) -> None:
    stay(world, "201", nights=3)
    world.guarantee(world.hold(key="later", count=2, day=DAY + 2 * ONE))
    world.memory.days.open[INN.id] = DAY
    night(world)
    night_audit.run_due(INN.id, unit=world.unit)
    assert world.memory.days.snapshots[(INN.id, DAY)].rooms[:4] == (1, 3, 0, 0)


def test_free_and_house_rooms_are_let_without_revenue() -> None:
    figures = DayFigures(
        site="s", day=date(2035, 1, 1), rooms=100, out_of_order=4, paid=50, complimentary=3, house=1,
        room=(1_708_800, 96_725),
    )  # fmt: skip
    assert (figures.let, figures.available) == (54, 96)
    assert rates(figures).average_price == Decimal("316.44")
    assert rates(figures).revpar == Decimal("178.00")
    assert rates(figures, net=True).average_price == Decimal("298.53")
    assert {Let.PAID, Let.HOUSE} < set(Let)


def test_a_day_that_was_not_closed_is_a_gap_in_the_curves() -> None:
    one = DayFigures(site="s", day=date(2035, 1, 30), rooms=10, out_of_order=0, paid=5, room=(10_000, 0))
    shown = curves([one, replace(one, day=date(2035, 1, 31)), replace(one, day=date(2035, 2, 2), paid=10)])
    assert shown is not None
    assert shown["labels"] == ["1/30", "1/31", "2/1", "2/2"]
    assert shown["occupancy"] == [50.0, 50.0, None, 100.0]
    assert shown["adr"][2] is shown["revpar"][2] is None


def test_a_stay_that_grows_is_charged_night_by_night(world: MemoryWorld) -> None:
    here = stay(world, "201", nights=1)
    world.memory.days.open[INN.id] = DAY
    night(world)
    night_audit.run_due(INN.id, unit=world.unit)
    world.do(lambda hotel: length.extend(here.id, depart=DAY + 2 * ONE, agreed=None, hotel=hotel))
    world.now += ONE
    night_audit.run_due(INN.id, unit=world.unit)
    assert bill(world, here.id).charged == 60_000

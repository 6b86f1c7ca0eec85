"""The nightly proof, a slice at a time: resumed, killed, overdue, and what it finds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Clash
from tenants.bureau.domain.proof import Proof, due, night_of
from tenants.bureau.domain.wall import Day
from tenants.bureau.usecases import proving
from tests.fake_ledger import FakeLedger
from tests.feed_world import entry, tenant

NIGHT = date(2026, 11, 23)
NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # one in the morning in Zhengzhou
HOUSES = [
    tenant(chr(97 + n // 10) + chr(48 + n % 10), kind="scenic", slug=f"s{n}", name=f"示例{n}")
    for n in range(60)
]


class FakeProofs:
    """What is kept of each night, and how often it was."""

    def __init__(self) -> None:
        self.kept: dict[date, Proof] = {}
        self.steps = 0
        self.dies_at = 0

    def of(self, night: date) -> Proof | None:
        return self.kept.get(night)

    def keep(self, proof: Proof, *, before: Proof | None) -> None:
        if self.kept.get(proof.night) != before:
            raise Clash
        self.steps += 1
        if self.steps == self.dies_at:
            raise KeyboardInterrupt
        self.kept[proof.night] = proof


class City(FakeLedger):
    """Sixty senders on both days; ``wrong``: whose figures do not follow; looks at it are kept."""

    def __init__(self, *, wrong: str = "", heals: bool = False) -> None:
        super().__init__()
        self.wrong, self.heals = wrong, heals
        self.looked: list[tuple[date, str]] = []
        for back in (0, 1):
            at = NOW - timedelta(days=back, hours=12)
            self.take(*(entry(3, by=one, at=at) for one in HOUSES))

    def days(self, day: date) -> list[Day]:
        return [self._turned(one) for one in super().days(day)]

    def day(self, sender: str, day: date) -> Day | None:
        found = next((one for one in FakeLedger.days(self, day) if one.sender == sender), None)
        return found if self.heals or found is None else self._turned(found)

    def filed(self, *, sender: str, hour: str, type: str, **more: Any) -> Any:
        self.looked.append((date.fromisoformat(hour[:10]), sender))
        return super().filed(sender=sender, hour=hour, type=type, **more)

    def _turned(self, one: Day) -> Day:
        if one.sender != self.wrong:
            return one
        return replace(one, counters={**one.counters, "admitted": one.counters["admitted"] + 1})


@pytest.fixture
def alarms(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(proving, "alarm", lambda name, **facts: found.append((name, facts)))
    return found


def after(looks: int, city: City) -> Callable[[], bool]:
    """Time is up when so many senders have been looked at from now on."""
    stood = len(city.looked)
    return lambda: len(city.looked) - stood >= looks


def test_a_night_is_proven_in_slices_each_sender_once(alarms: list[Any]) -> None:
    city, proofs = City(), FakeProofs()
    runs = 0
    while proofs.of(NIGHT) is None or proofs.kept[NIGHT].done is None:
        at = NOW + timedelta(minutes=10 * runs)
        proving.prove(now=at, ledger=city, proofs=proofs, enough=after(17, city))
        runs += 1
    assert runs == 8, "120 senders' days, 17 a run"
    assert len(city.looked) == len(set(city.looked)) == 120
    assert {day for day, _ in city.looked} == {NIGHT - timedelta(days=1), NIGHT - timedelta(days=2)}
    assert proofs.kept[NIGHT].proven == 120
    assert proofs.kept[NIGHT].state(NOW) == "done"
    steps = proofs.steps
    proving.prove(now=NOW + timedelta(hours=9), ledger=city, proofs=proofs, enough=lambda: False)
    assert (len(city.looked), proofs.steps) == (120, steps), "what is proven is not proven again that night"
    assert not alarms


def test_a_run_that_is_killed_loses_its_last_step_and_nothing_else(alarms: list[Any]) -> None:
    city, proofs = City(), FakeProofs()
    proofs.dies_at = 4  # the third step of the night: begun, 25, 50, dead
    with pytest.raises(KeyboardInterrupt):
        proving.prove(now=NOW, ledger=city, proofs=proofs, enough=lambda: False)
    assert proofs.kept[NIGHT].proven == 50
    found = proving.prove(now=NOW + timedelta(minutes=10), ledger=city, proofs=proofs, enough=lambda: False)
    assert found.done is not None
    assert found.proven == 120
    assert len(set(city.looked)) == 120
    assert len(city.looked) == 130, "the ten that were looked at and not kept are looked at again"
    assert not alarms


def test_two_runs_at_once_do_not_both_go_on() -> None:
    city, proofs = City(), FakeProofs()
    proving.prove(now=NOW, ledger=city, proofs=proofs, enough=after(17, city))
    stood = proofs.kept[NIGHT]

    class Behind(FakeProofs):
        def of(self, night: date) -> Proof | None:
            return stood if night == NIGHT else None

    behind = Behind()
    behind.kept = {NIGHT: replace(stood, after="zzz")}
    with pytest.raises(Clash):
        proving.prove(now=NOW, ledger=city, proofs=behind, enough=lambda: False)


def test_whose_figures_do_not_follow_is_named_and_cries(alarms: list[Any]) -> None:
    wrong = HOUSES[31].id
    proofs = FakeProofs()
    found = proving.prove(now=NOW, ledger=City(wrong=wrong), proofs=proofs, enough=lambda: False)
    assert found.differing == (wrong,)
    assert alarms == [("bureau.figures-differ", {"sender": wrong, "names": ["admitted"]})] * 2


def test_what_came_between_two_readings_is_no_difference(alarms: list[Any]) -> None:
    city = City(wrong=HOUSES[31].id, heals=True)
    found = proving.prove(now=NOW, ledger=city, proofs=FakeProofs(), enough=lambda: False)
    assert found.differing == ()
    assert not alarms


def test_a_night_that_is_not_done_when_the_books_close_cries_once_and_goes_on(alarms: list[Any]) -> None:
    city, proofs = City(), FakeProofs()
    for minutes in (0, 310, 320):
        at = NOW + timedelta(minutes=minutes)
        proving.prove(now=at, ledger=city, proofs=proofs, enough=after(17, city))
    assert [name for name, _ in alarms] == ["bureau.proof-unfinished"]
    assert alarms[0][1]["night"] == NIGHT.isoformat()
    assert proofs.kept[NIGHT].proven == 51


def test_a_night_that_nobody_finished_is_said_when_the_next_begins(alarms: list[Any]) -> None:
    city, proofs = City(), FakeProofs()
    proving.prove(now=NOW, ledger=city, proofs=proofs, enough=after(17, city))
    proving.prove(now=NOW + timedelta(days=1), ledger=city, proofs=proofs, enough=lambda: False)
    assert [facts["night"] for _, facts in alarms] == [NIGHT.isoformat()]
    alarms.clear()
    proving.prove(now=NOW + timedelta(days=3), ledger=city, proofs=proofs, enough=lambda: False)
    assert [facts["night"] for _, facts in alarms] == [(NIGHT + timedelta(days=2)).isoformat()], "none ran"


def test_before_half_past_midnight_it_is_still_the_night_before() -> None:
    assert night_of(datetime(2026, 11, 22, 16, 29, tzinfo=UTC)) == NIGHT - timedelta(days=1)
    assert night_of(datetime(2026, 11, 22, 16, 31, tzinfo=UTC)) == NIGHT
    assert due(NIGHT) == datetime(2026, 11, 22, 22, 0, tzinfo=UTC)

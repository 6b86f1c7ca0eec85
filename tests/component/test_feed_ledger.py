"""The ledger on the engine: every event once, whatever the order, and figures that follow from events."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chalicelib.messaging.consumer import consume
from chalicelib.messaging.manifest import close_digest, day_manifest
from infra.local.fixture import Stack
from tenants.bureau.domain.figures import added, contribution, day_of
from tenants.bureau.domain.wall import Known
from tenants.bureau.manifest import MODULE
from tenants.bureau.store import LedgerStore, filing
from tenants.bureau.usecases.watching import reconcile, see_asides, see_events
from tests.feed_world import (
    ALL,
    BUREAU,
    DAY,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    counters,
    differences,
    entry,
    flow,
    gauge,
    later,
    message,
    payment,
    said,
    settle,
    take,
    ticket,
)

pytestmark = pytest.mark.usefixtures("city")


class TestTheLedger:
    def test_a_duplicate_counts_once(self) -> None:
        one = ticket(2)
        assert take(one, one) == set()
        assert take(one, replay="archive-1") == set()
        assert counters()["sold"] == 2
        assert counters()["received"] == 1
        assert differences() == []

    def test_order_and_delay_change_nothing(self) -> None:
        events = [ticket(n % 3 + 1, at=later(minutes=-n)) for n in range(30)]
        events += [entry(n, at=later(minutes=-5 * n), refused={"used": 1}) for n in range(20)]
        events += [flow(n, at=later(minutes=-n)) for n in range(10)]
        random.Random(4).shuffle(events)
        for start in range(0, len(events), 7):
            assert take(*events[start : start + 7]) == set()
        expected = added(contribution(one) for one in events)
        kept = counters()
        assert {name: kept[name] for name in expected} == expected
        assert gauge("flow:main")["inside"] == 0, "the latest by time of occurrence"
        assert differences() == []

    @pytest.mark.parametrize("first", ["original", "correction"])
    def test_a_correction_replaces_once(self, first: str) -> None:
        wrong = entry(90, refused={"used": 3})
        right = entry(9, corrects=wrong["id"], at=later(minutes=1))
        order = [wrong, right] if first == "original" else [right, wrong]
        for one in (*order, *order):
            assert take(one) == set()
        assert counters()["admitted"] == 9
        assert "refused" not in counters()
        assert counters()["replaced"] == 1
        assert counters()["n:tourism.scenic.entry.counted.v1"] == 2, "both arrived, both can be reconciled"
        assert differences() == []

    def test_a_correction_may_move_to_another_day(self) -> None:
        wrong = entry(5)
        right = entry(5, corrects=wrong["id"], at=NOW - timedelta(days=1), now=NOW)
        take(wrong)
        take(right)
        assert "admitted" not in counters()
        assert counters(day=DAY - timedelta(days=1))["admitted"] == 5
        assert differences() == []
        assert differences(DAY - timedelta(days=1)) == []

    def test_a_corrected_gauge_gives_way(self) -> None:
        before, wrong = flow(300, at=later(minutes=-5)), flow(900)
        take(before, wrong)
        right = flow(200, at=later(minutes=-2), corrects=wrong["id"], now=NOW)
        take(right)
        assert gauge("flow:main")["inside"] == 200
        assert differences() == []

    def test_nobody_corrects_for_another(self) -> None:
        theirs = entry(7)
        take(theirs)
        take(entry(1, by=SONGYANG, corrects=theirs["id"]))
        assert counters()["admitted"] == 7
        assert counters(SONGYANG)["admitted"] == 1

    def test_exercises_are_kept_apart(self) -> None:
        take(entry(50, status="exercise"), entry(1))
        assert counters()["admitted"] == 1
        assert counters()["apart"] == 1
        assert counters()["received"] == 2
        assert differences() == []

    def test_late_is_marked_by_the_deadline(self) -> None:
        take(entry(1, due=later(minutes=1)), entry(1, due=later(seconds=1)), now=later(seconds=30))
        assert counters()["late"] == 1

    def test_what_is_invalid_is_set_aside_with_its_reason(self) -> None:
        named = entry(1)
        named["data"]["guestName"] = "█"
        ahead = {**ticket(1), "type": "tourism.scenic.ticket.issued.v2"}
        bad = [
            named,
            {**entry(1), "piiclass": "p2"},
            {**entry(1), "tenantid": "tn_" + "9" * 26},
            {**entry(1), "source": "/tenants/songyang/scenic"},
            {**entry(1), "type": "tourism.scenic.dragon.seen.v1"},
            ahead,
            entry(1, at=later(minutes=11)),
            {"not": "an envelope"},
        ]
        assert take(*bad, entry(6)) == set()
        assert take(*bad) == set(), "a second time changes nothing"
        with acting_for(BUREAU):
            asides, cursor = see_asides(day=DAY, ledger=LedgerStore())
        assert sorted(one.code for one in asides) == [
            "feed.personal",
            "feed.personal",
            "feed.schema",
            "feed.sender.forged",
            "feed.sender.unknown",
            "feed.time.future",
            "feed.type.unknown",
            "feed.version.ahead",
        ]
        assert [one.parked for one in asides if one.code == "feed.version.ahead"] == [True]
        assert counters()["quarantined"] == 4
        assert counters()["parked"] == 1
        assert counters()["admitted"] == 6
        assert cursor == ""

    def test_large_bodies_are_not_kept(self) -> None:
        take({**entry(1), "subject": "x" * 100_000})
        with acting_for(BUREAU):
            ((aside,), _) = see_asides(day=DAY, ledger=LedgerStore())
        assert len(aside.body) < 200

    def test_poison_never_holds_up_the_others(self, monkeypatch: Any) -> None:
        poison, real = ticket(1), filing.transact

        def failing(writes: list[Any]) -> None:
            if any(poison["id"] in json.dumps(write, default=str) for write in writes):
                raise RuntimeError("the engine refuses this one")
            real(writes)

        junk = {"messageId": "junk", "body": "{"}
        records = [message(ticket(2)), message(poison), junk, message(ticket(4))]
        with monkeypatch.context() as patch:
            patch.setattr(filing, "transact", failing)
            failures = consume(MODULE, records, now=NOW)["batchItemFailures"]
        assert {one["itemIdentifier"] for one in failures} == {"junk", records[1]["messageId"]}
        assert counters()["sold"] == 6
        consume(MODULE, records[:2], now=NOW)
        assert counters()["sold"] == 7

    def test_many_hands_count_exactly(self) -> None:
        events = [ticket(1) for _ in range(60)] + [entry(1) for _ in range(60)]
        correction = entry(0, corrects=events[-1]["id"])
        work = [events[start : start + 10] for start in range(0, 120, 10)]
        work = work + work + [[correction]]
        random.Random(1).shuffle(work)

        def hand(part: list[dict[str, Any]]) -> None:
            for _ in range(20):
                if not take(*part):
                    return
            raise AssertionError("never got in")

        with ThreadPoolExecutor(8) as hands:
            list(hands.map(hand, work))
        assert counters()["sold"] == 60
        assert counters()["admitted"] == 59
        assert differences() == []

    def test_every_number_leads_to_its_events(self) -> None:
        events = [ticket(1, at=later(minutes=-n)) for n in range(12)] + [entry(1, at=later(hours=-1))]
        take(*events)
        with acting_for(BUREAU):
            ledger = LedgerStore()
            first = see_events(sender=SHAOLIN.id, day=DAY, ledger=ledger, limit=10)
            rest = see_events(sender=SHAOLIN.id, day=DAY, ledger=ledger, limit=10, cursor=first.cursor)
            hour = see_events(
                sender=SHAOLIN.id, day=DAY, ledger=ledger, hour=9, type="tourism.scenic.entry.counted.v1"
            )
        found = [one.entry.id for one in (*first.events, *rest.events)]
        assert sorted(found) == sorted(one["id"] for one in events)
        assert found[:12] == sorted((one["id"] for one in events[:12]), reverse=True)
        assert rest.cursor == ""
        assert [one.entry.envelope for one in hour.events] == [events[-1]]


@st.composite
def histories(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """What two senders say over two days, with corrections of corrections, then doubled, shuffled and cut."""
    said_so_far: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 14))):
        who = draw(st.sampled_from([SHAOLIN, SONGYANG]))
        at = NOW - timedelta(hours=draw(st.integers(0, 30)), minutes=draw(st.integers(0, 59)))
        mine = [one["id"] for one in said_so_far if one["tenantid"] == who.id]
        corrects = draw(st.none() | st.sampled_from(mine)) if mine else None
        make = draw(st.sampled_from([ticket, entry, flow, payment]))
        status = draw(st.sampled_from(["actual", "actual", "actual", "test"]))
        number = draw(st.integers(1, 9))
        said_so_far.append(make(number, by=who, at=at, corrects=corrects, status=status))  # type: ignore[operator]
    doubled = said_so_far + draw(st.lists(st.sampled_from(said_so_far), max_size=8))
    order = draw(st.permutations(doubled))
    size = draw(st.integers(1, 10))
    return [order[start : start + size] for start in range(0, len(order), size)]


class TestAnyHistory:
    @settings(
        max_examples=15,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],  # shrinking on the engine takes minutes
    )
    @given(histories())
    def test_ends_in_the_figures_of_what_stands(
        self, engine: Stack, history: list[list[dict[str, Any]]]
    ) -> None:
        engine.reset()
        settle()
        for part in history:
            assert take(*part) == set()
        events = {one["id"]: one for part in history for one in part}
        gone = {one.get("corrects") for one in events.values() if one["status"] == "actual"}
        for sender in (SHAOLIN, SONGYANG):
            for day in (DAY, DAY - timedelta(days=1)):
                standing = [
                    one
                    for one in events.values()
                    if one["tenantid"] == sender.id and day_of(one) == day and one["id"] not in gone
                ]
                expected = added(contribution(one) for one in standing)
                names = {name for one in events.values() for name in contribution(one)}
                kept = counters(sender, day)
                assert {name: kept[name] for name in names if name in kept} == expected
                assert differences(day) == []


class TestTheClose:
    def close(self, sent: list[dict[str, Any]], *, previous: str = "") -> dict[str, Any]:
        data = {"day": DAY.isoformat(), "sent": day_manifest(sent), "previous": previous}
        return said("tourism.scenic.day.closed.v1", data, at=later(hours=15))

    def verdict(self) -> Any:
        known = [Known(id=one.id, name=one.name, kind=one.kind, district=one.district) for one in ALL]
        with acting_for(BUREAU):
            found = reconcile(day=DAY, ledger=LedgerStore(), senders=lambda: known)
        return next(one for one in found if one.line.sender == SHAOLIN.id)

    def test_a_close_is_held_against_what_arrived_and_heals(self) -> None:
        sent = [ticket(1), ticket(2), entry(3)]
        assert self.verdict().verdict.state == "open"
        take(*sent[:2])
        take(self.close(sent), now=later(hours=16))
        lacking = self.verdict().verdict
        assert (lacking.state, lacking.missing) == ("missing", 1)
        assert lacking.lacking == ["tourism.scenic.entry.counted.v1"]
        take(sent[2])
        assert self.verdict().verdict.state == "equal"
        take(ticket(9))
        assert self.verdict().verdict.state == "surplus"

    def test_as_many_but_others_is_seen(self) -> None:
        take(ticket(1))
        take(self.close([ticket(1)]), now=later(hours=16))
        assert self.verdict().verdict.state == "differs"

    def test_closes_form_a_chain(self) -> None:
        yesterday = {"day": "2026-11-21", "sent": {}, "previous": ""}
        take(said("tourism.scenic.day.closed.v1", yesterday))
        take(self.close([], previous=close_digest(yesterday)), now=later(hours=16))
        assert self.verdict().chain == "kept"
        other = {**yesterday, "previous": "0" * 64}
        take(said("tourism.scenic.day.closed.v1", other, at=later(minutes=5)))
        assert self.verdict().chain == "broken"


def test_a_correction_between_filing_and_telling_leaves_no_stale_gauge(
    engine: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = flow(900, at=later(minutes=5))
    right = flow(90, corrects=wrong["id"])
    tell, inner = LedgerStore.tell, []

    def slow(self: LedgerStore, told: Any) -> None:
        """Another worker takes the correction in before this one says its gauges."""
        if not inner:
            inner.append(True)
            take(right, now=later(minutes=6))
        tell(self, told)

    monkeypatch.setattr(LedgerStore, "tell", slow)
    take(wrong, now=later(minutes=6))
    assert gauge("flow:main")["inside"] == 90

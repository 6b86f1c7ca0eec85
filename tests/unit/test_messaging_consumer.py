"""The consumer and the schedules: the right tenant for each event, and trouble that stays where it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from chalicelib.kernel.module import Arrival, Module, Schedule
from chalicelib.messaging import consumer, schedules
from chalicelib.messaging.consumer import consume, replayed
from chalicelib.persistence import directory
from chalicelib.tenancy.context import current
from tests.feed_world import ALL, BUREAU, HOTEL, NOW, SHAOLIN, SONGYANG, entry, message, said

BOTH = ("tourism.up", "tourism.down")


@pytest.fixture(autouse=True)
def city(monkeypatch: pytest.MonkeyPatch) -> Iterable[None]:
    known = {one.id: one for one in ALL}
    monkeypatch.setattr(directory, "by_id", known.get)
    monkeypatch.setattr(
        directory, "tenants", lambda *, kind=None: iter(one for one in ALL if kind in (None, one.kind))
    )
    consumer.forget_homes()
    yield
    consumer.forget_homes()


class Notes:
    """An inbox that writes down whom it worked for."""

    def __init__(self, *, poison: str = "") -> None:
        self.seen: list[tuple[str, str, bool]] = []
        self.poison = poison

    def __call__(self, envelope: Any, now: datetime) -> None:
        if envelope["id"] == self.poison:
            raise RuntimeError("poison")
        self.seen.append((current().tenant.id, envelope["id"], replayed()))


class Batches:
    def __init__(self, *, poison: str = "") -> None:
        self.seen: list[tuple[str, int]] = []
        self.poison = poison

    def batch(self, arrivals: Any, now: datetime) -> set[int]:
        if self.poison in {one.envelope["id"] for one in arrivals}:
            raise RuntimeError("poison")
        self.seen.append((current().tenant.id, len(arrivals)))
        return {len(arrivals) - 1} if len(arrivals) == 3 else set()


def module(inbox: Any, **more: Any) -> Module:
    return Module(key=more.pop("key", "scenic"), sources=BOTH, inbox=lambda: inbox, **more)


def test_each_event_is_taken_under_its_own_tenant() -> None:
    notes, mine, theirs = Notes(), entry(1), entry(1, by=SONGYANG)
    records = [message(mine), message(theirs), message(entry(1, by=HOTEL))]
    assert consume(module(notes), records, now=NOW) == {"batchItemFailures": []}
    assert [who for who, _, _ in notes.seen] == [SHAOLIN.id, SONGYANG.id]


def test_what_goes_down_reaches_those_it_names() -> None:
    data = {"to": [SONGYANG.id, HOTEL.id], "form": "resend", "day": "2026-11-21"}
    order = said("tourism.report.return.requested.v1", data, by=BUREAU)
    notes = Notes()
    consume(module(notes), [message(order, source="tourism.down")], now=NOW)
    assert [who for who, _, _ in notes.seen] == [SONGYANG.id]


def test_other_lanes_are_none_of_its_business() -> None:
    notes = Notes()
    assert consume(module(notes), [message(entry(1), source="tourism.inside")], now=NOW) == {
        "batchItemFailures": []
    }
    assert notes.seen == []


def test_poison_and_junk_fail_alone() -> None:
    poison = entry(1)
    notes = Notes(poison=poison["id"])
    records = [message(entry(1)), message(poison), {"messageId": "junk", "body": "]"}, message(entry(2))]
    failures = consume(module(notes), records, now=NOW)["batchItemFailures"]
    assert [one["itemIdentifier"] for one in failures] == [records[1]["messageId"], "junk"]
    assert len(notes.seen) == 2


def test_a_replay_is_told() -> None:
    notes = Notes()
    consume(module(notes), [message(entry(1), **{"replay-name": "golden-week"}), message(entry(1))], now=NOW)
    assert [again for _, _, again in notes.seen] == [True, False]
    assert not replayed()


def test_the_bureau_takes_everything_at_home_and_at_once() -> None:
    inbox = Batches()
    records = [message(entry(1)), message(entry(1, by=SONGYANG)), message(entry(1, by=HOTEL))]
    failures = consume(module(inbox, key="bureau", own=False), records, now=NOW)["batchItemFailures"]
    assert inbox.seen == [(BUREAU.id, 3)]
    assert [one["itemIdentifier"] for one in failures] == [records[2]["messageId"]]


def test_a_batch_goes_to_each_tenant_apart() -> None:
    inbox = Batches()
    records = [message(entry(1)), message(entry(1, by=SONGYANG)), message(entry(1))]
    assert consume(module(inbox), records, now=NOW)["batchItemFailures"] == []
    assert inbox.seen == [(SHAOLIN.id, 2), (SONGYANG.id, 1)]


def test_a_batch_that_crashes_is_taken_one_by_one() -> None:
    poison = entry(1)
    inbox = Batches(poison=poison["id"])
    records = [message(entry(1)), message(poison), message(entry(1))]
    failures = consume(module(inbox), records, now=NOW)["batchItemFailures"]
    assert [one["itemIdentifier"] for one in failures] == [records[1]["messageId"]]
    assert inbox.seen == [(SHAOLIN.id, 1), (SHAOLIN.id, 1)]


def test_without_a_home_everything_waits() -> None:
    homeless = module(Notes(), key="police", own=False)
    assert len(consume(homeless, [message(entry(1))], now=NOW)["batchItemFailures"]) == 1


def test_one_tenants_crash_stops_no_other_duty() -> None:
    done: list[str] = []

    def duty(now: datetime) -> None:
        if current().tenant == SHAOLIN:
            raise RuntimeError("at home only")
        done.append(current().tenant.id)

    schedule = Schedule(name="close", minutes=60, run=duty)
    assert schedules.run(module(Notes()), schedule, now=NOW) == {"done": 1, "failed": 1}
    assert done == [SONGYANG.id]


def test_a_schedule_is_found_by_its_modules_key_and_its_name_and_no_other_is_run() -> None:
    close = Schedule(name="close", minutes=60, run=lambda _: None)
    area = module(Notes(), schedules=(close,))
    inn = module(Notes(), key="hotel", schedules=(close,))
    assert schedules.find((area, inn), "hotel", "close") == (inn, close)
    with pytest.raises(LookupError, match=r"hotel\.open"):
        schedules.find((area, inn), "hotel", "open")


def test_an_arrival_is_what_the_bus_delivered() -> None:
    one = Arrival(envelope={}, lane="tourism.up")
    assert one.replay is None

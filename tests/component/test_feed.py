"""The feed on the engine: from a committed outbox row over the bus into the bureau's ledger and figures."""

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.module import Arrival
from chalicelib.messaging import bus, manifest, schemas
from chalicelib.messaging.consumer import consume, queue_names, redrive
from chalicelib.messaging.manifest import close_digest, day_manifest
from chalicelib.messaging.quarantine import quarantined
from chalicelib.messaging.relay import relay, resend, sweep
from chalicelib.persistence.journal import OutboxRow, outbox_row
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.credentials import own_client
from infra.local.fixture import Stack
from tenants.bureau.domain.figures import added, contribution
from tenants.bureau.inbox import BureauInbox
from tenants.bureau.manifest import MODULE
from tenants.bureau.store import LedgerStore
from tenants.bureau.usecases import intake
from tenants.bureau.usecases.proving import recompute
from tenants.bureau.usecases.watching import see_asides, see_events
from tests.feed_contracts import contracts
from tests.feed_world import (
    BUREAU,
    HOTEL,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    entry,
    flow,
    forget,
    later,
    message,
    payment,
    said,
    settle,
    ticket,
)

pytestmark = pytest.mark.component
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def engine() -> Iterator[Stack]:
    with Stack(consumers=[MODULE]) as stack:
        forget()
        yield stack
    forget()


@pytest.fixture(autouse=True)
def city(engine: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    for user in (bus, schemas, intake, manifest):
        monkeypatch.setattr(user, "contracts", contracts)
    engine.reset()
    forget()
    settle()
    return engine


def take(*envelopes: dict[str, Any], now: Any = None, replay: str | None = None) -> set[int]:
    with acting_for(BUREAU):
        arrivals = [Arrival(envelope=one, lane="tourism.up", replay=replay) for one in envelopes]
        return BureauInbox().batch(arrivals, now or later(seconds=5))


def counters(sender: Any = SHAOLIN, day: date = DAY) -> dict[str, int]:
    with acting_for(BUREAU):
        told = LedgerStore().day(sender.id, day)
    return {name: n for name, n in told.counters.items() if n} if told else {}


def gauge(name: str, sender: Any = SHAOLIN, day: date = DAY) -> Any:
    with acting_for(BUREAU):
        told = LedgerStore().day(sender.id, day)
    return told.gauges[name].value if told and name in told.gauges else None


def differences(day: date = DAY) -> list[Any]:
    with acting_for(BUREAU):
        return recompute(day=day, ledger=LedgerStore())


def changes(engine: Stack) -> list[dict[str, Any]]:
    """The stream records of the app table, as the relay gets them."""
    streams = engine.client("dynamodbstreams")
    table = engine.client("dynamodb").describe_table(TableName=engine.environment["SONGYUN_APP_TABLE"])
    arn = table["Table"]["LatestStreamArn"]
    found: list[dict[str, Any]] = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        found += streams.get_records(ShardIterator=iterator)["Records"]
    return found


def queued(engine: Stack, *, dead: bool = False) -> list[dict[str, Any]]:
    """The messages that wait in the bureau's queue, taken out of it."""
    sqs = engine.client("sqs")
    url = sqs.get_queue_url(QueueName=queue_names(MODULE)[int(dead)])["QueueUrl"]
    found: list[dict[str, Any]] = []
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        found += [{"messageId": one["MessageId"], "body": one["Body"]} for one in got]
        for one in got:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    return found


def commit(*events: Event, who: Any = SHAOLIN) -> None:
    with acting_for(who):
        work = UnitOfWork(action="test.say", now=NOW)
        work.publish(*events)
        work.commit()


def waiting(who: Any = SHAOLIN) -> int:
    with acting_for(who):
        return sum(
            len(list(OutboxRow.query(tenant_key("OUTBOX", str(lane)), consistent_read=True)))
            for lane in range(LANES)
        )


def event_of(document: dict[str, Any]) -> Event:
    return Event(
        type=document["type"],
        subject=document["subject"],
        at=NOW,
        data=document["data"],
        personal=document["piiclass"],
        id=document["id"],
    )


class TestTheWayUp:
    def test_what_was_committed_reaches_the_figures(self, engine: Stack) -> None:
        commit(event_of(ticket(3)), event_of(payment(24000)))
        commit(event_of(entry(2, by=SONGYANG)), who=SONGYANG)
        assert relay(changes(engine), now=NOW) == {"batchItemFailures": []}
        assert waiting() == 0
        assert consume(MODULE, queued(engine), now=later(seconds=1)) == {"batchItemFailures": []}
        assert counters()["sold"] == 3
        assert counters()["paid_fen.card"] == 24000
        assert counters(SONGYANG)["admitted"] == 2
        assert differences() == []

    def test_a_row_may_carry_its_own_outbox(self, engine: Stack) -> None:
        document = entry(1)
        image = {"pk": {"S": f"T#{SHAOLIN.id}#PASS#x"}, "sk": {"S": "-"}, "kind": {"S": "pass"}}
        new = {**image, "out": {"S": json.dumps([document])}}
        record = {
            "eventName": "MODIFY",
            "dynamodb": {"OldImage": image, "NewImage": new, "SequenceNumber": "1"},
        }
        again = {"eventName": "MODIFY", "dynamodb": {"OldImage": new, "NewImage": new, "SequenceNumber": "2"}}
        assert relay([record, again], now=NOW)["batchItemFailures"] == []
        assert len(queued(engine)) == 1

    def test_nobody_speaks_for_another_tenant(self, engine: Stack) -> None:
        forged = entry(500, by=SONGYANG)
        with acting_for(SHAOLIN):
            outbox_row([forged, entry(1)], id=new_id("jn", now=NOW)).put()
        assert relay(changes(engine), now=NOW)["batchItemFailures"] == []
        (through,) = queued(engine)
        assert json.loads(through["body"])["detail"]["tenantid"] == SHAOLIN.id
        with acting_for(SHAOLIN):
            (kept,) = quarantined(day=DAY)
        assert kept.code == "feed.sender.forged"
        assert waiting() == 0

    def test_a_kind_says_only_what_is_its_to_say(self, engine: Stack) -> None:
        with acting_for(HOTEL):
            outbox_row([entry(1, by=HOTEL)], id=new_id("jn", now=NOW)).put()
        relay(changes(engine), now=NOW)
        assert queued(engine) == []

    def test_a_bus_that_is_down_loses_nothing(self, engine: Stack, monkeypatch: Any) -> None:
        commit(event_of(ticket(1)))
        records = changes(engine)
        with bus_down(monkeypatch):
            failures = relay(records, now=NOW)["batchItemFailures"]
            assert len(failures) == 1
            assert waiting() == 1
            assert sweep(now=later(minutes=5))["failed"] == 1
        assert sweep(now=later(seconds=30))["rows"] == 0, "too young"
        assert sweep(now=later(minutes=5)) == {"rows": 1, "events": 1, "failed": 0}
        assert waiting() == 0
        assert len(queued(engine)) == 1

    def test_only_failed_entries_are_put_again(self, engine: Stack, monkeypatch: Any) -> None:
        commit(*(event_of(ticket(1)) for _ in range(4)))
        flaky = FlakyBus(failing={1, 2}, times=1)
        monkeypatch.setattr(bus, "own_client", lambda _service: flaky)
        assert relay(changes(engine), now=NOW)["batchItemFailures"] == []
        assert [len(call) for call in flaky.calls] == [4, 2]
        assert waiting() == 0

    def test_a_day_is_sent_again_from_the_audit(self, engine: Stack) -> None:
        commit(event_of(ticket(2)), event_of(payment()))
        relay(changes(engine), now=NOW)
        assert len(queued(engine)) == 2, "and these are lost"
        with acting_for(SHAOLIN):
            assert resend(day=DAY, now=NOW, types=["tourism.scenic.ticket.issued.v1"]) == {
                "events": 1,
                "failed": 0,
            }
            assert resend(day=DAY, now=NOW, hours=[3])["events"] == 0
        consume(MODULE, queued(engine), now=NOW)
        assert counters()["sold"] == 2

    def test_dead_messages_come_back(self, engine: Stack) -> None:
        sqs = own_client("sqs")
        url = sqs.get_queue_url(QueueName=queue_names(MODULE)[1])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=message(entry(4))["body"])
        assert redrive(MODULE) == 1
        consume(MODULE, queued(engine), now=NOW)
        assert counters()["admitted"] == 4


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
        from tenants.bureau.store import filing

        poison, real = ticket(1), filing._transact

        def failing(writes: list[Any]) -> None:
            if any(poison["id"] in json.dumps(write, default=str) for write in writes):
                raise RuntimeError("the engine refuses this one")
            real(writes)

        junk = {"messageId": "junk", "body": "{"}
        records = [message(ticket(2)), message(poison), junk, message(ticket(4))]
        with monkeypatch.context() as patch:
            patch.setattr(filing, "_transact", failing)
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


class TestTheClose:
    def close(self, sent: list[dict[str, Any]], *, previous: str = "") -> dict[str, Any]:
        data = {"day": DAY.isoformat(), "sent": day_manifest(sent), "previous": previous}
        return said("tourism.scenic.day.closed.v1", data, at=later(hours=15))

    def verdict(self) -> Any:
        from tenants.bureau.domain.wall import Known
        from tenants.bureau.usecases.watching import reconcile
        from tests.feed_world import ALL

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


class FlakyBus:
    """Takes everything but some entries of its first calls."""

    def __init__(self, *, failing: set[int], times: int) -> None:
        self.calls: list[list[Any]] = []
        self._failing, self._times = failing, times

    def put_events(self, *, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - the SDK's name
        self.calls.append(Entries)
        bad = self._failing if len(self.calls) <= self._times else set()
        verdicts = [
            {"ErrorCode": "Throttled"} if index in bad else {"EventId": str(index)}
            for index in range(len(Entries))
        ]
        return {"FailedEntryCount": len(bad), "Entries": verdicts}


@contextmanager
def bus_down(monkeypatch: Any) -> Iterator[None]:
    class Down:
        def put_events(self, **_: Any) -> None:
            raise ConnectionError("no bus")

    with monkeypatch.context() as patch:
        patch.setattr(bus, "own_client", lambda _service: Down())
        yield

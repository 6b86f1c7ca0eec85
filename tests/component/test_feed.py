"""The way up on the engine: from a committed outbox row over the bus to the bureau's inbox."""

import base64
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import new_id
from chalicelib.messaging import bus
from chalicelib.messaging.consumer import consume, queue_names, redrive
from chalicelib.messaging.quarantine import quarantined
from chalicelib.messaging.relay import relay, resend, sweep
from chalicelib.persistence.journal import OutboxRow, outbox_row, packed
from chalicelib.persistence.table import LANES, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.credentials import own_client
from infra.local.fixture import Stack
from tenants.bureau.manifest import MODULE
from tests.feed_world import (
    DAY,
    HOTEL,
    NOW,
    SHAOLIN,
    SONGYANG,
    acting_for,
    counters,
    differences,
    entry,
    later,
    message,
    payment,
    ticket,
)

pytestmark = pytest.mark.usefixtures("city")


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
            outbox_row(packed([forged, entry(1)]), id=new_id("jn", now=NOW)).put()
        assert relay(changes(engine), now=NOW)["batchItemFailures"] == []
        (through,) = queued(engine)
        assert json.loads(through["body"])["detail"]["tenantid"] == SHAOLIN.id
        with acting_for(SHAOLIN):
            (kept,) = quarantined(day=DAY)
        assert kept.code == "feed.sender.forged"
        assert waiting() == 0

    @pytest.mark.parametrize("way", ["stream", "sweep"])
    def test_what_the_release_before_wrote_is_published_too(self, engine: Stack, way: str) -> None:
        with acting_for(SHAOLIN):
            row = outbox_row(packed([entry(1)]), id=new_id("jn", now=NOW))
        text = {**row.to_dynamodb_dict(), "events": {"S": json.dumps([entry(1)])}}
        engine.client("dynamodb").put_item(TableName=engine.environment["SONGYUN_APP_TABLE"], Item=text)
        if way == "stream":
            assert relay(changes(engine), now=NOW)["batchItemFailures"] == []
        else:
            assert sweep(now=NOW + timedelta(minutes=5))["events"] == 1
        assert len(queued(engine)) == 1
        assert waiting() == 0

    @pytest.mark.parametrize("kept", [b"not packed", packed([])[:-2], zlib.compress(b"{}")])
    def test_what_cannot_be_read_is_set_aside_and_holds_nobody_up(self, engine: Stack, kept: bytes) -> None:
        with acting_for(SHAOLIN):
            outbox_row(kept, id=new_id("jn", now=NOW)).put()
            outbox_row(packed([entry(1)]), id=new_id("jn", now=NOW)).put()
        assert relay(changes(engine), now=NOW)["batchItemFailures"] == []
        assert len(queued(engine)) == 1
        with acting_for(SHAOLIN):
            (aside,) = quarantined(day=DAY)
        assert aside.code == "feed.malformed"
        assert waiting() == 0

    @pytest.mark.parametrize("shown", [bytes, lambda events: base64.b64encode(events).decode()])
    def test_a_stream_shows_bytes_as_they_are_or_in_base64(self, engine: Stack, shown: Any) -> None:
        with acting_for(SHAOLIN):
            row = outbox_row(packed([entry(1)]), id=new_id("jn", now=NOW))
        image = {**row.to_dynamodb_dict(), "events": {"B": shown(row.events)}}
        record = {"eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}
        assert relay([record], now=NOW)["batchItemFailures"] == []
        assert len(queued(engine)) == 1

    def test_a_kind_says_only_what_is_its_to_say(self, engine: Stack) -> None:
        with acting_for(HOTEL):
            outbox_row(packed([entry(1, by=HOTEL)]), id=new_id("jn", now=NOW)).put()
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
        monkeypatch.setattr(bus, "own_bus", lambda: flaky)
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


class FlakyBus:
    """Takes everything but some entries of its first calls."""

    def __init__(self, *, failing: set[int], times: int) -> None:
        self.calls: list[list[Any]] = []
        self._failing, self._times = failing, times

    def put(self, entries: list[Any]) -> dict[str, Any]:
        self.calls.append(entries)
        bad = self._failing if len(self.calls) <= self._times else set()
        verdicts = [
            {"ErrorCode": "Throttled"} if index in bad else {"EventId": str(index)}
            for index in range(len(entries))
        ]
        return {"FailedEntryCount": len(bad), "Entries": verdicts}


@contextmanager
def bus_down(monkeypatch: Any) -> Iterator[None]:
    class Down:
        def put(self, _entries: Any) -> None:
            raise ConnectionError("no bus")

    with monkeypatch.context() as patch:
        patch.setattr(bus, "own_bus", Down)
        yield

"""What the embedded engine acknowledged is there after kill -9, and a damaged folder says so."""

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.fixture import Stack
from infra.local.process import NotStarted
from infra.local.pumps.wire import Engine

pytestmark = pytest.mark.component

APP = "songyun-local-app"
LEDGER = "songyun-local-ledger"
ROUNDS = int(os.environ.get("DURABILITY_ROUNDS", "3"))


@dataclass(frozen=True)
class Consumer:
    key: str
    consumes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(data_dir=tmp_path, consumers=(Consumer("bureau", ("tourism.*",)),)) as started:
        yield started


def key(pk: str, sk: str = "-") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


class Writers:
    """Four threads that write until the engine is gone, and remember what was acknowledged."""

    def __init__(self, stack: Stack, *, round_: int) -> None:
        self._stack = stack
        self._round = round_
        self.acknowledged: dict[str, int] = {}  # partition → counter
        self.deleted: set[str] = set()
        self.pairs: set[str] = set()
        self._threads = [threading.Thread(target=self._write, args=(w,)) for w in range(4)]
        for thread in self._threads:
            thread.start()

    def run_for_a_while(self) -> None:
        """Until every writer is well under way, and a random moment longer."""
        deadline = time.monotonic() + 20
        while len(self.pairs) < 40 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.3))

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _write(self, writer: int) -> None:
        db = self._stack.client("dynamodb")
        counter = f"r{self._round}-w{writer}"
        turn = 0
        while True:
            turn += 1
            name = f"{counter}-{turn}"
            try:
                db.update_item(
                    TableName=APP,
                    Key=key(counter),
                    UpdateExpression="ADD n :one",
                    ExpressionAttributeValues={":one": {"N": "1"}},
                )
                self.acknowledged[counter] = turn
                db.transact_write_items(
                    TransactItems=[
                        {"Put": {"TableName": table, "Item": key(f"pair-{name}")}} for table in (APP, LEDGER)
                    ]
                )
                self.pairs.add(f"pair-{name}")
                db.put_item(TableName=APP, Item=key(f"gone-{name}"))
                db.delete_item(TableName=APP, Key=key(f"gone-{name}"))
                self.deleted.add(f"gone-{name}")
            except (BotoCoreError, ClientError):
                return


def item(db: Any, pk: str, table: str = APP) -> Any:
    return db.get_item(TableName=table, Key=key(pk)).get("Item")


def test_every_acknowledged_write_survives_kill_9(stack: Stack) -> None:
    written: list[Writers] = []
    for round_ in range(ROUNDS):
        writers = Writers(stack, round_=round_)
        writers.run_for_a_while()
        stack.kill(writer_first=round_ % 2 == 1)
        writers.join()
        stack.restart()
        written.append(writers)
        db = stack.client("dynamodb")
        for earlier in written:  # each restart reads what all before it wrote
            for counter, count in earlier.acknowledged.items():
                found = int(item(db, counter)["n"]["N"])
                assert found in (count, count + 1), f"{counter}: {count} acknowledged"
            for pair in earlier.pairs:
                assert item(db, pair), pair
                assert item(db, pair, LEDGER), pair
            for pk in earlier.deleted:
                assert item(db, pk) is None, pk
    assert sum(len(each.pairs) for each in written) > 30 * ROUNDS


def test_a_transaction_is_never_found_in_half_after_kill_9(stack: Stack) -> None:
    writers = Writers(stack, round_=0)
    writers.run_for_a_while()
    stack.kill()
    writers.join()
    stack.restart()
    db = stack.client("dynamodb")

    def pairs(table: str) -> set[str]:
        found: set[str] = set()
        for page in db.get_paginator("scan").paginate(TableName=table):
            found |= {one["pk"]["S"] for one in page["Items"] if one["pk"]["S"].startswith("pair-")}
        return found

    assert pairs(APP) == pairs(LEDGER) != set()


def test_a_transaction_repeated_with_its_token_after_a_crash_is_applied_once(stack: Stack) -> None:
    def add(db: Any) -> None:
        update = {
            "TableName": APP,
            "Key": key("n"),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        db.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="once")

    add(stack.client("dynamodb"))
    stack.kill()
    stack.restart()
    add(stack.client("dynamodb"))
    assert item(stack.client("dynamodb"), "n")["n"]["N"] == "1"


def records(stack: Stack, arn: str, **start: str) -> list[Any]:
    streams = stack.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, **start)["ShardIterator"]
    return list(streams.get_records(ShardIterator=iterator)["Records"])


def test_a_stream_goes_on_after_a_crash_where_its_reader_stopped(stack: Stack) -> None:
    db = stack.client("dynamodb")
    arn = db.describe_table(TableName=APP)["Table"]["LatestStreamArn"]
    for index in range(5):
        db.put_item(TableName=APP, Item={**key(f"a{index}"), "x": {"S": "嵩云"}})
    before = records(stack, arn, ShardIteratorType="TRIM_HORIZON")
    stack.kill()
    stack.restart()
    db = stack.client("dynamodb")
    assert db.describe_table(TableName=APP)["Table"]["LatestStreamArn"] == arn
    db.put_item(TableName=APP, Item=key("b"))
    after = records(stack, arn, ShardIteratorType="TRIM_HORIZON")
    assert after[:5] == before
    third = before[2]["dynamodb"]["SequenceNumber"]
    rest = records(stack, arn, ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=third)
    assert [r["dynamodb"]["Keys"]["pk"]["S"] for r in rest] == ["a3", "a4", "b"]
    assert after[5]["dynamodb"]["SequenceNumber"] > before[4]["dynamodb"]["SequenceNumber"]


def test_an_iterator_from_before_the_crash_skips_nothing(stack: Stack) -> None:
    db, streams = stack.client("dynamodb"), stack.client("dynamodbstreams")
    arn = db.describe_table(TableName=APP)["Table"]["LatestStreamArn"]
    for index in range(6):
        db.put_item(TableName=APP, Item=key(f"a{index}"))
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    answer = streams.get_records(ShardIterator=iterator, Limit=4)
    third = answer["Records"][2]["dynamodb"]["SequenceNumber"]
    Engine(endpoint=stack.endpoint, region="cn-north-1").control("trim", table=APP, sequence=third)
    stack.kill()
    stack.restart()
    rest = stack.client("dynamodbstreams").get_records(ShardIterator=answer["NextShardIterator"])
    assert [r["dynamodb"]["Keys"]["pk"]["S"] for r in rest["Records"]] == ["a4", "a5"]


def test_a_message_the_bus_took_is_delivered_after_a_crash(stack: Stack) -> None:
    for index in range(3):
        stack.client("events").put_events(
            Entries=[
                {
                    "EventBusName": stack.outputs["Bus"],
                    "Source": "test",
                    "DetailType": f"tourism.stay.arrived.v{index}",
                    "Detail": "{}",
                }
            ]
        )
    queue = stack.client("sqs")
    url = queue.get_queue_url(QueueName="songyun-local-bureau-inbox")["QueueUrl"]
    first = queue.receive_message(QueueUrl=url)["Messages"][0]
    queue.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    in_hand = queue.receive_message(QueueUrl=url)["Messages"][0]
    stack.kill()
    stack.restart()
    queue = stack.client("sqs")
    again = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    identities = {message["MessageId"] for message in again}
    assert len(identities) == 2
    assert in_hand["MessageId"] in identities  # it was not deleted, so it comes again
    assert first["MessageId"] not in identities


def test_what_was_sealed_before_a_crash_opens_after_it(stack: Stack) -> None:
    context = {"tenant": "tn_a"}
    sealed = stack.client("kms").generate_data_key(
        KeyId="alias/songyun-local", KeySpec="AES_256", EncryptionContext=context
    )
    before = stack.outputs["DataKey"]
    stack.kill()
    stack.restart()
    assert stack.outputs["DataKey"] == before
    opened = stack.client("kms").decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == sealed["Plaintext"]


def test_expiry_is_still_watched_after_a_restart(stack: Stack) -> None:
    db = stack.client("dynamodb")
    at = int(time.time()) + 3
    db.put_item(TableName=APP, Item={**key("soon"), "ttl": {"N": str(at)}})
    stack.kill()
    stack.restart()
    db = stack.client("dynamodb")
    deadline = time.monotonic() + 10
    while item(db, "soon") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert item(db, "soon") is None
    assert time.time() >= at


def test_an_engine_that_cannot_write_any_more_acknowledges_nothing(stack: Stack) -> None:
    db = stack.client("dynamodb")
    db.put_item(TableName=APP, Item=key("before"))
    stack.kill_writer()
    with pytest.raises(BotoCoreError):
        db.put_item(TableName=APP, Item=key("after"))
    stack.kill()
    stack.restart()
    db = stack.client("dynamodb")
    assert item(db, "before")
    assert item(db, "after") is None


def test_a_new_engine_waits_for_one_that_still_writes(stack: Stack) -> None:
    other = Stack(data_dir=stack.data_dir, consumers=())
    leave = threading.Timer(1.5, stack.kill)
    leave.start()
    try:
        other.start()  # the folder is free once the first engine is gone
        other.stop()
    finally:
        leave.join()


@pytest.mark.parametrize("damage", ["noise", "other program", "other version"])
def test_a_damaged_data_folder_says_what_to_do(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "engine.sqlite3"
    with Stack(data_dir=tmp_path, consumers=()):
        pass
    if damage == "noise":
        path.write_bytes(b"\x00noise" * 1000)
    elif damage == "other program":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE shopping (thing TEXT)")
        connection.close()
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version=99")
        connection.close()
    with pytest.raises(NotStarted) as refused:
        Stack(data_dir=tmp_path, consumers=()).start()
    said = str(refused.value)
    assert "cannot be used" in said
    assert "backup" in said
    assert "Traceback" not in said
    assert "\n" not in said.strip()

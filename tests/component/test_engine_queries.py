"""What the product needs of queries, capacity, expiry and streams, kept before every bump of the engine."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.fixture import Stack
from tests.engine_world import APP, CONTROL, db, key, number, put, read, running, stack

pytestmark = pytest.mark.component

__all__ = ["db", "running", "stack"]


# -- queries ------------------------------------------------------------------------------------


def test_a_query_pages_through_a_range_both_ways(db: Any) -> None:
    for index in range(25):
        db.put_item(TableName=APP, Item=key("q", f"D#{index:02d}"))
    db.put_item(TableName=APP, Item=key("q", "E#00"))

    def pages(*, forward: bool, **condition: Any) -> list[list[str]]:
        found: list[list[str]] = []
        start: dict[str, Any] = {}
        while True:
            answer = db.query(TableName=APP, ScanIndexForward=forward, Limit=10, **condition, **start)
            found.append([item["sk"]["S"] for item in answer["Items"]])
            if "LastEvaluatedKey" not in answer:
                return found
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    begins = {
        "KeyConditionExpression": "pk = :p AND begins_with(sk, :d)",
        "ExpressionAttributeValues": {":p": {"S": "q"}, ":d": {"S": "D#"}},
    }
    ascending = [sk for page in pages(forward=True, **begins) for sk in page]
    assert ascending == [f"D#{index:02d}" for index in range(25)]
    assert [sk for page in pages(forward=False, **begins) for sk in page] == ascending[::-1]
    between = {
        "KeyConditionExpression": "pk = :p AND sk BETWEEN :a AND :b",
        "ExpressionAttributeValues": {":p": {"S": "q"}, ":a": {"S": "D#20"}, ":b": {"S": "E#"}},
    }
    assert [sk for page in pages(forward=True, **between) for sk in page] == ascending[20:]


@pytest.mark.parametrize("forward", [True, False])
def test_a_query_of_a_large_partition_means_what_it_says(db: Any, forward: bool) -> None:
    everything = [f"K#{index:03d}" for index in range(0, 240, 2)]
    for start in range(0, len(everything), 25):
        puts = [
            {"PutRequest": {"Item": {**key("big", sk), "even": number(int(sk[2:]) % 4)}}}
            for sk in everything[start : start + 25]
        ]
        db.batch_write_item(RequestItems={APP: puts})
    db.delete_item(TableName=APP, Key=key("big", "K#100"))
    db.put_item(TableName=APP, Item={**key("big", "K#101"), "even": number(2)})
    everything = sorted({*everything, "K#101"} - {"K#100"})
    conditions: dict[str, tuple[dict[str, str], Callable[[str], bool]]] = {
        "sk = :a": ({":a": "K#102"}, lambda sk: sk == "K#102"),
        "sk = :b": ({":b": "K#100"}, lambda sk: sk == "K#100"),
        "sk < :a": ({":a": "K#102"}, lambda sk: sk < "K#102"),
        "sk <= :a": ({":a": "K#102"}, lambda sk: sk <= "K#102"),
        "sk > :a": ({":a": "K#103"}, lambda sk: sk > "K#103"),
        "sk >= :a": ({":a": "K#102"}, lambda sk: sk >= "K#102"),
        "sk BETWEEN :a AND :b": (
            {":a": "K#095", ":b": "K#140"},
            lambda sk: "K#095" <= sk <= "K#140",
        ),
        "begins_with(sk, :a)": ({":a": "K#1"}, lambda sk: sk.startswith("K#1")),
    }
    for condition, (values, meets) in conditions.items():
        wanted = [sk for sk in everything if meets(sk)][:: 1 if forward else -1]
        for limit in (None, 1, 7, 500):
            found: list[str] = []
            more: dict[str, Any] = {} if limit is None else {"Limit": limit}
            while True:
                answer = db.query(
                    TableName=APP,
                    KeyConditionExpression=f"pk = :p AND {condition}",
                    ExpressionAttributeValues={
                        ":p": {"S": "big"},
                        **{name: {"S": value} for name, value in values.items()},
                    },
                    ScanIndexForward=forward,
                    **more,
                )
                found += [item["sk"]["S"] for item in answer["Items"]]
                if "LastEvaluatedKey" not in answer:
                    break
                more["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            assert found == wanted, (condition, limit)
    filtered = db.query(
        TableName=APP,
        KeyConditionExpression="pk = :p",
        FilterExpression="even = :two",
        ExpressionAttributeValues={":p": {"S": "big"}, ":two": number(2)},
        Limit=10,
        ScanIndexForward=forward,
    )
    assert (filtered["ScannedCount"], filtered["Count"]) == (10, 5)


def test_consumed_capacity_follows_size_and_kind_of_write(db: Any) -> None:
    small, large = {"x": {"S": "x" * 100}}, {"x": {"S": "x" * 1500}}

    def put_units(attributes: dict[str, Any]) -> float:
        answer = db.put_item(
            TableName=CONTROL, Item={**key("c"), **attributes}, ReturnConsumedCapacity="TOTAL"
        )
        return float(answer["ConsumedCapacity"]["CapacityUnits"])

    assert (put_units(small), put_units(large)) == (1.0, 2.0)
    update = db.update_item(
        TableName=CONTROL,
        Key=key("c"),
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": number(1)},
        ReturnConsumedCapacity="TOTAL",
    )
    assert update["ConsumedCapacity"]["CapacityUnits"] == 2.0
    both = db.transact_write_items(
        TransactItems=[{"Put": {"TableName": CONTROL, "Item": {**key(name), **small}}} for name in "de"],
        ReturnConsumedCapacity="TOTAL",
    )
    assert both["ConsumedCapacity"][0]["CapacityUnits"] == 4.0  # two units an item


# -- expiry and streams -------------------------------------------------------------------------


def stream_of(stack: Stack, table: str = APP) -> tuple[Any, str]:
    db, streams = stack.client("dynamodb"), stack.client("dynamodbstreams")
    arn = db.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    return streams, iterator


def test_a_stream_has_every_change_in_order_with_both_images(stack: Stack, db: Any) -> None:
    db.put_item(TableName=APP, Item={**key("s"), "n": number(1)})
    db.update_item(
        TableName=APP,
        Key=key("s"),
        UpdateExpression="SET n = n + :one",
        ExpressionAttributeValues={":one": number(1)},
    )
    db.transact_write_items(TransactItems=[put("t"), put("u")])
    db.delete_item(TableName=APP, Key=key("s"))
    streams, iterator = stream_of(stack)
    records = streams.get_records(ShardIterator=iterator)["Records"]
    assert [(record["eventName"], record["dynamodb"]["Keys"]["pk"]["S"]) for record in records] == [
        ("INSERT", "s"),
        ("MODIFY", "s"),
        ("INSERT", "t"),
        ("INSERT", "u"),
        ("REMOVE", "s"),
    ]
    change = records[1]["dynamodb"]
    assert (change["OldImage"]["n"], change["NewImage"]["n"]) == (number(1), number(2))
    sequences = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert sequences == sorted(set(sequences))


def test_an_expired_item_goes_with_a_record_in_the_services_name(stack: Stack, db: Any) -> None:
    now = int(time.time())
    db.put_item(TableName=APP, Item={**key("gone"), "ttl": number(now - 1)})
    db.put_item(TableName=APP, Item={**key("stays"), "ttl": number(now + 3600)})
    deadline = time.monotonic() + 10
    while read(db, "gone") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert read(db, "gone") is None
    assert read(db, "stays")
    streams, iterator = stream_of(stack)
    last = streams.get_records(ShardIterator=iterator)["Records"][-1]
    assert last["eventName"] == "REMOVE"
    assert last["userIdentity"]["PrincipalId"] == "dynamodb.amazonaws.com"

"""What the product needs from the embedded engine, kept by test before every bump of its version."""

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.fixture import Stack

pytestmark = pytest.mark.component

APP = "songyun-local-app"
CONTROL = "songyun-local-control"


@dataclass(frozen=True)
class Consumer:
    key: str
    consumes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


CONSUMERS = (
    Consumer("scenic", ("tourism.city.alert.issued.v1", "tourism.order.*")),
    Consumer("bureau", ("tourism.*",), ("tourism.up",)),
    Consumer("hotel"),
)


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    with Stack(consumers=CONSUMERS) as stack:
        yield stack


@pytest.fixture
def stack(running: Stack) -> Stack:
    running.reset()
    return running


@pytest.fixture
def db(stack: Stack) -> Any:
    return stack.client("dynamodb")


def key(pk: str, sk: str = "-") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def read(db: Any, pk: str, sk: str = "-") -> Any:
    return db.get_item(TableName=APP, Key=key(pk, sk), ConsistentRead=True).get("Item")


def at_once(count: int, work: Callable[[int], None]) -> None:
    """Run ``work`` in ``count`` threads that start together; what one raises is raised."""
    start = threading.Barrier(count)
    errors: list[BaseException] = []

    def run(index: int) -> None:
        start.wait()
        try:
            work(index)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


# -- conditions ---------------------------------------------------------------------------------


def test_a_failed_condition_shows_the_item_that_was_in_the_way(db: Any) -> None:
    db.put_item(TableName=APP, Item={**key("a"), "who": {"S": "first"}})
    with pytest.raises(ClientError) as refused:
        db.put_item(
            TableName=APP,
            Item={**key("a"), "who": {"S": "second"}},
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refused.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert refused.value.response["Item"]["who"] == {"S": "first"}
    assert read(db, "a")["who"] == {"S": "first"}


def claim(order: str, count: int, bucket: str = "b") -> dict[str, Any]:
    """The inventory kernel's write: take ``count`` for ``order`` out of one micro-bucket."""
    return {
        "TableName": APP,
        "Key": key(bucket),
        "UpdateExpression": "SET h.#o = :hold, #left = #left - :n",
        "ConditionExpression": (
            "#left >= :n AND attribute_not_exists(h.#o) AND (attribute_not_exists(shut) OR shut = :no)"
        ),
        "ExpressionAttributeNames": {"#o": order, "#left": "left"},
        "ExpressionAttributeValues": {
            ":hold": {"M": {"n": number(count), "until": number(1_800_000_000)}},
            ":n": number(count),
            ":no": {"BOOL": False},
        },
    }


def bucket(db: Any, left: int, name: str = "b") -> None:
    db.put_item(TableName=APP, Item={**key(name), "left": number(left), "h": {"M": {}}})


def test_a_claim_changes_a_nested_map_and_a_count_in_one_write(db: Any) -> None:
    bucket(db, 5)
    db.update_item(**claim("o1", 3))
    item = read(db, "b")
    assert item["left"] == number(2)
    assert item["h"]["M"]["o1"]["M"]["n"] == number(3)


def test_a_claim_made_twice_is_refused_and_changes_nothing(db: Any) -> None:
    bucket(db, 5)
    db.update_item(**claim("o1", 1))
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        db.update_item(**claim("o1", 1))
    assert read(db, "b")["left"] == number(4)


def test_a_nested_number_is_compared_as_a_number(db: Any) -> None:
    bucket(db, 5)
    db.update_item(**claim("o1", 1))

    def expire(now: int) -> None:
        db.update_item(
            TableName=APP,
            Key=key("b"),
            UpdateExpression="SET #left = #left + h.#o.n REMOVE h.#o",
            ConditionExpression="attribute_exists(h.#o) AND h.#o.#until <= :now",
            ExpressionAttributeNames={"#o": "o1", "#left": "left", "#until": "until"},
            ExpressionAttributeValues={":now": number(now)},
        )

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        expire(999_999_999)  # as text it would be greater
    expire(1_800_000_000)
    assert read(db, "b")["left"] == number(5)
    assert read(db, "b")["h"] == {"M": {}}


def test_a_string_set_grows_and_shrinks(db: Any) -> None:
    for members in ({"a", "b"}, {"b", "c"}):
        db.update_item(
            TableName=APP,
            Key=key("s"),
            UpdateExpression="ADD tags :t",
            ExpressionAttributeValues={":t": {"SS": sorted(members)}},
        )
    assert sorted(read(db, "s")["tags"]["SS"]) == ["a", "b", "c"]
    db.update_item(
        TableName=APP,
        Key=key("s"),
        UpdateExpression="DELETE tags :t",
        ConditionExpression="contains(tags, :one)",
        ExpressionAttributeValues={":t": {"SS": ["a"]}, ":one": {"S": "c"}},
    )
    assert sorted(read(db, "s")["tags"]["SS"]) == ["b", "c"]


# -- transactions -------------------------------------------------------------------------------


def put(pk: str, **extra: Any) -> dict[str, Any]:
    condition = "attribute_not_exists(pk)"
    return {"Put": {"TableName": APP, "Item": key(pk), "ConditionExpression": condition, **extra}}


def test_a_cancelled_transaction_gives_its_reasons_by_position_and_writes_nothing(db: Any) -> None:
    db.put_item(TableName=APP, Item={**key("taken"), "who": {"S": "x"}})
    with pytest.raises(ClientError) as refused:
        db.transact_write_items(
            TransactItems=[
                put("new-1"),
                put("taken", ReturnValuesOnConditionCheckFailure="ALL_OLD"),
                put("new-2"),
            ]
        )
    reasons = refused.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed", "None"]
    assert reasons[1]["Item"]["who"] == {"S": "x"}
    assert read(db, "new-1") is None
    assert read(db, "new-2") is None


def test_a_condition_check_guards_a_transaction_without_writing(db: Any) -> None:
    db.put_item(TableName=APP, Item={**key("tenant"), "state": {"S": "active"}})

    def write(state: str) -> None:
        check = {
            "TableName": APP,
            "Key": key("tenant"),
            "ConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "state"},
            "ExpressionAttributeValues": {":s": {"S": state}},
        }
        db.transact_write_items(TransactItems=[{"ConditionCheck": check}, put(f"row-{state}")])

    write("active")
    with pytest.raises(ClientError, match="TransactionCanceled"):
        write("suspended")
    assert read(db, "row-active")
    assert read(db, "row-suspended") is None


def test_a_transaction_repeated_with_its_token_is_applied_once(db: Any) -> None:
    def add(amount: int) -> None:
        update = {
            "TableName": APP,
            "Key": key("n"),
            "UpdateExpression": "ADD amount :n",
            "ExpressionAttributeValues": {":n": number(amount)},
        }
        db.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="once")

    add(5)
    add(5)
    assert read(db, "n")["amount"] == number(5)
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        add(6)


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


# -- bus and queues -----------------------------------------------------------------------------


def received(stack: Stack, module: str) -> list[str]:
    queue = stack.client("sqs")
    url = queue.get_queue_url(QueueName=f"songyun-local-{module}-inbox")["QueueUrl"]
    found: list[str] = []
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get(
        "Messages"
    ):
        found += [json.loads(message["Body"])["detail-type"] for message in messages]
    return sorted(found)


def test_a_rule_delivers_exact_types_prefixes_and_lanes(stack: Stack) -> None:
    sent = [
        ("tourism.up", "tourism.order.placed.v1"),
        ("tourism.up", "tourism.city.alert.issued.v1"),
        ("tourism.up", "tourism.city.alert.issued.v2"),
        ("tourism.inside", "tourism.order.placed.v2"),
        ("tourism.up", "other.thing.v1"),
    ]
    answer = stack.client("events").put_events(
        Entries=[
            {
                "EventBusName": stack.outputs["Bus"],
                "Source": lane,
                "DetailType": name,
                "Detail": "{}",
            }
            for lane, name in sent
        ]
    )
    assert answer["FailedEntryCount"] == 0
    names = [name for _, name in sent]
    assert received(stack, "bureau") == sorted(names[:3])
    assert received(stack, "scenic") == sorted([*names[:2], names[3]])


def test_a_message_that_keeps_failing_goes_to_the_dead_letter_queue(stack: Stack) -> None:
    queue = stack.client("sqs")
    url = queue.get_queue_url(QueueName="songyun-local-bureau-inbox")["QueueUrl"]
    dead = queue.get_queue_url(QueueName="songyun-local-bureau-inbox-dead")["QueueUrl"]
    queue.send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(5):
        assert queue.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    assert not queue.receive_message(QueueUrl=url).get("Messages")
    assert queue.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "poison"


# -- races --------------------------------------------------------------------------------------


def test_sixteen_racing_buyers_sell_exactly_the_stock(db: Any) -> None:
    bucket(db, 100)
    sold: list[str] = []

    def buy(index: int) -> None:
        for turn in range(10):
            order = f"o{index}-{turn}"
            with contextlib.suppress(db.exceptions.ConditionalCheckFailedException):
                db.update_item(**claim(order, 1))
                sold.append(order)

    at_once(16, buy)
    item = read(db, "b")
    assert item["left"] == number(0)
    assert len(sold) == 100
    assert sorted(item["h"]["M"]) == sorted(sold)


def test_sixteen_racing_transactions_sell_whole_stays_only(db: Any) -> None:
    nights = ("n1", "n2", "n3")
    for night, left in zip(nights, (30, 20, 25), strict=True):
        bucket(db, left, name=night)
    sold: list[str] = []

    def buy(index: int) -> None:
        for turn in range(3):
            order = f"o{index}-{turn}"
            with contextlib.suppress(db.exceptions.TransactionCanceledException):
                db.transact_write_items(
                    TransactItems=[{"Update": claim(order, 1, bucket=night)} for night in nights]
                )
                sold.append(order)

    at_once(16, buy)
    assert len(sold) == 20
    lefts = [read(db, night)["left"] for night in nights]
    assert lefts == [number(10), number(0), number(5)]


# -- keys and roles -----------------------------------------------------------------------------


def test_a_data_key_opens_only_in_the_context_it_was_sealed_in(stack: Stack) -> None:
    kms = stack.client("kms")
    made = kms.generate_data_key(
        KeyId="alias/songyun-local", KeySpec="AES_256", EncryptionContext={"tenant": "tn_a"}
    )
    opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"tenant": "tn_a"})
    assert opened["Plaintext"] == made["Plaintext"]
    assert len(opened["Plaintext"]) == 32
    with pytest.raises(ClientError):
        kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"tenant": "tn_b"})


def test_a_tenant_role_is_assumed_with_a_session_tag(stack: Stack) -> None:
    prefix = stack.environment["SONGYUN_TENANT_ROLE_PREFIX"]
    assert stack.outputs["HotelTenantRole"] == f"{prefix}hotel"
    session = stack.client("sts").assume_role(
        RoleArn=f"{prefix}hotel",
        RoleSessionName="tn_a",
        Tags=[{"Key": "tenant", "Value": "tn_a"}],
        DurationSeconds=900,
    )
    assert session["Credentials"]["SessionToken"]
    assert session["AssumedRoleUser"]["Arn"].endswith("assumed-role/songyun-local-tenant-hotel/tn_a")


# -- the door -----------------------------------------------------------------------------------


def test_applying_the_template_again_changes_nothing(stack: Stack, db: Any) -> None:
    db.put_item(TableName=APP, Item=key("kept"))
    before = stack.outputs
    stack.apply()
    assert stack.outputs == before
    assert read(db, "kept")


def test_a_page_of_another_site_cannot_reach_the_engine(stack: Stack) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=5)
    connection.request("POST", "/_songyun/empty", body="{}", headers={"Origin": "http://evil.example"})
    assert connection.getresponse().status == 403
    connection.close()

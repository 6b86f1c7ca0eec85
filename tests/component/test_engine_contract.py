"""What the product needs of conditions, transactions and races, kept before every bump of the engine."""

import contextlib
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.engine_world import (
    APP,
    at_once,
    bucket,
    claim,
    db,
    key,
    number,
    put,
    read,
    running,
    stack,
)

pytestmark = pytest.mark.component

__all__ = ["db", "running", "stack"]


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

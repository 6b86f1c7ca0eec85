"""Proof, at every start, that ministack is the version whose private names we know.

The engine wraps names ministack does not promise to keep. Each is checked here for being there and
for meaning what it meant, on a table of its own that is gone afterwards; a difference stops the
start with one sentence, because a change that is not caught would be a change that is lost.
"""

from __future__ import annotations

import importlib.metadata
import json
from typing import Any

from ministack.core import responses
from ministack.services import dynamodb, dynamodb_streams, eventbridge, kms, sqs
from ministack.services.cloudformation import provisioners

from infra.local.engine import memo
from infra.local.engine.ministack_env import VERSION

_ddb: Any = dynamodb

_NAMES: dict[Any, str] = {
    dynamodb: (
        "_set_item _remove_item _items_replaced _emit_stream_event _next_stream_seq "
        "_stream_records _stream_trimmed _closed_streams _tables _ttl_settings _pitr_settings "
        "_tags _txn_token_store _txn_token_lookup _txn_idempotency _update_ttl _update_table "
        "_tokenize _condition_syntax_error _check_redundant_parens _check_reserved_keyword_usage "
        "_number_size_bytes _ddb_canonicalize_number _number_error "
        "_query _evaluate_condition _key_condition_clauses _get_attr_type copy handle_request"
    ),
    sqs: "_queues _queue_name_to_url handle_request",
    kms: "_keys _aliases get_state load_persisted_state handle_request",
    eventbridge: "_events_log_list handle_request",
    dynamodb_streams: "handle_request _get_records",
    responses: "request_scope set_request_account_id set_request_region",
}

_RESOURCES = (
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::KMS::Key",
    "AWS::KMS::Alias",
)

_TABLE = "songyun-self-test"


class WrongEngine(Exception):
    """ministack is not what this program was written against."""


def _fail(what: str) -> WrongEngine:
    return WrongEngine(
        f"The local engine needs ministack {VERSION}, and {what}. "
        f"Run `make setup` to install the pinned version."
    )


def check_names() -> None:
    """Check version and names; call before anything is wrapped.

    Raises:
        WrongEngine: something differs.
    """
    installed = importlib.metadata.version("ministack")
    if installed != VERSION:
        raise _fail(f"version {installed} is installed")
    for module, names in _NAMES.items():
        for name in names.split():
            if not hasattr(module, name):
                raise _fail(f"{module.__name__} has no {name}")
    handlers = provisioners._RESOURCE_HANDLERS
    for resource in _RESOURCES:
        if "create" not in handlers.get(resource, {}):
            raise _fail(f"its CloudFormation does not know {resource}")
    for name in memo.PURE:
        _check_pure(name)


def _check_pure(name: str) -> None:
    """A remembered function gives the same answer again, and nobody changes the answer."""
    function = getattr(_ddb, name)
    expression = "attribute_not_exists(h.#o) AND (left >= :n OR #s IN (:a, :b))"
    arguments = (expression,) if name == "_tokenize" else (expression, "ConditionExpression")
    if function(*arguments) != function(*arguments):
        raise _fail(f"{name} no longer depends on its text alone")
    if name == "_tokenize":
        tokens = function(*arguments)
        before = list(tokens)
        item = {"left": {"N": "3"}, "h": {"M": {}}, "s": {"S": "a"}}
        values = {":n": {"N": "2"}, ":a": {"S": "a"}, ":b": {"S": "b"}}
        _ddb._ExprEval(tokens, item, values, {"#o": "x", "#s": "s"}).evaluate()
        if tokens != before:
            raise _fail("its expression evaluator changes the tokens it is given")


def check_recording(*, operations: list[tuple[Any, ...]]) -> None:
    """Check that every kind of write reaches the journal's list ``operations``.

    Call after the primitives are wrapped and before the data file is read.

    Raises:
        WrongEngine: a write was not caught.
    """
    _must(
        _ddb._create_table(
            {
                "TableName": _TABLE,
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {
                    "StreamEnabled": True,
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                },
            }
        )
    )
    key = {"pk": {"S": "a"}}
    put = {"TableName": _TABLE, "Item": {**key, "n": {"N": "1"}}}
    update = {
        "TableName": _TABLE,
        "Key": key,
        "UpdateExpression": "SET n = n + :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    delete = {"TableName": _TABLE, "Key": key}
    batch = {"RequestItems": {_TABLE: [{"PutRequest": {"Item": {"pk": {"S": "b"}}}}]}}
    unbatch = {"RequestItems": {_TABLE: [{"DeleteRequest": {"Key": {"pk": {"S": "b"}}}}]}}
    transaction = {"TransactItems": [{"Put": put}], "ClientRequestToken": "self-test"}
    for what, call, request, expected in (
        ("PutItem", _ddb._put_item, put, ["put", "record"]),
        ("UpdateItem", _ddb._update_item, update, ["put", "record"]),
        ("DeleteItem", _ddb._delete_item, delete, ["remove", "record"]),
        ("BatchWriteItem", _ddb._batch_write_item, batch, ["put", "record"]),
        ("BatchWriteItem", _ddb._batch_write_item, unbatch, ["remove", "record"]),
        ("TransactWriteItems", _ddb._transact_write_items, transaction, ["put", "record", "token"]),
    ):
        operations.clear()
        _must(call(request))
        caught = [operation[0] for operation in operations if operation[0] != "define"]
        if caught != expected:
            raise _fail(f"a {what} recorded {caught}")
    replay = _ddb._transact_write_items({"TransactItems": [{"Put": put}], "ClientRequestToken": "self-test"})
    operations.clear()
    if replay[0] != 200 or operations:
        raise _fail("a repeated transaction was not recognised")
    _must(_ddb._delete_table({"TableName": _TABLE}))
    _ddb._txn_idempotency.clear()
    check_queries()
    _ddb._closed_streams.clear()
    operations.clear()


def check_queries() -> None:
    """Check that a query shown only a slice of its partition answers as from the whole.

    Raises:
        WrongEngine: it does not.
    """
    schema = [("pk", "HASH"), ("sk", "RANGE")]
    _must(
        _ddb._create_table(
            {
                "TableName": _TABLE,
                "KeySchema": [{"AttributeName": n, "KeyType": k} for n, k in schema],
                "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n, _ in schema],
                "BillingMode": "PAY_PER_REQUEST",
            }
        )
    )
    rows = [f"K{index:02d}" for index in range(40)]
    for sk in rows:
        _ddb._put_item({"TableName": _TABLE, "Item": {"pk": {"S": "p"}, "sk": {"S": sk}}})
    for condition, wanted in (
        ("pk = :p AND begins_with(sk, :a)", rows[20:30]),
        ("pk = :p AND sk > :a", rows[20:]),
        ("pk = :p AND sk BETWEEN :a AND :b", rows[20:31]),
        ("(pk = :p AND begins_with (sk, :a))", rows[20:30]),
        ("((pk = :p) AND (sk BETWEEN :a AND :b))", rows[20:31]),
    ):
        found: list[str] = []
        request: dict[str, Any] = {
            "TableName": _TABLE,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {
                name: {"S": value}
                for name, value in ((":p", "p"), (":a", "K2"), (":b", "K30"))
                if name in condition
            },
            "ScanIndexForward": False,
            "Limit": 7,
        }
        while True:
            reply = _ddb._query(request)
            _must(reply)
            answer = json.loads(reply[2])
            found += [item["sk"]["S"] for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                break
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        if found != wanted[::-1]:
            raise _fail(f"the query {condition} found {found}")
    _must(_ddb._delete_table({"TableName": _TABLE}))


def _must(reply: tuple[int, Any, Any]) -> None:
    if reply[0] != 200:
        raise _fail(f"a self-test request was answered {json.loads(reply[2])}")

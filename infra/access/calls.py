"""What a call to AWS asks of a policy: DynamoDB's calls name their keys, a batch names many, a
transaction is asked about item by item.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.access.evaluation import Json, Request, allowed

_KEYS = "dynamodb:LeadingKeys"
_PARTITION = re.compile(r"(#?\w+)\s*=\s*(:\w+)")
_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call as the SDK sends it. ``place`` begins the ARNs of its service (``…:table/`` for DynamoDB)."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    place: str = ""


def authorised(statements: Iterable[Json], call: Call, *, context: Mapping[str, str]) -> bool:
    """Whether every question that the call raises is answered with yes."""
    policy = list(statements)
    return all(allowed(policy, request) for request in requests(call, context=context))


def requests(call: Call, *, context: Mapping[str, str]) -> list[Request]:
    """The questions that AWS asks before it does what the call says."""
    if call.service == "dynamodb":
        return [
            Request(
                action=f"dynamodb:{action}",
                resource=f"{call.place}{table}",
                context={**context, **({_KEYS: keys} if keys else {})},
            )
            for action, table, keys in _data(call.operation, call.parameters)
        ]
    return [
        Request(
            action=f"{call.service}:{call.operation}",
            resource=call.place,
            context={**context, **_circumstances(call)},
        )
    ]


def _circumstances(call: Call) -> dict[str, Any]:
    parameters = call.parameters
    if call.service == "kms":
        given = parameters.get("EncryptionContext", {})
        return {f"kms:EncryptionContext:{name}": value for name, value in given.items()}
    if call.service == "sts":
        tags = parameters.get("Tags", [])
        named = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
        return {**named, **({"aws:TagKeys": [tag["Key"] for tag in tags]} if tags else {})}
    if call.service == "s3" and "Prefix" in parameters:
        return {"s3:prefix": parameters["Prefix"]}
    return {}


def _data(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Action, table (with its index) and leading keys of each question."""
    if operation in {"BatchGetItem", "BatchWriteItem"}:
        for table, wanted in parameters["RequestItems"].items():
            yield operation, table, sorted(_batched(wanted))
    elif operation in {"TransactWriteItems", "TransactGetItems"}:
        # By table and action, with all their keys: stricter than item by item, never laxer.
        asked: dict[tuple[str, str], list[str]] = defaultdict(list)
        for item in parameters["TransactItems"]:
            ((kind, part),) = item.items()
            key = _partition(part.get("Key") or part["Item"])
            asked[_IN_TRANSACTION[kind], part["TableName"]].append(key)
        for (action, table), keys in asked.items():
            yield action, table, keys
    else:
        index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
        yield operation, f"{parameters['TableName']}{index}", _single(operation, parameters)


def _single(operation: str, parameters: Mapping[str, Any]) -> list[str]:
    if operation == "Query":
        return _queried(parameters)
    given = parameters.get("Key") or parameters.get("Item")
    return [_partition(given)] if given else []


def _queried(parameters: Mapping[str, Any]) -> list[str]:
    names = parameters.get("ExpressionAttributeNames", {})
    for name, value in _PARTITION.findall(parameters["KeyConditionExpression"]):
        if names.get(name, name) == "pk":
            return [parameters["ExpressionAttributeValues"][value]["S"]]
    return []


def _batched(wanted: Any) -> Iterator[str]:
    if isinstance(wanted, Mapping):  # BatchGetItem
        yield from map(_partition, wanted["Keys"])
        return
    for one in wanted:
        ((_, part),) = one.items()
        yield _partition(part.get("Key") or part["Item"])


def _partition(key: Mapping[str, Any]) -> str:
    return str(key["pk"]["S"])

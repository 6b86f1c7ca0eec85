"""The embedded engine by itself, spoken to by boto3: its tables, a few consumers, rows and races."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.fixture import Stack

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


def put(pk: str, **extra: Any) -> dict[str, Any]:
    condition = "attribute_not_exists(pk)"
    return {"Put": {"TableName": APP, "Item": key(pk), "ConditionExpression": condition, **extra}}


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

"""All that the app table keeps: photographed, put back, compared where ids are others."""

import re
from collections import Counter
from collections.abc import Collection
from typing import Any

from chalicelib.commerce.orders import store as orders
from chalicelib.commerce.stock.domain import FOREVER, count_of
from chalicelib.web.doors import forget_callers
from infra.local.fixture import Stack
from tenants.hotel.store.memory import forget_hotel
from tests.conftest import forget_rows
from tests.engine_world import APP

Photograph = dict[tuple[str, str], dict[str, Any]]
_ALIKE = (
    (re.compile(r"\b([a-z]{2})_[0-9a-z]{26}"), r"\1_*"),
    (re.compile(r"\b(grp|ooo|cap)-[0-9a-z]{12}"), r"\1-*"),
    (re.compile(r"[A-Za-z0-9+/_=-]{32,}"), "~"),
    (re.compile(r"^[0-9a-z]{16}$"), "holder"),
    (re.compile(r"\b[0-9]{20}\b"), "invoice"),
    (re.compile(r"((?:OUTBOX|ORDER#[0-9-]+|AUDIT#[0-9-]+)#)[0-9]+"), r"\1*"),
)
"""What differs from run to run and means the same: ids, sealed data and keyed hashes, lanes."""

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
_NOT_HOLDS = frozenset({"pk", "sk", "kind", "ttl", "left", "timed"})
_WHO = frozenset({"pk", "actor", "door", "at"})


def forget_process() -> None:
    """What a process that died remembers no more."""
    forget_rows()
    forget_hotel()
    forget_callers()
    orders._fresh.clear()


class Kept:
    """The table of an engine."""

    def __init__(self, stack: Stack) -> None:
        self._db = stack.client("dynamodb")

    def photograph(self) -> Photograph:
        """Every row."""
        pages = self._db.get_paginator("scan").paginate(TableName=APP, ConsistentRead=True)
        return {(row["pk"]["S"], row["sk"]["S"]): row for page in pages for row in page["Items"]}

    def put_back(self, photograph: Photograph, *, now: Photograph) -> None:
        """The rows as they were before ``now``; nobody remembers others."""
        gone = [{"DeleteRequest": {"Key": _key(row)}} for at, row in now.items() if at not in photograph]
        back = [{"PutRequest": {"Item": row}} for at, row in photograph.items() if now.get(at) != row]
        writes = gone + back
        for start in range(0, len(writes), 25):
            self._db.batch_write_item(RequestItems={APP: writes[start : start + 25]})
        forget_process()


def meaning(photograph: Photograph, *, timeless: bool = False, looks: Collection[str] = ()) -> Counter[str]:
    """What the rows say, and how often, whatever their ids; ``timeless``: and whatever their moments.

    ``looks``: actions that only look: each is on record, however often it was asked and whether or not its
    answer arrived. Who did a thing and when does not count: what a death leaves to a duty, the duty does.
    """
    rows = (
        {n: value for n, value in row.items() if n not in _by(row)}
        for row in photograph.values()
        if not _looks(row, looks)
    )
    found = Counter(_meaning(row) for row in rows)
    return Counter(_INSTANT.sub("then", text) for text in found.elements()) if timeless else found


def _looks(row: dict[str, Any], looks: Collection[str]) -> bool:
    return row.get("kind") == {"S": "audit"} and row.get("action", {}).get("S") in looks


def _by(row: dict[str, Any]) -> frozenset[str]:
    return _WHO if row.get("kind") == {"S": "audit"} else frozenset()


def _meaning(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(sorted(f"{_alike(key)}: {_meaning(one)}" for key, one in value.items())) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_meaning(one) for one in value) + "]"
    return "sealed" if isinstance(value, bytes) else _alike(str(value))


def _alike(text: str) -> str:
    for pattern, same in _ALIKE:
        text = pattern.sub(same, text)
    return text


def places(photograph: Photograph) -> dict[tuple[str, str], tuple[int, int, int]]:
    """By (resource, slot): places that are left, held for good, held for a while: all buckets together."""
    found: dict[tuple[str, str], tuple[int, int, int]] = {}
    for (pk, sk), row in photograph.items():
        if "#STOCK#" not in pk:
            continue
        slot, resource, _ = sk.rsplit("#", 2)
        words = [int(value["N"]) for name, value in row.items() if name not in _NOT_HOLDS]
        good = sum(count_of(word) for word in words if word // 1000 == FOREVER)
        assert int(row.get("timed", {"N": "0"})["N"]) == sum(map(count_of, words)) - good, row
        here = (int(row["left"]["N"]), good, sum(map(count_of, words)) - good)
        before = found.get((resource, slot), (0, 0, 0))
        left, lasting, brief = (one + other for one, other in zip(before, here, strict=True))
        found[(resource, slot)] = (left, lasting, brief)
    return found


def _key(row: dict[str, Any]) -> dict[str, Any]:
    return {"pk": row["pk"], "sk": row["sk"]}

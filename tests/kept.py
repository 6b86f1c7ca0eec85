"""All that the app table keeps: photographed, put back, compared where ids are others."""

import re
from collections import Counter
from typing import Any

from chalicelib.commerce.orders import store as orders
from chalicelib.web.doors import forget_callers
from infra.local.fixture import Stack
from tenants.hotel.store.memory import forget_hotel
from tests.conftest import forget_rows
from tests.engine_world import APP

Photograph = dict[tuple[str, str], dict[str, Any]]
_ALIKE = (
    (re.compile(r"\b([a-z]{2})_[0-9a-z]{26}"), r"\1_*"),
    (re.compile(r"[A-Za-z0-9+/_=-]{32,}"), "~"),
    (re.compile(r"^[0-9a-z]{16}$"), "holder"),
    (re.compile(r"\b[0-9]{20}\b"), "invoice"),
    (re.compile(r"((?:OUTBOX|ORDER#[0-9-]+|AUDIT#[0-9-]+)#)[0-9]+"), r"\1*"),
)
"""What differs from run to run and means the same: ids, sealed data and keyed hashes, lanes."""

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
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

    def put_back(self, photograph: Photograph) -> None:
        """The rows as they were; nobody remembers others."""
        now = self.photograph()
        gone = [{"DeleteRequest": {"Key": _key(row)}} for at, row in now.items() if at not in photograph]
        back = [{"PutRequest": {"Item": row}} for at, row in photograph.items() if now.get(at) != row]
        writes = gone + back
        for start in range(0, len(writes), 25):
            self._db.batch_write_item(RequestItems={APP: writes[start : start + 25]})
        forget_process()


def meaning(photograph: Photograph, *, timeless: bool = False) -> Counter[str]:
    """What the rows say, and how often, whatever their ids; ``timeless``: and whatever their moments.

    Who did a thing and when does not count: what a death leaves to a duty, the duty does.
    """
    rows = ({n: value for n, value in row.items() if n not in _by(row)} for row in photograph.values())
    found = Counter(_meaning(row) for row in rows)
    return Counter(_INSTANT.sub("then", text) for text in found.elements()) if timeless else found


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


def _key(row: dict[str, Any]) -> dict[str, Any]:
    return {"pk": row["pk"], "sk": row["sk"]}

"""The smallest thing a unit of work can write: a box, its row and its event."""

from collections.abc import Iterator
from typing import Any

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.kernel.errors import Refusal
from chalicelib.kernel.events import Event
from chalicelib.persistence.journal import (
    OutboxRow,
)
from chalicelib.persistence.table import LANES, Row, tenant_key
from chalicelib.persistence.unit_of_work import Command, UnitOfWork
from chalicelib.tenancy.context import bind
from infra.local.fixture import Stack
from tests.scenic_world import NOW, context


class Full(Refusal):
    code = "test.full"


class BoxRow(Row, discriminator="test-box"):
    left = NumberAttribute()
    note = UnicodeAttribute(null=True)


@pytest.fixture(autouse=True)
def tenant_bound(engine: Stack) -> Iterator[None]:
    with bind(context()):
        yield


def box(name: str = "one", left: int = 5) -> BoxRow:
    return BoxRow(tenant_key("BOX", name), "-", left=left)


def find(name: str = "one") -> BoxRow | None:
    return BoxRow.find(tenant_key("BOX", name), "-")


def work(command: Command | None = None, **more: Any) -> UnitOfWork:
    return UnitOfWork(action="test.act", now=NOW, command=command, **more)


def happened(subject: str = "box") -> Event:
    return Event(type="tourism.test.box.filled.v1", subject=subject, at=NOW, data={"n": 1})


def outbox() -> list[OutboxRow]:
    return [row for lane in range(LANES) for row in OutboxRow.query(tenant_key("OUTBOX", str(lane)))]

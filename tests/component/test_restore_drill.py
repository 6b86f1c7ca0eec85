"""The restore drill of ``infra/README.md``, rehearsed: rows from a restored table, events from the archive.

Rehearsed is the way of the data through our own tool, the relay and the inboxes. What this engine does
not show stands in ``NOT_SHOWN``, and the last test holds it to that.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import business_day
from chalicelib.persistence.journal import audited, envelopes_of, outbox_row, packed
from chalicelib.tenancy.context import bind, duty
from infra.local.stack import client
from infra.resources import ARCHIVE_DAYS
from infra.restore import copy_back, replay
from tenants.bureau.store import LedgerStore
from tenants.bureau.usecases.proving import recompute
from tests.bench.counted import Inside, inside, pumping
from tests.bench.world import World, world

pytestmark = pytest.mark.component

APP, LEDGER = "songyun-local-app", "songyun-local-ledger"
BUS = "arn:aws:events:cn-north-1:000000000000:event-bus/songyun-local-tourism"
RULE = "arn:aws:events:cn-north-1:000000000000:rule/songyun-local-tourism/songyun-local-bureau"
NOT_SHOWN = {
    "a moment": "a table is restored as it is now, whatever moment is asked for: it is asked before the harm",
    "one rule": "a replay goes to every rule of the bus; on AWS only to the one that is named",
    "time": "how long AWS takes to restore a table of our size is not known here",
}


@dataclass
class Place:
    """The running product, and the operator's clients."""

    world: World
    app: Inside
    dynamodb: Any
    events: Any
    archive: str

    def figures(self) -> dict[str, tuple[dict[str, int], dict[str, Any]]]:
        """The bureau's day by sender: counters and gauges."""
        with bind(duty(self.world.bureau, "drill")):
            days = LedgerStore().days(business_day(datetime.now(UTC)))
            return {one.sender: (dict(one.counters), dict(one.gauges)) for one in days}

    def unproven(self) -> list[Any]:
        """Figures that do not follow from the ledger's events."""
        with bind(duty(self.world.bureau, "drill")):
            return recompute(day=business_day(datetime.now(UTC)), ledger=LedgerStore())

    def restored(self, table: str) -> str:
        """A table as point-in-time recovery makes it, beside the living one."""
        name = f"{table}-restored-{datetime.now(UTC):%H%M%S%f}"
        self.dynamodb.restore_table_to_point_in_time(
            SourceTableName=table, TargetTableName=name, UseLatestRestorableTime=True
        )
        return name

    def rows(self, table: str, prefix: str = "T#") -> list[dict[str, Any]]:
        """What a table holds."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"] if item["pk"]["S"].startswith(prefix)]

    def lose(self, table: str, prefix: str = "T#") -> int:
        """The harm: rows are gone."""
        gone = self.rows(table, prefix)
        for item in gone:
            self.dynamodb.delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})
        return len(gone)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with world() as made, inside(made) as app, pumping(made):
        endpoint = made.stack.endpoint
        events = client("events", endpoint=endpoint)
        archive = events.create_archive(
            ArchiveName="songyun-local-tourism", EventSourceArn=BUS, RetentionDays=ARCHIVE_DAYS
        )["ArchiveArn"]
        yield Place(made, app, client("dynamodb", endpoint=endpoint), events, archive)


def sell(place: Place, *, count: int) -> list[dict[str, Any]]:
    orders = [place.app.order() for _ in range(count)]
    place.app.check(orders[0]["tickets"][0]["code"])
    place.world.stack.drain()
    return orders


def test_orders_that_were_lost_come_back_and_are_not_counted_again(place: Place) -> None:
    orders = sell(place, count=3)
    beside = place.restored(APP)
    prefix = f"T#{place.world.scenic.id}#"
    place.lose(APP, f"{prefix}ORDER#")
    place.lose(APP, f"{prefix}TICKET#")
    sell(place, count=1)  # business goes on meanwhile
    meanwhile = place.figures()

    dry = copy_back(source=beside, target=APP, prefix=prefix, dynamodb=place.dynamodb, dry=True)
    done = copy_back(source=beside, target=APP, prefix=prefix, dynamodb=place.dynamodb)
    assert dry == done
    assert done.back >= 6
    assert done.there > done.back
    place.world.stack.drain()
    assert place.figures() == meanwhile  # tickets that were admitted carry their event, which is known

    for order in orders:
        shown = place.app.get("/api/v1/scenic/orders/{order}", order=order["id"])
        assert (shown["id"], shown["payment"]) == (order["id"], "paid")
        assert [ticket["code"] for ticket in shown["tickets"]] == [one["code"] for one in order["tickets"]]
    place.app.check(orders[1]["tickets"][0]["code"])  # a ticket that came back admits
    place.world.stack.drain()
    again = copy_back(source=beside, target=APP, prefix=prefix, dynamodb=place.dynamodb)
    assert again.back == 0


def test_outbox_rows_that_come_back_are_published_and_counted_once(place: Place) -> None:
    before, prefix = place.figures(), f"T#{place.world.scenic.id}#OUTBOX#"
    with place.world.acting():
        said = next(filter(None, map(envelopes_of, audited(day=business_day(datetime.now(UTC))))))
        place.dynamodb.put_item(
            TableName=APP,
            Item=outbox_row(packed(said), id=new_id("jn", now=datetime.now(UTC))).to_dynamodb_dict(),
        )
    place.world.stack.drain()
    assert place.rows(APP, prefix) == []  # the relay has sent and forgotten it
    assert place.figures() == before


def test_a_ledger_that_was_lost_is_the_same_again_from_its_backup_and_the_archive(place: Place) -> None:
    sell(place, count=2)
    beside, backed_up = place.restored(LEDGER), datetime.now(UTC)
    sell(place, count=2)  # what no backup holds
    before = place.figures()
    assert place.lose(LEDGER) > 0
    assert place.figures() == {}

    copy_back(source=beside, target=LEDGER, prefix="T#", dynamodb=place.dynamodb)
    assert place.figures() != before
    replay(
        archive=place.archive,
        bus=BUS,
        rule=RULE,
        start=backed_up - timedelta(hours=1),  # more than is missing: what is filed already counts once
        end=datetime.now(UTC) + timedelta(minutes=1),
        events=place.events,
        longest=60,
    )
    place.world.stack.drain()
    assert place.figures() == before
    assert place.unproven() == []


def test_the_tool_says_what_it_wants_to_know() -> None:
    run = [sys.executable, "-m", "infra.restore", "events", "--archive", "a", "--bus", "b", "--rule", "r"]
    times = ["--start", "2026-11-22T09:00:00", "--end", "2026-11-22T10:00:00+08:00"]
    said = subprocess.run([*run, *times], capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "say the zone" in said.stderr


def test_what_this_engine_does_not_show(place: Place) -> None:
    """When it learns one of these, the drill can be made sharper."""
    before = place.rows(APP)
    name = f"{APP}-earlier"
    long_ago = datetime.now(UTC) - timedelta(days=30)
    place.dynamodb.restore_table_to_point_in_time(
        SourceTableName=APP, TargetTableName=name, RestoreDateTime=long_ago
    )
    assert len(place.rows(name)) == len(before), "it restores a moment now: ask for one in the drill"
    assert set(NOT_SHOWN) == {"a moment", "one rule", "time"}

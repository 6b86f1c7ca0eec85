"""Restoring, as ``infra/README.md`` describes it: ``python -m infra.restore rows …`` and ``… events …``.

Rows come from a table that point-in-time recovery made beside the living one: what is missing is put
back, what is there stays as it is. Events come from the bus's archive: consumers know what they have.
Run with the operator's own AWS credentials; no function may do any of this.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

_WAIT, _LONGEST = 2.0, 6 * 3600


@dataclass(frozen=True, kw_only=True)
class Copied:
    """Rows that were looked at: put back, or there already."""

    back: int
    there: int


def copy_back(*, source: str, target: str, prefix: str, dynamodb: Any, dry: bool = False) -> Copied:
    """Put rows of ``source`` whose partition begins with ``prefix`` into ``target``, where they are missing.

    ``dry`` counts only. Outbox rows that come back are published again: consumers count them once.
    """
    back = there = 0
    for item in _rows(source, prefix=prefix, dynamodb=dynamodb):
        if dry:
            key = {name: item[name] for name in ("pk", "sk")}
            missing = "Item" not in dynamodb.get_item(TableName=target, Key=key, ConsistentRead=True)
        else:
            missing = _put(item, target=target, dynamodb=dynamodb)
        back, there = back + missing, there + (not missing)
    return Copied(back=back, there=there)


def replay(
    *,
    archive: str,
    bus: str,
    rule: str,
    start: datetime,
    end: datetime,
    events: Any,
    longest: float = _LONGEST,
) -> str:
    """Send the archived events of a stretch of time to one rule again, and wait until all are sent; its name.

    ``archive``, ``bus`` and ``rule`` are ARNs.

    Raises:
        RuntimeError: the replay ended otherwise, or did not end.
    """
    name = f"restore-{datetime.now(start.tzinfo):%Y%m%dT%H%M%S%f}"
    events.start_replay(
        ReplayName=name,
        EventSourceArn=archive,
        EventStartTime=start,
        EventEndTime=end,
        Destination={"Arn": bus, "FilterArns": [rule]},
    )
    deadline, pause = time.monotonic() + longest, 0.05
    while time.monotonic() < deadline:
        state = events.describe_replay(ReplayName=name)["State"]
        if state == "COMPLETED":
            return name
        if state in {"CANCELLED", "FAILED"}:
            raise RuntimeError(f"the replay {name} ended as {state}")
        time.sleep(pause)
        pause = min(_WAIT, pause * 2)
    raise RuntimeError(f"the replay {name} has not ended after {longest:.0f} s; it goes on")


def _rows(table: str, *, prefix: str, dynamodb: Any) -> Iterator[dict[str, Any]]:
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="begins_with(pk, :prefix)",
        ExpressionAttributeValues={":prefix": {"S": prefix}},
        ConsistentRead=True,
    )
    for page in pages:
        yield from page["Items"]


def _put(item: dict[str, Any], *, target: str, dynamodb: Any) -> bool:
    try:
        dynamodb.put_item(TableName=target, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def main() -> int:
    """Restore, and say what was done."""
    parser = argparse.ArgumentParser(prog="python -m infra.restore")
    ways = parser.add_subparsers(dest="way", required=True)
    rows = ways.add_parser("rows", help="from a restored table into the living one")
    rows.add_argument("--source", required=True, help="the table that was restored beside it")
    rows.add_argument("--target", required=True, help="e.g. songyun-prod-app")
    rows.add_argument("--prefix", required=True, help="of the partition key, e.g. T#tn_…#ORDER#2026-11-22")
    rows.add_argument("--dry", action="store_true", help="count only")
    again = ways.add_parser("events", help="from the archive to one module's rule")
    for name in ("archive", "bus", "rule"):
        again.add_argument(f"--{name}", required=True, help="ARN")
    for name in ("start", "end"):
        again.add_argument(f"--{name}", required=True, type=_instant, help="2026-11-22T09:00:00+08:00")
    asked = parser.parse_args()
    from botocore.session import get_session

    session = get_session()
    if asked.way == "rows":
        copied = copy_back(
            source=asked.source,
            target=asked.target,
            prefix=asked.prefix,
            dynamodb=session.create_client("dynamodb"),
            dry=asked.dry,
        )
        print(f"{copied.back} rows {'are missing' if asked.dry else 'put back'}, {copied.there} were there")
        return 0
    name = replay(
        archive=asked.archive,
        bus=asked.bus,
        rule=asked.rule,
        start=asked.start,
        end=asked.end,
        events=session.create_client("events"),
    )
    print(f"{name}: all events were sent again")
    return 0


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("say the zone, e.g. +08:00")
    return moment


if __name__ == "__main__":
    sys.exit(main())

"""Rows of the ledger table: their keys, and how they are written down.

Written and read as DynamoDB's own JSON: counters are attributes with names of their own (``admitted@09``),
which no declared model has, and the intake's transactions are built once instead of through a model.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.config import settings
from chalicelib.persistence.table import tenant_key
from chalicelib.tenancy.credentials import tenant_dynamodb
from tenants.bureau.domain.entry import Aside, Entry, Filed
from tenants.bureau.domain.figures import Counters, Gauge
from tenants.bureau.domain.wall import Day

Item = dict[str, Any]
COUNTER, GAUGE = "c:", "g:"


def client() -> Any:
    """The DynamoDB client that signs for the bound bureau."""
    return tenant_dynamodb()


def table() -> str:
    """The physical name of the ledger table."""
    return settings().ledger_table


def feed_key(sender: str, slot: str, id: str) -> Item:
    """An event: filed by sender, local hour and type; within it by id, which sorts by time."""
    return {"pk": {"S": tenant_key("FEED", sender, slot)}, "sk": {"S": id}}


def mark_key(sender: str, id: str) -> Item:
    """The mark that this event was seen: one partition each, so no sender has a hot one."""
    return {"pk": {"S": tenant_key("MARK", sender, id)}, "sk": {"S": "-"}}


def day_key(day: date, sender: str) -> Item:
    """A sender's figures of a business day; all senders of a day share its partition."""
    return {"pk": {"S": tenant_key("DAY", day.isoformat())}, "sk": {"S": sender}}


def aside_key(day: date, id: str) -> Item:
    """Something set aside on a day of receipt."""
    return {"pk": {"S": tenant_key("QUARANTINE", day.isoformat())}, "sk": {"S": id}}


def parked_key_of_all() -> str:
    """The partition that says what is parked, whatever the day."""
    return tenant_key("PARKED")


def parked_key(aside: Aside) -> Item:
    """Where a parked event stands in it."""
    return {"pk": {"S": parked_key_of_all()}, "sk": {"S": f"{aside.day.isoformat()}#{aside.id}"}}


def parked_item(aside: Aside) -> Item:
    """The entry of a parked event there; it gets ``released`` when it is over."""
    return {**parked_key(aside), "kind": {"S": "parked-index"}}


def feed_item(entry: Entry, *, by: str | None = None) -> Item:
    """The event verbatim, with its hash and the circumstances of its arrival."""
    item = {
        **feed_key(entry.sender, entry.slot, entry.id),
        "kind": {"S": "feed"},
        "body": {"S": entry.body},
        "sha": {"S": entry.sha},
        "received": {"S": entry.received},
        "late": {"BOOL": entry.late},
        "weight": {"N": str(entry.weight)},
    }
    if entry.replay:
        item["replay"] = {"S": entry.replay}
    if by:
        item["by"] = {"S": by}
    return item


def filed_of(item: Mapping[str, Any]) -> Filed:
    """The reverse of ``feed_item``."""
    sender, slot = item["pk"]["S"].split("#", 4)[3:]
    envelope = json.loads(item["body"]["S"])
    entry = Entry(
        sender=sender,
        id=item["sk"]["S"],
        slot=slot,
        day=date.fromisoformat(slot[:10]),
        envelope=envelope,
        body=item["body"]["S"],
        sha=item["sha"]["S"],
        received=item["received"]["S"],
        late=item["late"]["BOOL"],
        weight=int(item["weight"]["N"]),
        replay=item.get("replay", {}).get("S"),
    )
    return Filed(entry=entry, by=item.get("by", {}).get("S"))


def day_of_item(item: Mapping[str, Any]) -> Day:
    """A sender's figures: ``c:`` attributes are counters, ``g:`` attributes gauges."""
    return Day(
        sender=item["sk"]["S"],
        counters={name[2:]: int(value["N"]) for name, value in item.items() if name.startswith(COUNTER)},
        gauges={name[2:]: gauge_of(value["S"]) for name, value in item.items() if name.startswith(GAUGE)},
        heard=item.get("heard", {}).get("S", ""),
    )


def gauge_text(gauge: Gauge) -> str:
    """One text that sorts as the gauge does, so that a condition can compare it."""
    value = json.dumps(gauge.value, ensure_ascii=False, separators=(",", ":"))
    return f"{gauge.at} {gauge.id} {value}"


def gauge_of(text: str) -> Gauge:
    """The reverse of ``gauge_text``."""
    at, id, value = text.split(" ", 2)
    return Gauge(at, id, json.loads(value))


def aside_item(aside: Aside) -> Item:
    """What was set aside, as it is kept."""
    texts = {
        name: {"S": getattr(aside, name)}
        for name in ("sender", "type", "code", "at", "words", "body", "sha", "received")
    }
    kind = "parked" if aside.parked else "quarantine"
    return {**aside_key(aside.day, aside.id), "kind": {"S": kind}, **texts}


def aside_of(item: Mapping[str, Any]) -> Aside:
    """The reverse of ``aside_item``."""
    return Aside(
        id=item["sk"]["S"],
        day=date.fromisoformat(item["pk"]["S"].rpartition("#")[2]),
        parked=item["kind"]["S"] == "parked",
        released=item.get("released", {}).get("S", ""),
        **{
            name: item[name]["S"]
            for name in ("sender", "type", "code", "at", "words", "body", "sha", "received")
        },
    )


def addition(key: Item, counters: Counters, *, heard: str | None) -> Item:
    """An update that adds ``counters`` to a day's figures; ADD makes what is not there yet."""
    names: dict[str, str] = {"#kind": "kind"}
    values: Item = {":kind": {"S": "figures"}}
    sets = ["#kind = :kind"]
    if heard is not None:
        names["#heard"], values[":heard"] = "heard", {"S": heard}
        sets.append("#heard = :heard")
    adds: list[str] = []
    places: dict[int, str] = {}
    for index, (name, amount) in enumerate(sorted(counters.items())):
        names[f"#c{index}"] = COUNTER + name
        if amount not in places:  # most amounts are 1: one value serves them all
            places[amount] = f":v{index}"
            values[places[amount]] = {"N": str(amount)}
        adds.append(f"#c{index} {places[amount]}")
    return {
        "TableName": table(),
        "Key": key,
        "UpdateExpression": f"SET {', '.join(sets)}" + (f" ADD {', '.join(adds)}" if adds else ""),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }

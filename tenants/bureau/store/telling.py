"""Telling: gauges are set where the word is newer, by updates that may be repeated in any order."""

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from tenants.bureau.domain.figures import Gauge
from tenants.bureau.store import rows
from tenants.bureau.store.rows import Item
from tenants.bureau.usecases.ports import Told


class Telling:
    """The half of the ledger that sets gauges."""

    def tell(self, told: Iterable[Told]) -> None:
        """See the port. Telling the same twice, or in another order, ends the same."""
        for one in told:
            if not _newer(one) and one.beside:  # what stands beside it may be the newest of its own name
                for name, gauge in one.beside.items():
                    _newer(Told(sender=one.sender, day=one.day, name=name, gauge=gauge))

    def retell(self, old: Told, new: Gauge | None) -> None:
        """See the port."""
        values = {":old": {"S": rows.gauge_text(old.gauge)}}
        if new is not None:
            values[":new"] = {"S": rows.gauge_text(new)}
        _quietly(
            **_figures(old),
            UpdateExpression="REMOVE #g" if new is None else "SET #g = :new",
            ConditionExpression="#g = :old",
            ExpressionAttributeNames={"#g": rows.GAUGE + old.name},
            ExpressionAttributeValues=values,
        )


def _newer(told: Told) -> bool:
    """Set a gauge, and what stands beside it, where it is newer than the one that is there."""
    names = {"#g": rows.GAUGE + told.name, "#kind": "kind"}
    values = {":new": {"S": rows.gauge_text(told.gauge)}, ":kind": {"S": "figures"}}
    sets = ["#g = :new", "#kind = if_not_exists(#kind, :kind)"]
    for index, (name, gauge) in enumerate(told.beside.items()):
        names[f"#b{index}"], values[f":b{index}"] = rows.GAUGE + name, {"S": rows.gauge_text(gauge)}
        sets.append(f"#b{index} = :b{index}")
    return _quietly(
        **_figures(told),
        UpdateExpression="SET " + ", ".join(sets),
        ConditionExpression="attribute_not_exists(#g) OR #g < :new",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )


def _figures(told: Told) -> Item:
    return {"TableName": rows.table(), "Key": rows.day_key(told.day, told.sender)}


def _quietly(**update: Any) -> bool:
    """An update whose condition may fail: then a newer word stands, which is as it should be."""
    try:
        rows.client().update_item(**update)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True

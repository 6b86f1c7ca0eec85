"""An order as one row: under 1 kB for a small one, so that writing it is one write unit."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.commerce.orders.domain import Change, Fulfilment, Line, Order, Payment, State, Tier
from chalicelib.commerce.stock.domain import Hold
from chalicelib.kernel.ids import lane_of, moment_of
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.payments.port import Receipt
from chalicelib.persistence.table import LANES, Row, tenant_key


class OrderRow(Row, discriminator="order"):
    """pk ``ORDER#<business day>#<lane>``, sk the id: both follow from the id, so no index is needed."""

    body = UnicodeAttribute()
    people = BinaryAttribute(legacy_encoding=False)
    state = UnicodeAttribute()
    payment = UnicodeAttribute()
    fulfilment = UnicodeAttribute()
    until = NumberAttribute()
    version = NumberAttribute()


def order_pk(id: str) -> str:
    """Where an order lies: its day and lane follow from its id."""
    return tenant_key("ORDER", business_day(moment_of(id)).isoformat(), str(lane_of(id, lanes=LANES)))


def order_row(order: Order) -> OrderRow:
    """The row of an order."""
    return OrderRow(
        order_pk(order.id),
        order.id,
        body=_body(order),
        people=order.people,
        state=str(order.state),
        payment=str(order.payment),
        fulfilment=str(order.fulfilment),
        until=int(order.until.timestamp()),
        version=order.version,
    )


def _body(order: Order) -> str:
    """What no condition reads, as compact JSON with short names: the row stays within one write unit."""
    receipt = order.receipt
    document: dict[str, Any] = {
        "l": [_line(line) for line in order.lines],
        "h": [_hold(hold) for hold in order.holds],
        "k": order.locks,
        "p": [[tier.hours, tier.permille] for tier in order.policy],
        "c": order.channel,
        "g": order.locale,
        "d": order.digest,
        "y": order.paying,
        "r": order.refunded,
        "w": order.reason,
    }
    if receipt is not None:
        document["$"] = _money(receipt)
    if order.more:
        document["$$"] = [[*_money(one), order.gone.get(one.ref, 0)] for one in order.receipts]
    if order.beside:
        document["x"] = [_money(one) for one in order.beside]
    if order.change is not None:
        change = order.change
        document["n"] = [
            [_line(line) for line in change.lines],
            [_hold(hold) for hold in change.holds],
            change.due,
            int(change.until.timestamp()),
            change.paying,
        ]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _line(line: Line) -> list[Any]:
    return [
        line.kind,
        line.product,
        line.title,
        line.option,
        line.resource,
        line.slot,
        int(line.starts.timestamp()),
        int(line.ends.timestamp()),
        line.count,
        line.price,
        dict(line.facts),
    ]


def order_of(row: OrderRow) -> Order:
    """The order in a row."""
    body: Mapping[str, Any] = json.loads(row.body)
    return Order(
        id=row.sk,
        lines=tuple(_line_of(line) for line in body["l"]),
        placed=moment_of(row.sk),
        until=_instant(row.until),
        channel=body["c"],
        locale=body["g"],
        policy=tuple(Tier(hours=hours, permille=permille) for hours, permille in body["p"]),
        holds=tuple(_hold_of(*hold) for hold in body["h"]),
        locks=tuple(body["k"]),
        people=row.people,
        digest=body["d"],
        state=State(row.state),
        payment=Payment(row.payment),
        fulfilment=Fulfilment(row.fulfilment),
        receipt=_receipt(body["$"]) if "$" in body else None,
        paying=body["y"],
        refunded=body["r"],
        reason=body["w"],
        more=tuple(_receipt(values[:5]) for values in body.get("$$", ())[1:]),
        beside=tuple(_receipt(values) for values in body.get("x", ())),
        gone={values[1]: values[5] for values in body.get("$$", ()) if values[5]},
        change=_change(*body["n"]) if "n" in body else None,
        version=int(row.version),
    )


def _line_of(line: Sequence[Any]) -> Line:
    kind, product, title, option, resource, slot, starts, ends, count, price, facts = line
    return Line(
        kind=kind,
        product=product,
        title=title,
        option=option,
        resource=resource,
        slot=slot,
        starts=_instant(starts),
        ends=_instant(ends),
        count=count,
        price=price,
        facts=facts,
    )


def _hold(hold: Hold) -> list[Any]:
    place = [hold.resource, hold.slot, hold.bucket, hold.count]
    return [*place, hold.shelf] if hold.shelf else place


def _hold_of(resource: str, slot: str, bucket: int, count: int, shelf: str = "") -> Hold:
    return Hold(resource=resource, slot=slot, bucket=bucket, count=count, shelf=shelf)


def _money(receipt: Receipt) -> list[Any]:
    return [receipt.provider, receipt.ref, receipt.method, receipt.amount.amount, rfc3339(receipt.at)]


def _change(lines: Any, holds: Any, due: int, until: int, paying: str) -> Change:
    return Change(
        lines=tuple(_line_of(line) for line in lines),
        holds=tuple(_hold_of(*hold) for hold in holds),
        due=due,
        until=_instant(until),
        paying=paying,
    )


def _receipt(values: Sequence[Any]) -> Receipt:
    provider, ref, method, amount, at = values
    return Receipt(provider=provider, ref=ref, method=method, amount=Money(amount), at=parse_instant(at))


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)

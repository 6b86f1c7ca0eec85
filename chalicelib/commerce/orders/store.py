"""Orders in DynamoDB: one row an order (under 1 kB for a small one), one row a lock, one a refund owed."""

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError

from chalicelib.commerce.orders.domain import AlreadyHas, Fulfilment, Line, Order, Payment, State, Tier
from chalicelib.commerce.orders.ports import Lock, PendingRefund
from chalicelib.commerce.stock import store as stock_store
from chalicelib.commerce.stock.domain import Hold
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import is_id, lane_of, moment_of
from chalicelib.kernel.money import Money
from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.payments.port import Receipt
from chalicelib.persistence.table import LANES, Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current

_KEPT_AFTER_USE = timedelta(days=2)


_FRESH_KEPT = 500
_fresh: OrderedDict[tuple[str, str], Order] = OrderedDict()
"""Orders as this process created them, each handed out once: paying right after holding need not read.
What is done with one is checked against the row's version; a stale one is a Clash, and then it is read.
"""


class OrderRow(Row, discriminator="order"):
    """pk ``ORDER#<business day>#<lane>``, sk the id: both follow from the id, so no index is needed."""

    body = UnicodeAttribute()
    people = BinaryAttribute(legacy_encoding=False)
    state = UnicodeAttribute()
    payment = UnicodeAttribute()
    fulfilment = UnicodeAttribute()
    until = NumberAttribute()
    version = NumberAttribute()


class LockRow(Row, discriminator="lock"):
    """pk ``LOCK#<key>``: one order at a time; over when ``until`` is past, whoever looks."""

    order = UnicodeAttribute()
    command = UnicodeAttribute()
    digest = UnicodeAttribute()
    until = NumberAttribute()


class OwedRow(Row, discriminator="owed-refund"):
    """pk ``OWED``, sk the refund's id: gone when the money has gone back."""

    order = UnicodeAttribute()
    provider = UnicodeAttribute()
    ref = UnicodeAttribute()
    amount = NumberAttribute()
    reason = UnicodeAttribute()


class OrderStore:
    """The ``Orders`` port on the app table."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def lock(self, key: str, mine: Lock, *, until: datetime, now: datetime) -> Lock | None:
        row = LockRow(
            tenant_key("LOCK", key),
            "-",
            order=mine.order,
            command=mine.command,
            digest=mine.digest,
            until=int(until.timestamp()),
            ttl=int((until + _KEPT_AFTER_USE).timestamp()),
        )
        free = LockRow.pk.does_not_exist() | (LockRow.until <= int(now.timestamp()))
        try:
            row.put(free | (LockRow.order == mine.order))
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            other = LockRow.find(row.pk, "-")
            if other is None:  # let go between the two calls: the caller tries again
                return self.lock(key, mine, until=until, now=now)
            return Lock(order=other.order, command=other.command, digest=other.digest)
        return None

    def locked(self, key: str, *, now: datetime) -> Lock | None:
        row = LockRow.find(tenant_key("LOCK", key), "-")
        if row is None or row.until <= int(now.timestamp()):
            return None
        return Lock(order=row.order, command=row.command, digest=row.digest)

    def unlock(self, keys: Sequence[str], *, order: str) -> None:
        for key in keys:
            try:
                LockRow(tenant_key("LOCK", key), "-").delete(condition=LockRow.order == order)
            except DeleteError as error:
                if error.cause_response_code != "ConditionalCheckFailedException":
                    raise

    def create(self, order: Order) -> bool:
        try:
            _row(order).put(OrderRow.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        _fresh[(current().tenant.id, order.id)] = order
        while len(_fresh) > _FRESH_KEPT:
            _fresh.popitem(last=False)
        return True

    def find(self, id: str) -> Order | None:
        if not is_id(id, "or"):
            return None
        row = OrderRow.find(_pk(id), id)
        return _order(row) if row is not None else None

    def expected(self, id: str) -> Order:
        fresh = _fresh.pop((current().tenant.id, id), None)
        return fresh if fresh is not None else self.get(id)

    def get(self, id: str) -> Order:
        order = self.find(id)
        if order is None:
            raise Missing(order=id)
        return order

    def keep(self, order: Order, *, before: Order) -> None:
        self._work.put(_row(order), OrderRow.version == before.version)

    def fulfilled(self, id: str, fulfilment: Fulfilment) -> None:
        OrderRow._get_connection().update_item(
            _pk(id),
            id,
            actions=[
                OrderRow.fulfilment.set(str(fulfilment)),
                OrderRow.version.set(OrderRow.version + 1),
            ],
            condition=OrderRow.pk.exists(),
            return_values="NONE",
        )

    def confirm_holds(self, order: Order) -> None:
        stock_store.confirm(self._work, order.holds, order=order.id)
        self._lock_until(order, max(line.ends for line in order.lines))

    def extend(self, order: Order, *, before: Order) -> None:
        stock_store.extend(self._work, order.holds, order=order.id, until=order.until)
        self._lock_until(order, order.until)
        self.keep(order, before=before)

    def give_back(self, order: Order, hold: Hold, *, count: int) -> None:
        until = order.until if order.state is State.HELD else None
        stock_store.give_back(self._work, hold, order=order.id, count=count, until=until)

    def unlock_with(self, keys: Sequence[str], *, order: str) -> None:
        for key in keys:
            gone_or_mine = LockRow.pk.does_not_exist() | (LockRow.order == order)
            self._work.delete(LockRow(tenant_key("LOCK", key), "-"), gone_or_mine)

    def _lock_until(self, order: Order, until: datetime) -> None:
        """Join the work: the persons' locks last until then. One that is gone is taken again, unless another
        order has it: the same command sent twice at once may have let it go when it found nothing left.
        """
        for key in order.locks:
            row = LockRow(
                tenant_key("LOCK", key),
                "-",
                order=order.id,
                command="",
                digest=order.digest,
                until=int(until.timestamp()),
                ttl=int((until + _KEPT_AFTER_USE).timestamp()),
            )
            gone_or_mine = LockRow.pk.does_not_exist() | (LockRow.order == order.id)
            self._work.put(row, gone_or_mine, otherwise=AlreadyHas(tail="****"))

    def owe(self, refund: PendingRefund) -> None:
        self._work.create(
            OwedRow(
                tenant_key("OWED"),
                refund.id,
                order=refund.order,
                provider=refund.provider,
                ref=refund.ref,
                amount=refund.amount.amount,
                reason=refund.reason,
            )
        )

    def settle(self, refund: PendingRefund) -> None:
        self._work.delete(OwedRow(tenant_key("OWED"), refund.id), OwedRow.pk.exists())

    def owed(self) -> Sequence[PendingRefund]:
        return [
            PendingRefund(
                id=row.sk,
                order=row.order,
                provider=row.provider,
                ref=row.ref,
                amount=Money(int(row.amount)),
                reason=row.reason,
            )
            for row in OwedRow.query(tenant_key("OWED"), consistent_read=True)
        ]


def listed(*, day: date, newest: int) -> list[Order]:
    """The newest orders of a business day: every lane's newest, merged."""
    rows: list[OrderRow] = []
    for lane in range(LANES):
        pk = tenant_key("ORDER", day.isoformat(), str(lane))
        rows += OrderRow.query(pk, scan_index_forward=False, limit=newest)
    rows.sort(key=lambda row: row.sk, reverse=True)
    return [_order(row) for row in rows[:newest]]


def every(*, day: date) -> Iterator[Order]:
    """Every order placed on a business day, lane by lane (exports, closing the day)."""
    for lane in range(LANES):
        for row in OrderRow.query(tenant_key("ORDER", day.isoformat(), str(lane)), consistent_read=True):
            yield _order(row)


def _pk(id: str) -> str:
    return tenant_key("ORDER", business_day(moment_of(id)).isoformat(), str(lane_of(id, lanes=LANES)))


def _row(order: Order) -> OrderRow:
    return OrderRow(
        _pk(order.id),
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
        document["$"] = [
            receipt.provider,
            receipt.ref,
            receipt.method,
            receipt.amount.amount,
            rfc3339(receipt.at),
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


def _order(row: OrderRow) -> Order:
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


def _receipt(values: Sequence[Any]) -> Receipt:
    provider, ref, method, amount, at = values
    return Receipt(provider=provider, ref=ref, method=method, amount=Money(amount), at=parse_instant(at))


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)

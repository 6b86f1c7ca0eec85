"""Orders in DynamoDB: one row an order (under 1 kB for a small one), one row a lock, one a refund owed."""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError, UpdateError

from chalicelib.commerce.orders.domain import AlreadyHas, Fulfilment, Order, State
from chalicelib.commerce.orders.ports import Lock, PendingRefund
from chalicelib.commerce.orders.rows import OrderRow, order_of, order_pk, order_row
from chalicelib.commerce.stock import store as stock_store
from chalicelib.commerce.stock.domain import Hold
from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.money import Money
from chalicelib.persistence.table import LANES, Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from chalicelib.tenancy.context import current

_KEPT_AFTER_USE = timedelta(days=2)


_FRESH_KEPT = 500
_fresh: OrderedDict[tuple[str, str], Order] = OrderedDict()
"""Orders as this process created them, each handed out once: paying right after holding need not read.
What is done with one is checked against the row's version; a stale one is a Clash, and then it is read.
"""


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
            order_row(order).put(OrderRow.pk.does_not_exist())
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
        row = OrderRow.find(order_pk(id), id)
        return order_of(row) if row is not None else None

    def several(self, ids: Collection[str]) -> Sequence[Order]:
        return [order_of(row) for row in OrderRow.several((order_pk(id), id) for id in sorted(ids))]

    def expected(self, id: str) -> Order:
        fresh = _fresh.pop((current().tenant.id, id), None)
        return fresh if fresh is not None else self.get(id)

    def get(self, id: str) -> Order:
        order = self.find(id)
        if order is None:
            raise Missing(order=id)
        return order

    def keep(self, order: Order, *, before: Order) -> None:
        self._work.about(order.id)  # an order's history is what its audit rows say
        self._work.put(order_row(order), OrderRow.version == before.version)

    def fulfilled(self, id: str, fulfilment: Fulfilment) -> None:
        try:
            OrderRow._get_connection().update_item(
                order_pk(id),
                id,
                actions=[
                    OrderRow.fulfilment.set(str(fulfilment)),
                    OrderRow.version.set(OrderRow.version + 1),
                ],
                condition=OrderRow.state == str(State.CONFIRMED),
                return_values="NONE",
            )
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise

    def confirm_holds(self, order: Order) -> None:
        stock_store.confirm(self._work, order.holds, order=order.id)
        self._lock_until(order, order.ends)

    def extend(self, order: Order, *, before: Order) -> None:
        stock_store.extend(self._work, order.holds, order=order.id, until=order.until)
        self._lock_until(order, order.until)
        self.keep(order, before=before)

    def confirm_more(self, order: Order, holds: Sequence[Hold]) -> None:
        stock_store.confirm(self._work, holds, order=order.id)

    def extend_more(self, order: Order, holds: Sequence[Hold], *, until: datetime) -> None:
        stock_store.extend(self._work, holds, order=order.id, until=until)

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
    return [order_of(row) for row in rows[:newest]]


def ending(*, day: date, tail: str) -> str | None:
    """The id of the day's order that ends so. Only ids are fetched, lane by lane until it is found: rare, for
    people who have a number in their hand."""
    table = OrderRow._get_connection()
    for lane in range(LANES):
        pk, after = tenant_key("ORDER", day.isoformat(), str(lane)), None
        while True:
            found = table.query(pk, attributes_to_get=["sk"], exclusive_start_key=after)
            for item in found["Items"]:
                id: str = item["sk"]["S"]
                if id.endswith(tail):
                    return id
            if (after := found.get("LastEvaluatedKey")) is None:
                break
    return None


def every(*, day: date) -> Iterator[Order]:
    """Every order placed on a business day, lane by lane (exports, closing the day)."""
    for lane in range(LANES):
        for row in OrderRow.query(tenant_key("ORDER", day.isoformat(), str(lane)), consistent_read=True):
            yield order_of(row)

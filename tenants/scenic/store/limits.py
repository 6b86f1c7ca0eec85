"""Orders in force, and what the city was told of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.errors import Clash
from chalicelib.messaging.directives import store
from chalicelib.messaging.directives.domain import Directive
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.scenic.domain.limit import EVERY, Limit


class LimitSaidRow(Row, discriminator="scenic-limit-said"):
    """pk ``LIMITSAID``, sk ``<area>``: the orders that U12 has announced there, so that each is said once."""

    orders = UnicodeAttribute()


class LimitStore:
    """The ``Limits`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def orders(self) -> Sequence[Limit]:
        """Those that hold now or later, as known within the last five seconds. Drills are not among them."""
        return limits_of(store.ahead(now=self._work.now))

    def said(self, area: str) -> str:
        """Which orders were announced for this area: their ids, joined."""
        row = LimitSaidRow.find(tenant_key("LIMITSAID"), area)
        return row.orders if row is not None else ""

    def say(self, area: str, *, before: str, after: str) -> None:
        """Join the work: these are announced now, if nobody announced in between."""
        row = LimitSaidRow(tenant_key("LIMITSAID"), area, orders=after)
        if before:
            self._work.put(row, LimitSaidRow.orders == before, otherwise=Clash())
        else:
            new = LimitSaidRow.pk.does_not_exist() | (LimitSaidRow.orders == "")
            self._work.put(row, new, otherwise=Clash())


def limits_of(directives: Iterable[Directive]) -> list[Limit]:
    """The real orders among directives, as this module reads them."""
    return [
        Limit(
            id=one.id,
            area=str(one.data.get("area", EVERY)),
            begins=one.begins,
            ends=_end(one),
            cap=one.data.get("cap"),
            permille=one.data.get("permille"),
            reason=str(one.data.get("reason", "other")),
        )
        for one in directives
        if one.kind == "capacity" and not one.exercise
    ]


def _end(one: Directive) -> datetime:
    assert one.ends is not None, "the contract of D02 requires an end"
    return one.ends

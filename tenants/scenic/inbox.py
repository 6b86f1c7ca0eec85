"""Events in: scans to count, and the bureau's requests; and the duties that a schedule starts."""

from collections.abc import Sequence
from datetime import date, datetime

from chalicelib.kernel.module import Arrival
from chalicelib.kernel.period import business_day
from chalicelib.messaging import closing
from chalicelib.messaging.directives.domain import Directive
from chalicelib.messaging.directives.inbox import take
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.scenic.store import ScenicShop, new_unit
from tenants.scenic.store.limits import limits_of
from tenants.scenic.usecases import duties, gate, limits

_SCANS = {"tourism.scenic.ticket.scanned.v1", "tourism.scenic.visitors.left.v1"}


class Limiting:
    """What an area does about capacity orders by itself: sale and entry obey the row; the city is told."""

    def __init__(self, work: UnitOfWork) -> None:
        self._shop = ScenicShop(work)

    def begun(self, directive: Directive, ahead: Sequence[Directive]) -> str:
        """Obeyed from now on; a warning or a notice is for people."""
        if directive.kind != "capacity":
            return ""
        limits.announce(shop=self._shop, orders=limits_of(ahead))
        return "sales-stopped"

    def over(self, directive: Directive, ahead: Sequence[Directive]) -> None:
        """What was before holds again."""
        if directive.kind == "capacity":
            limits.announce(shop=self._shop, orders=limits_of(ahead))


class ScenicInbox:
    """Takes a batch: the scans of a minute become one transaction."""

    def batch(self, arrivals: Sequence[Arrival], now: datetime) -> set[int]:
        """Everything of one tenant; a failure brings the whole batch again, which counts nothing twice."""
        scans = [arrival.envelope["data"] for arrival in arrivals if arrival.envelope["type"] in _SCANS]
        if scans:
            duties.count_scans(scans, unit=new_unit(now))
            shop = ScenicShop(UnitOfWork(action="scenic.mark-used", now=now))
            duties.mark_used(scans, shop=shop)
        for arrival in arrivals:
            if arrival.envelope["type"] not in _SCANS:
                take(arrival.envelope, now=now, effect=Limiting)
        return set()


def observe_flow(now: datetime) -> None:
    """Every five minutes: scans that broke off are settled, then U10 for each area."""
    shop = ScenicShop(UnitOfWork(action="scenic.observe-flow", now=now))
    gate.settle_passings(day=business_day(now), shop=shop, unit=new_unit(now))
    duties.observe_flow(shop=shop, unit=new_unit(now))
    with new_unit(now)("scenic.announce-limits") as inner:  # windows open and close by themselves
        limits.announce(shop=inner)


def close_days(now: datetime) -> None:
    """After midnight: the manifest of each day that ended, its gauges settled first."""

    def settle(day: date) -> None:
        shop = ScenicShop(UnitOfWork(action="scenic.settle-passings", now=now))
        gate.settle_passings(day=day, shop=shop, unit=new_unit(now))

    closing.close_days(action="scenic.close-day", now=now, settle=settle)

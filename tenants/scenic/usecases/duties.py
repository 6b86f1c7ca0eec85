"""What runs by itself: counting scans into minutes, observing the flow, closing the day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.commerce.orders.domain import Fulfilment
from chalicelib.kernel.errors import Clash
from chalicelib.kernel.period import business_day, parse_instant
from tenants.scenic.domain import events
from tenants.scenic.domain.area import MINUTE, minute_of
from tenants.scenic.domain.ticket import State
from tenants.scenic.usecases.ports import Shop, Unit

FLOW_WINDOW = timedelta(minutes=5)
_ATTEMPTS = 8


def count_scans(scans: Sequence[Mapping[str, Any]], *, unit: Unit) -> None:
    """Count scans (data of ``ticket.scanned`` and ``visitors.left``) into minutes; say U09 and U10.

    However often a scan comes, it is counted once: the minute's row knows every scan it has counted.
    """
    groups: dict[tuple[str, datetime], list[Mapping[str, Any]]] = {}
    for scan in scans:
        groups.setdefault((scan["area"], minute_of(parse_instant(scan["at"]))), []).append(scan)
    for (area_id, minute), group in groups.items():
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with unit("scenic.count-scans") as shop:
                    _count(area_id, minute, group, shop=shop)
                break
            except Clash:  # another batch counted into the same minute: look again
                if attempt == _ATTEMPTS:
                    raise


def _count(area_id: str, minute: datetime, group: Sequence[Mapping[str, Any]], *, shop: Shop) -> None:
    area = shop.catalogue.area(area_id)
    before = shop.flow.minute(area_id, minute)
    fresh = {_mark(scan): scan for scan in group if _mark(scan) not in before.seen}
    if not fresh:
        return
    shop.flow.counted(before, more=frozenset(fresh))
    for gate in sorted({scan["gate"] for scan in fresh.values() if "outcome" in scan}):
        outcomes = [scan["outcome"] for scan in fresh.values() if scan["gate"] == gate and "outcome" in scan]
        shop.publish(
            events.entries_counted(
                area=area_id,
                gate=gate,
                minute=minute,
                admitted=outcomes.count("admitted"),
                refused=events.tally([outcome for outcome in outcomes if outcome != "admitted"]),
                now=shop.now,
            )
        )
    entered, exited = in_and_out(before.seen | frozenset(fresh))
    gauge = shop.flow.gauge(area_id, business_day(minute))
    shop.publish(
        events.flow_observed(
            area=area, gauge=gauge, window=minute, seconds=60, entered=entered, exited=exited, now=shop.now
        )
    )


def _mark(scan: Mapping[str, Any]) -> str:
    """A scan's name in its minute: an admission by its ticket (there is one), the others by their nonce."""
    if "count" in scan:
        return f"{scan['gate']}|{scan['nonce']}|left|{scan['count']}"
    who = scan["ticket"] if scan["outcome"] == "admitted" else scan["nonce"]
    return f"{scan['gate']}|{who}|{scan['outcome']}"


def in_and_out(seen: frozenset[str]) -> tuple[int, int]:
    """(entered, exited) of a minute's marks."""
    exits = [mark.rsplit("|", 1)[1] for mark in seen if "|left|" in mark]
    return sum(1 for mark in seen if mark.endswith("|admitted")), sum(int(count) for count in exits)


def mark_used(scans: Sequence[Mapping[str, Any]], *, shop: Shop) -> None:
    """Orders whose tickets were admitted read "used" or "partly used": what the lists of orders show."""
    admitted = {scan["ticket"].rsplit("-", 1)[0] for scan in scans if scan.get("outcome") == "admitted"}
    for short in sorted(admitted):
        live = [ticket for ticket in shop.tickets.of(short) if ticket.state is not State.REFUNDED]
        if not live:
            continue
        used = all(ticket.state is State.USED for ticket in live)
        shop.orders.fulfilled(live[0].order, Fulfilment.USED if used else Fulfilment.PARTLY_USED)


def observe_flow(*, shop: Shop, unit: Unit) -> None:
    """U10 for each area: what was counted in the last five minutes, and who is inside."""
    start = minute_of(shop.now) - FLOW_WINDOW
    for area in shop.catalogue.areas():
        minutes = [shop.flow.minute(area.id, start + MINUTE * step) for step in range(5)]
        totals = [in_and_out(minute.seen) for minute in minutes]
        gauge = shop.flow.gauge(area.id, business_day(shop.now))
        with unit("scenic.observe-flow") as inner:
            inner.publish(
                events.flow_observed(
                    area=area,
                    gauge=gauge,
                    window=start,
                    seconds=300,
                    entered=sum(entered for entered, _ in totals),
                    exited=sum(exited for _, exited in totals),
                    now=inner.now,
                )
            )

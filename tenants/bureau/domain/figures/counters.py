"""Counters: what one event adds to its sender's day.

Everything that counts is a named whole number that only ever gets added to, so order, delay and batching
cannot change a sum. The live figures and their recomputation from the ledger use these same functions.

A name says what, then how it is divided: ``sold.online`` by a code, ``sold@09`` by the local hour,
``admitted/main@09`` by area and hour.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.period import SHANGHAI, business_day, parse_instant
from tenants.bureau.domain.figures import groups, lodging, service, trade, types, visits

Envelope = Mapping[str, Any]
Counters = dict[str, int]

DELAYS = (5, 60, 300, 600, 3600)
"""Seconds from the occurrence to the receipt, up to each bound; beyond the last: ``+``."""


def occurred(envelope: Envelope) -> datetime:
    """When it happened (UTC)."""
    return parse_instant(envelope["time"])


def day_of(envelope: Envelope) -> date:
    """The business day of the occurrence."""
    return business_day(occurred(envelope))


def hour_of(envelope: Envelope) -> int:
    """The local hour of the occurrence."""
    return occurred(envelope).astimezone(SHANGHAI).hour


def contribution(envelope: Envelope) -> Counters:
    """What this event adds to its sender's figures of its day. Exercises and tests add nothing."""
    rule = _RULES.get(envelope["type"])
    if rule is None or envelope["status"] != "actual":
        return {}
    found = rule(envelope["data"], occurred(envelope).astimezone(SHANGHAI))
    return {name: amount for name, amount in found.items() if amount}


def receipt(
    envelope: Envelope, *, weight: int, late: bool, after: bool = False, delay: float | None = None
) -> Counters:
    """What the mere arrival adds, whatever the event says: the index of the ledger and the sender's
    punctuality.

    ``n:<type>`` and ``d:<type>`` are count and digest for the day's close; ``h:<hour>`` says which hours
    have events. ``l:<type>`` are late, ``a:<type>`` those of them that came after the books were closed.
    ``delay``: seconds from the occurrence; ``t:U10.60`` took more than 5 seconds and at most 60.
    """
    tardy = {f"l:{envelope['type']}": 1} if late else {}
    if after:
        tardy |= {f"a:{envelope['type']}": 1, "after": 1}
    if delay is not None and envelope["type"] in types.CODES:
        tardy[f"t:{types.CODES[envelope['type']]}.{_within(delay)}"] = 1
    return {
        **tardy,
        "received": 1,
        "late": int(late),
        "apart": int(envelope["status"] != "actual" or envelope["type"] == types.OBSERVED),
        f"n:{envelope['type']}": 1,
        f"d:{envelope['type']}": weight,
        f"h:{hour_of(envelope):02d}": 1,
    }


def added(parts: Iterable[Mapping[str, int]]) -> Counters:
    """The sum of contributions, zeros left out."""
    total: Counters = {}
    for part in parts:
        for name, amount in part.items():
            total[name] = total.get(name, 0) + amount
    return {name: amount for name, amount in total.items() if amount}


def negated(counters: Mapping[str, int]) -> Counters:
    """What takes a contribution back."""
    return {name: -amount for name, amount in counters.items()}


def _within(delay: float) -> str:
    return next((str(most) for most in DELAYS if delay <= most), "+")


_RULES: Mapping[str, Callable[[Mapping[str, Any], datetime], Counters]] = {
    types.CHECKED_IN: lodging.checked_in,
    types.CHECKED_OUT: lodging.checked_out,
    types.REGISTERED: lodging.registered,
    types.TICKET: visits.ticket,
    types.ENTRY: visits.entry,
    types.CROSSED: visits.crossed,
    types.CONTRACT: groups.contract,
    types.GROUP: groups.filed,
    types.PROGRESS: groups.progressed,
    types.SETTLED: groups.settled,
    types.ORDER: trade.order,
    types.PAYMENT: trade.payment,
    types.FULFILMENT: trade.fulfilment,
    types.OPENED: service.opened,
    types.PROGRESSED: service.progressed,
    types.CASE_CLOSED: service.closed,
    types.SURVEY: service.survey,
    types.INCIDENT: service.incident,
    types.INSPECTION: service.inspection,
    types.RECTIFIED: service.rectified,
}
"""U01, U06, U07, U10, U12 and U27 are gauges: they say how something is, and add nothing."""

"""Gauges: what is true now. The word of the latest event counts, whatever the order of arrival.

Some speak of another day than the one they are said on: a close and a night audit of the day before, free
rooms of a night to come, an incident of the day it became known; an enterprise's profile and the state of
its webhook addresses hold until it says another.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI, business_day, parse_instant, rfc3339
from tenants.bureau.domain.figures import types
from tenants.bureau.domain.figures.counters import Envelope, day_of, hour_of, occurred

STANDING = date(1, 1, 1)
"""The day of what holds until something newer is said."""

FARTHEST = timedelta(days=800)
"""How far the day that an event speaks of may lie from its occurrence."""


@dataclass(frozen=True, order=True)
class Gauge:
    """The latest word on something: by time of occurrence, then by id; order of arrival is nothing."""

    at: str
    id: str
    value: Any = None


def gauges(envelope: Envelope) -> dict[str, Gauge]:
    """What this event says about the present, by gauge; with the day it belongs to see ``gauge_day``.

    The first is the leading one: where it is the newest of its name, so are the others of theirs.
    """
    data, type = envelope["data"], envelope["type"]
    at, id = rfc3339(occurred(envelope)), envelope["id"]
    if type == types.RECEIPT:  # of a drill too: a receipt is no figure
        return {f"ack:{data['command']}": Gauge(at, id, dict(data))}
    if envelope["status"] != "actual":
        return {}
    if type == types.FLOW:
        zone = data.get("zone", "")
        seen = Gauge(at, id, data["inside"])
        return {f"flow:{zone}": Gauge(at, id, dict(data)), f"seen:{zone}@{hour_of(envelope):02d}": seen}
    name = _name(type, data)
    value = audited(data) if type == types.AUDIT else dict(data)
    return {name: Gauge(at, id, value)} if name else {}


def audited(data: Mapping[str, Any]) -> dict[str, Any]:
    """A night audit with its revenue as the books have it: below nothing where more was corrected than
    earned, so that days add up. The contract knows no less than nothing and says a shortfall beside it.
    """
    revenue = {
        field: data[field] - data[shortfall] for shortfall, field in _SHORTFALLS.items() if shortfall in data
    }
    return {**data, **revenue}


_SHORTFALLS: Mapping[str, str] = {"roomShortfall": "roomRevenue", "otherShortfall": "otherRevenue"}


def gauge_day(envelope: Envelope) -> date:
    """The day a gauge belongs to: its occurrence's, or the one it speaks of."""
    type, data = envelope["type"], envelope["data"]
    if type in {types.PROFILE, types.OBSERVED}:
        return STANDING
    if type == types.INCIDENT:
        return business_day(parse_instant(data["learned"]).astimezone(SHANGHAI))
    field = _dated(type)
    return date.fromisoformat(data[field]) if field else day_of(envelope)


def misdated(envelope: Envelope) -> str | None:
    """The field of ``data`` that names no day, or one far from the occurrence; None when all is well.

    A contract knows digits, not calendars: without this a 31st of February would stop the intake.
    """
    field = "learned" if envelope["type"] == types.INCIDENT else _dated(envelope["type"])
    if not field:
        return None
    try:
        day = gauge_day(envelope)
    except ValueError:
        return field
    return None if abs(day - day_of(envelope)) <= FARTHEST else field


def _dated(type: str) -> str:
    if type.endswith(types.CLOSED_SUFFIX) or type == types.DISPUTED:
        return "day"
    if type == types.DECLARED:
        return "until"
    return "date" if type in {types.AUDIT, types.AVAILABILITY} else ""


def _name(type: str, data: Mapping[str, Any]) -> str:
    if type.endswith(types.CLOSED_SUFFIX):
        return "close"
    if type == types.AUDIT and "property" in data:  # a tenant's houses stand beside one another
        return f"audit:{data['property']}"
    name = _NAMES.get(type)
    return name.format_map(data) if name is not None else ""


_NAMES: Mapping[str, str] = {
    types.CROSSED: "level:{area}:{cap}",
    types.STATUS: "status:{area}",
    types.AVAILABILITY: "free:{roomType}",
    types.INCIDENT: "incident:{incident}",
    types.DECLARED: "return:{form}",
    types.AUDIT: "audit",
    types.PROFILE: "profile",
    types.DISPUTED: "dispute",
    types.OBSERVED: "feed:{hook}",
}
"""The name of a gauge, with the fields of its data that tell one from another."""

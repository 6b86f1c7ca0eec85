"""Ways home: the address of the events behind a number."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from tenants.bureau.domain.figures import behind

API, PAGE = "/api/v1/bureau/events", "/bureau/events"
API_KPI, PAGE_KPI = "/api/v1/bureau/kpi", "/bureau/kpi"
LINKED = (
    *("orders", "order_fen", "sold", "sold_fen", "refunds", "refund_fen", "paid_fen", "admitted", "refused"),
    *("inside", "level", "status", "guests", "free", "registered", "contracts", "contract_fen", "groups"),
    *("group_pax", "cases", "occupancy"),
)
"""The figures of a sender's line that are shown as links."""
_STEMS = {"occupancy": "audit"}
"""Figures that are worked out from a gauge of another name."""


def events_href(
    *, sender: str, day: date, hour: int | None = None, type: str = "", base: str = PAGE, cursor: str = ""
) -> str:
    """The list of one sender's events of a day, narrowed by hour and type."""
    return f"{base}?{query(sender=sender, day=day.isoformat(), hour=hour, type=type, cursor=cursor)}"


def query(**asked: Any) -> str:
    """What stands after the question mark; nothing of what was not asked."""
    return urlencode({name: value for name, value in asked.items() if value not in (None, "")})


def figure_hrefs(*, sender: str, day: date, base: str = PAGE) -> Mapping[str, str]:
    """For each figure of a sender's day the list of its events."""
    return {
        figure: events_href(sender=sender, day=day, type=behind(_STEMS.get(figure, figure)), base=base)
        for figure in LINKED
    }

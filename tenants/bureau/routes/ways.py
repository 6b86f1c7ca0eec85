"""Ways home: the address of the events behind a number."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from tenants.bureau.domain.figures import BEHIND

API, PAGE = "/api/v1/bureau/events", "/bureau/events"


def events_href(
    *, sender: str, day: date, hour: int | None = None, type: str = "", base: str = PAGE, cursor: str = ""
) -> str:
    """The list of one sender's events of a day, narrowed by hour and type."""
    query = {"sender": sender, "day": day.isoformat(), "hour": hour, "type": type, "cursor": cursor}
    return f"{base}?{urlencode({name: value for name, value in query.items() if value not in (None, '')})}"


def figure_hrefs(*, sender: str, day: date, base: str = PAGE) -> Mapping[str, str]:
    """For each figure of a sender's day the list of its events."""
    return {
        figure: events_href(sender=sender, day=day, type=type, base=base) for figure, type in BEHIND.items()
    }

"""What the level above gets: reports that were sent to it, and returns that the city has accepted. Pure.

Events of the lane out: they never pass the bus, the feed ``above`` holds them. A unit's return is what the
law passes level by level; nothing else about a single unit goes up, and nothing about a person.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.kernel.events import OUT, Event
from tenants.bureau.domain.report.dispatch import Dispatch
from tenants.bureau.domain.report.seal import Sealed
from tenants.bureau.domain.returns import Asked

SENT = "tourism.report.document.sent.v1"
ACCEPTED = "tourism.statistics.return.accepted.v1"
PROVINCE = "province"


def report_sent(sealed: Sealed, dispatch: Dispatch, *, now: datetime) -> Event:
    """A sealed report was sent: its content is fetched by the dispatch and checked by its hash."""
    data: dict[str, Any] = {
        "dispatch": dispatch.id,
        "report": sealed.code,
        "period": sealed.span,
        "scope": sealed.scope,
        "version": sealed.version,
        "sha256": sealed.sha,
    }
    if sealed.supersedes:
        data["supersedes"] = sealed.supersedes
    return Event(type=SENT, subject=sealed.id, at=now, lane=OUT, data=data)


def return_accepted(
    asked: Asked, declared: Mapping[str, Any], *, district: str, late: bool, now: datetime
) -> Event:
    """The city has accepted a unit's return: its values as they were signed."""
    data: dict[str, Any] = {
        "unit": asked.to,
        "district": district,
        "late": late,
        **{name: declared[name] for name in ("form", "edition", "period", "version", "values", "hash")},
    }
    if declared.get("replaces"):
        data["replaces"] = declared["replaces"]
    return Event(type=ACCEPTED, subject=asked.id, at=now, lane=OUT, data=data)

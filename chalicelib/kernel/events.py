"""Events: what happened, in a CloudEvents 1.0 envelope (structured JSON)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from chalicelib.kernel.ids import new_id
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import rfc3339

PersonalClass = Literal["p0", "p1"]
UP, DOWN, INSIDE, OUT = "tourism.up", "tourism.down", "tourism.inside", "tourism.out"

FROM_ABOVE = (
    "tourism.alert.public.*",
    "tourism.capacity.limit.*",
    "tourism.notice.bulletin.*",
    "tourism.report.*",
)
"""What every kind of tenant listens to in the lane down."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One fact. ``type`` is ``tourism.<domain>.<noun>.<verb>.v<n>``; ``subject`` is the thing's id.

    ``lane`` says which way it goes: up to the bureau, down from it, inside the module only, or out: from the
    bureau to the level above it, by its feed and never on the bus.
    ``data`` carries counts and pseudonyms, never a name, phone or ID number.
    """

    type: str
    subject: str
    at: datetime
    data: Mapping[str, Any]
    personal: PersonalClass = "p0"
    lane: str = UP
    due: datetime | None = None
    corrects: str | None = None
    status: Literal["actual", "exercise", "test"] = "actual"
    id: str = field(default="")


def envelope(
    event: Event, *, tenant: str, kind: str, slug: str, district: str, now: datetime
) -> dict[str, Any]:
    """The CloudEvents 1.0 envelope of ``event`` (fields: the city feed's D1)."""
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id or new_id("ev", now=now),
        "source": f"/tenants/{slug}/{kind}",
        "type": event.type,
        "time": rfc3339(event.at),
        "subject": event.subject,
        "dataschema": f"urn:tourism:schema:{event.type.removeprefix('tourism.')}",
        "datacontenttype": "application/json",
        "tenantid": tenant,
        "tenantkind": kind,
        "district": district,
        "piiclass": event.personal,
        "status": event.status,
        "recordedtime": rfc3339(now),
        "data": dict(event.data),
    }
    if event.due is not None:
        document["dueby"] = rfc3339(event.due)
    if event.corrects is not None:
        document["corrects"] = event.corrects
    return document

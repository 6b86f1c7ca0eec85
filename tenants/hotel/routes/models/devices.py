"""Devices and keys over the wire."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.web.http import Answered, Asked
from tenants.hotel.routes.words import Name, RoomNumber

_Id = Annotated[str, Field(pattern=r"^[a-z]{2}_[0-9a-z]{26}$")]
_Floor = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,6}$")]
_Text = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]


class SiteQuery(Asked):
    property: Name | None = None


class DeviceBody(Asked):
    kind: Literal["lock", "lift", "kiosk", "screen", "camera", "sensor"]
    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
    place: Annotated[RoomNumber, Field(description="the room of a lock or a screen, the name of a lift")]
    property: Name | None = None
    via: Literal["poll", "ttlock"] = "poll"
    remote: Annotated[
        str, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]*$", description="its number at its maker's")
    ] = ""
    offline: Annotated[bool, Field(description="a lock that checks codes by itself")] = False
    floors: Annotated[list[_Floor], Field(max_length=60, default_factory=list)]
    inspect: Annotated[date | None, Field(description="next inspection due")] = None


class InspectionBody(Asked):
    on: date
    next: date


class EntryBody(Asked):
    at: datetime
    grant: Annotated[_Id | None, Field(description="none: a code that nobody gave")] = None
    outcome: Literal["opened", "refused", "forced", "left-open"]


class ReportBody(Asked):
    """What a device says: how it is, what became of its commands, its log."""

    device: _Id
    battery: Annotated[int | None, Field(ge=0, le=100)] = None
    alarm: _Text = ""
    results: Annotated[
        dict[_Id, _Text],
        Field(max_length=50, default_factory=dict, description="command → error, empty: done"),
    ]
    entries: Annotated[list[EntryBody], Field(max_length=20, default_factory=list)]


class ExchangeBody(Asked):
    """Everything a gateway says for its devices in one request."""

    reports: Annotated[list[ReportBody], Field(min_length=1, max_length=30)]


class CallBody(Asked):
    lift: _Id
    floor: _Floor


class AccountBody(Asked):
    """A hotel's account at TTLock's open platform; leave ``client`` empty to end it."""

    client: Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9_-]*$")]
    token: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9_.-]*$")] = ""


class AccountView(Answered):
    connected: bool


class DeviceView(Answered):
    """A device. ``seed`` is said when it is registered, never again."""

    id: str
    kind: str
    name: str
    place: str
    via: str
    condition: Literal["new", "fine", "quiet", "low-battery", "alarm"]
    seen: datetime | None
    battery: int | None
    alarm: str
    inspect: date | None
    seed: str | None = None


class DevicesView(Answered):
    devices: list[DeviceView]


class CommandView(Answered):
    """Something to do. ``code`` opens within ``[since, until)``: write it, or take it out, by its grant."""

    id: str
    device: str
    op: Literal["issue", "revoke", "read-log", "call"]
    grant: str
    since: datetime
    until: datetime
    code: str
    floor: str


class ExchangeView(Answered):
    now: Annotated[str, Field(description="our clock: set the device's by it")]
    commands: list[CommandView]


class ReissuedView(Answered):
    """``given``: false where the house has no locks of ours."""

    given: bool


class KeyView(Answered):
    grant: str
    rooms: list[str]
    floors: list[str]
    since: datetime
    until: datetime
    code: str


class KeysView(Answered):
    keys: list[KeyView]


class CalledView(Answered):
    command: str

"""Devices through the API: set up, heard, told what to do. A gateway's key has the role ``device``."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import Missing, TooLarge
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import rfc3339
from chalicelib.web.http import Answered, Asked, Call, endpoint
from tenants.hotel.domain.device import Device, DeviceKind, Via
from tenants.hotel.domain.key import Command
from tenants.hotel.domain.property import Property
from tenants.hotel.routes.registered import BLUEPRINT, DEVICE, READ, SELLS, SETUP, WRITE
from tenants.hotel.routes.words import Name, RoomNumber
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import devices, keys
from tenants.hotel.usecases.devices import Told
from tenants.hotel.usecases.key_ports import Entry
from tenants.hotel.usecases.search import chosen

_ENTRIES = 20
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


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/devices",
    use_case="hotel.list-devices",
    door=READ,
    query=SiteQuery,
    answers=DevicesView,
    summary="Devices and how they are",
)
def list_devices(call: Call) -> DevicesView:
    """Every device of a property."""
    hotel = HotelStore(call.work)
    found = hotel.devices.all(_site(hotel, call.query.property).id)
    return DevicesView(devices=[device_view(device, now=call.now) for device in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/devices",
    use_case="hotel.register-device",
    door=SETUP,
    body=DeviceBody,
    answers=DeviceView,
    status=201,
    entitlement=SELLS,
    summary="Register a device",
)
def register_device(call: Call, body: DeviceBody) -> DeviceView:
    """``seed`` (hex) in the answer is the secret of a lock that opens without a network: said this once."""
    hotel = HotelStore(call.work)
    site = _site(hotel, body.property)
    device = Device(
        id=new_id("dv", now=call.now),
        site=site.id,
        kind=DeviceKind(body.kind),
        name=body.name,
        place=body.place,
        via=Via(body.via),
        remote=body.remote,
        floors=tuple(body.floors),
        inspect=body.inspect,
    )
    made, seed = devices.register(device, property=site, offline=body.offline, hotel=hotel)
    return device_view(made, now=call.now, seed=seed or None)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/devices/exchange",
    use_case="hotel.exchange-with-devices",
    door=DEVICE,
    body=ExchangeBody,
    query=SiteQuery,
    answers=ExchangeView,
    summary="A gateway says how its devices are and fetches what they are to do",
)
def exchange(call: Call, body: ExchangeBody) -> ExchangeView:
    """Heartbeats, results, logs and queues in one. A command that is not answered for within two minutes
    comes again; a result or a log line sent twice changes nothing. Never gated: a door must open."""
    hotel = HotelStore(call.work)
    told = {report.device: _told(report) for report in body.reports}
    if sum(len(said.entries) for said in told.values()) > _ENTRIES:
        raise TooLarge(limit=_ENTRIES)
    commands = devices.exchange(told, property=_site(hotel, call.query.property), hotel=hotel)
    return ExchangeView(now=rfc3339(call.now), commands=[_command(one, hotel=hotel) for one in commands])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/devices/{device}/inspection",
    use_case="hotel.record-inspection",
    door=WRITE,
    body=InspectionBody,
    query=SiteQuery,
    answers=DeviceView,
    summary="Record the inspection of a lift",
)
def record_inspection(call: Call, body: InspectionBody) -> DeviceView:
    """When it was inspected, and when it is due again."""
    hotel = HotelStore(call.work)
    device = devices.inspected(
        call.path["device"],
        on=body.on,
        next=body.next,
        property=_site(hotel, call.query.property),
        hotel=hotel,
    )
    return device_view(device, now=call.now)


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/makers/ttlock",
    use_case="hotel.set-lock-account",
    door=SETUP,
    body=AccountBody,
    answers=AccountView,
    entitlement=SELLS,
    summary="Connect the locks' maker's cloud",
)
def set_account(call: Call, body: AccountBody) -> AccountView:
    """Sealed; it is never shown again. Commands for its locks then go out every minute."""
    hotel = HotelStore(call.work)
    sealed = hotel.vault.seal({"client": body.client, "token": body.token}) if body.client else None
    hotel.devices.keep_account("ttlock", sealed)
    return AccountView(connected=sealed is not None)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays/{stay}/keys",
    use_case="hotel.show-keys",
    door=WRITE,
    answers=KeysView,
    summary="The live keys of a stay",
)
def show_keys(call: Call) -> KeysView:
    """With their codes; who looked is kept."""
    hotel = HotelStore(call.work)
    found = keys.shown(hotel.stays.get(call.path["stay"]), hotel=hotel)
    call.work.witness(call.path["stay"])
    return KeysView(
        keys=[
            KeyView(
                grant=grant.id,
                rooms=list(grant.rooms),
                floors=list(grant.floors),
                since=grant.window.since,
                until=grant.window.until,
                code=code,
            )
            for grant, code in found.values()
        ]
    )


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/lift",
    use_case="hotel.call-lift",
    door=WRITE,
    body=CallBody,
    answers=CalledView,
    summary="Call a lift with a stay's key",
)
def call_lift(call: Call, body: CallBody) -> CalledView:
    """To a floor that the key may go to."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    grants = [grant for grant, _ in keys.shown(stay, hotel=hotel).values()]
    lift = hotel.devices.find(stay.site, body.lift)
    if lift is None or not grants:
        raise Missing(device=body.lift)
    return CalledView(command=keys.call_lift(grants[0], lift=lift, floor=body.floor, hotel=hotel).id)


def device_view(device: Device, *, now: datetime, seed: str | None = None) -> DeviceView:
    """A device as it is told."""
    return DeviceView(
        id=device.id,
        kind=device.kind.value,
        name=device.name,
        place=device.place,
        via=device.via.value,
        condition=device.condition(now=now).value,
        seen=device.seen,
        battery=device.battery,
        alarm=device.alarm,
        inspect=device.inspect,
        seed=seed,
    )


def _told(report: ReportBody) -> Told:
    return Told(
        battery=report.battery,
        alarm=report.alarm,
        results=report.results,
        entries=[
            Entry(device=report.device, at=one.at, grant=one.grant or "", outcome=one.outcome)
            for one in report.entries
        ],
    )


def _command(command: Command, *, hotel: HotelStore) -> CommandView:
    return CommandView(
        id=command.id,
        device=command.device,
        op=command.op.value,
        grant=command.grant,
        since=command.window.since,
        until=command.window.until,
        code=hotel.vault.unseal(command.secret) if command.secret else "",
        floor=command.floor,
    )


def _site(hotel: HotelStore, id: str | None) -> Property:
    return chosen(hotel.setup.house(), id)

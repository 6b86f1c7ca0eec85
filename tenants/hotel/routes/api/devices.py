"""Devices through the API: set up, heard, told what to do. A gateway's key has the role ``device``."""

from datetime import datetime

from chalicelib.kernel.errors import TooLarge
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.period import rfc3339
from chalicelib.web.http import Call, endpoint
from tenants.hotel.domain.device import Device, DeviceKind, Via
from tenants.hotel.domain.key import Command
from tenants.hotel.domain.property import Property
from tenants.hotel.routes.models.devices import (
    AccountBody,
    AccountView,
    CommandView,
    DeviceBody,
    DevicesView,
    DeviceView,
    ExchangeBody,
    ExchangeView,
    InspectionBody,
    ReportBody,
    SiteQuery,
)
from tenants.hotel.routes.registered import BLUEPRINT, DEVICE, READ, SELLS, SETUP, WRITE
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import devices
from tenants.hotel.usecases.devices import Told
from tenants.hotel.usecases.key_ports import Entry
from tenants.hotel.usecases.search import chosen

_ENTRIES = 20


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

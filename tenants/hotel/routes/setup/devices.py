"""Devices in the console: how they are, what they are to do, what is due on them, the log of a door."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.ids import new_id
from chalicelib.web.http import Asked, Blank, Call, Html, Page, Redirect, page
from tenants.hotel.domain.device import Device, DeviceKind, Via
from tenants.hotel.domain.key import Command, CommandState, Op
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.forms.again import FIRST, Again, form_page
from tenants.hotel.routes.frame import desk_page, flash_of, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS, SETUP
from tenants.hotel.routes.setup.device_list import (
    CONDITIONS,
    HOME,
    KINDS,
    ListQuery,
    device_row,
    found,
    listed,
)
from tenants.hotel.routes.words import RoomNumber
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import devices

_ONE = HOME + "/{device}"
_OPS = {
    Op.ISSUE: N_("发房卡"),
    Op.REVOKE: N_("收回房卡"),
    Op.READ_LOG: N_("读开门记录"),
    Op.CALL: N_("呼梯"),
}
_STATES = {CommandState.QUEUED: (N_("等待设备"), "warn"), CommandState.SENT: (N_("已送达,待回复"), "calm")}
_OUTCOMES = {
    "opened": (N_("开门"), "good"),
    "refused": (N_("拒绝"), "warn"),
    "forced": (N_("强行开门"), "urgent"),
    "left-open": (N_("门未关"), "urgent"),
}
_DONE = {
    "registered": N_("设备已登记。请在网关中填入它的编号。"),
    "inspected": N_("检验已登记。"),
}
_Plain = r"^[^\x00-\x1f\x7f]+$"


class OneQuery(Asked):
    day: Annotated[date | None, Blank] = None
    done: Annotated[str, Field(max_length=20)] = ""


class RegisterForm(Asked):
    kind: Literal["lock", "lift", "kiosk", "screen", "camera", "sensor"]
    name: Annotated[str, Field(min_length=1, max_length=60, pattern=_Plain)]
    place: RoomNumber
    via: Literal["poll", "ttlock"] = "poll"
    remote: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")] = ""
    floors: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9, ,、-]*$")] = ""
    inspect: Annotated[date | None, Blank] = None
    offline: Annotated[str, Field(max_length=3)] = ""


class InspectedForm(Asked):
    on: date
    next: date


@page(BLUEPRINT, "GET", HOME, use_case="hotel.show-devices", door=DESK, query=ListQuery)
def show_devices(call: Call) -> Page:
    """Every device; what a person must look at comes first."""
    return _all(call)


@page(BLUEPRINT, "GET", HOME + ".csv", use_case="hotel.export-devices", door=DESK, query=ListQuery)
def export_devices(call: Call) -> Page:
    """The same list for a spreadsheet, with the inspections."""
    hotel, say = HotelStore(call.work), call.translate
    site = property_of(hotel.setup)
    heads = (N_("名称"), N_("种类"), N_("位置"), N_("状态"), N_("电量"), N_("下次检验"))
    rows = [
        [
            one.name,
            say(KINDS[one.kind]),
            one.place,
            say(CONDITIONS[one.condition(now=call.now)][0]),
            "" if one.battery is None else one.battery,
            one.inspect.isoformat() if one.inspect else "",
        ]
        for one in found(hotel.devices.all(site.id), call.query, call=call, site=site)
    ]
    return csv_file(say(N_("设备")), [say(head) for head in heads], rows, day=site.today(call.now))


def _all(call: Call, again: Again = FIRST) -> Html:
    hotel = HotelStore(call.work)
    site = property_of(hotel.setup)
    query = call.query if isinstance(call.query, ListQuery) else ListQuery()
    waiting: dict[str, int] = {}
    for command in hotel.devices.queued(site.id):
        waiting[command.device] = waiting.get(command.device, 0) + 1
    known = hotel.devices.all(site.id)
    asked = urlencode({name: value for name, value in query.model_dump().items() if value})
    return desk_page(
        call,
        "hotel/setup/devices.html",
        place="devices",
        flashes=again.flash([]),
        form=again.filled,
        look=query.look,
        kind=query.kind,
        text=query.text,
        narrow=query.narrow,
        **listed(known, query, waiting, call=call, site=site),
        any=bool(known),
        file=f"{HOME}.csv?{asked}" if asked else f"{HOME}.csv",
        waiting=sum(waiting.values()),
        kinds=[(str(one), call.translate(label)) for one, label in KINDS.items()],
        writes="owner" in call.context.roles,
    )


def _one(call: Call, again: Again = FIRST) -> Html:
    hotel = HotelStore(call.work)
    site = property_of(hotel.setup)
    device = hotel.devices.find(site.id, call.path["device"])
    if device is None:
        raise Missing(device=call.path["device"])
    query = call.query if isinstance(call.query, OneQuery) else OneQuery()
    today = site.today(call.now)
    day = query.day or today
    entries = hotel.devices.log(device.id, day) if device.kind in {DeviceKind.LOCK, DeviceKind.LIFT} else []
    if entries:
        call.work.witness(f"{device.id}/{day}")  # who went in when is nobody's business but the duty's
    say = call.translate
    return desk_page(
        call,
        "hotel/setup/device.html",
        place="devices",
        flashes=again.flash(flash_of(call, query.done, _DONE)),
        form=again.filled,
        device=device_row(device, call, site, {}),
        logs=device.kind in {DeviceKind.LOCK, DeviceKind.LIFT},
        commands=[_command(one, say) for one in hotel.devices.queued(site.id) if one.device == device.id],
        entries=[
            {
                "at": one.at,
                "outcome": {"text": say(_OUTCOMES[one.outcome][0]), "tone": _OUTCOMES[one.outcome][1]},
                "grant": one.grant or say(N_("无对应房卡")),
            }
            for one in entries
        ],
        day=day.isoformat(),
        today=today.isoformat(),
        yesterday=(day - timedelta(days=1)).isoformat(),
        year=(today + timedelta(days=365)).isoformat(),
    )


@form_page(
    HOME,
    "register",
    _all,
    use_case="hotel.register-device-page",
    door=SETUP,
    body=RegisterForm,
    entitlement=SELLS,
)
def register(call: Call, asked: RegisterForm) -> Page:
    """A new device. The secret of a lock that opens without a network is said this once: its form has no key,
    so the answer is kept nowhere."""
    hotel = HotelStore(call.work)
    site = property_of(hotel.setup)
    floors = asked.floors.replace(",", ",").replace("、", ",").replace(" ", ",")
    device = Device(
        id=new_id("dv", now=call.now),
        site=site.id,
        kind=DeviceKind(asked.kind),
        name=asked.name,
        place=asked.place,
        via=Via(asked.via),
        remote=asked.remote,
        floors=tuple(one[:6] for one in floors.split(",") if one)[:60],
        inspect=asked.inspect,
    )
    made, seed = devices.register(device, property=site, offline=bool(asked.offline), hotel=hotel)
    if seed:
        return desk_page(
            call,
            "hotel/setup/device_secret.html",
            place="devices",
            device=device_row(made, call, site, {}),
            seed=seed,
        )
    return Redirect(f"{HOME}/{made.id}?done=registered")


@page(BLUEPRINT, "GET", _ONE, use_case="hotel.show-device", door=DESK, query=OneQuery)
def show_device(call: Call) -> Page:
    """One device: how it is, what waits for it, and for doors who went in on a day."""
    return _one(call)


@form_page(
    _ONE + "/inspection",
    "inspection",
    _one,
    use_case="hotel.record-inspection-page",
    door=DESK,
    body=InspectedForm,
)
def inspected(call: Call, asked: InspectedForm) -> Page:
    """When it was inspected, and when it is due again."""
    hotel, id = HotelStore(call.work), call.path["device"]
    devices.inspected(id, on=asked.on, next=asked.next, property=property_of(hotel.setup), hotel=hotel)
    return Redirect(f"{HOME}/{id}?done=inspected")


def _command(one: Command, say: Any) -> dict[str, Any]:
    words, tone = _STATES[one.state]
    return {
        "op": say(_OPS[one.op]),
        "made": one.made,
        "until": one.window.until,
        "state": {"text": say(words), "tone": tone},
        "tries": one.tries,
    }

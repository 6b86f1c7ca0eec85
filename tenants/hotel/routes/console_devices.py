"""Devices in the console: how they are, what they are to do, what is due on them, the log of a door."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing
from chalicelib.kernel.ids import new_id
from chalicelib.web.http import Asked, Blank, Call, Html, Page, Redirect, page
from tenants.hotel.domain.device import Condition, Device, DeviceKind, Via
from tenants.hotel.domain.key import Command, CommandState, Op
from tenants.hotel.domain.property import Property
from tenants.hotel.routes.again import FIRST, Again, form_page
from tenants.hotel.routes.files import csv_file
from tenants.hotel.routes.frame import desk_page, flash_of, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS, SETUP
from tenants.hotel.routes.words import RoomNumber
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import devices

HOME = "/hotel/devices"
_ONE = HOME + "/{device}"
KINDS = {
    DeviceKind.LOCK: N_("门锁"),
    DeviceKind.LIFT: N_("电梯"),
    DeviceKind.KIOSK: N_("自助机"),
    DeviceKind.SCREEN: N_("客房屏幕"),
    DeviceKind.CAMERA: N_("摄像头"),
    DeviceKind.SENSOR: N_("传感器"),
}
CONDITIONS = {
    Condition.ALARM: (N_("告警"), "urgent"),
    Condition.QUIET: (N_("失联"), "urgent"),
    Condition.LOW: (N_("电量低"), "warn"),
    Condition.NEW: (N_("未上线"), "calm"),
    Condition.FINE: (N_("正常"), "good"),
}
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


class ListQuery(Asked):
    look: Literal["", "watch", "inspect"] = ""
    kind: Literal["", "lock", "lift", "kiosk", "screen", "camera", "sensor"] = ""
    text: Annotated[str, Field(max_length=60)] = ""


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
    """The register of devices for a spreadsheet, with their inspections."""
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
        for one in hotel.devices.all(site.id)
    ]
    return csv_file(say(N_("设备")), [say(head) for head in heads], rows, day=site.today(call.now))


def _all(call: Call, again: Again = FIRST) -> Html:
    hotel = HotelStore(call.work)
    site = property_of(hotel.setup)
    query = call.query if isinstance(call.query, ListQuery) else ListQuery()
    waiting: dict[str, int] = {}
    for command in hotel.devices.queued(site.id):
        waiting[command.device] = waiting.get(command.device, 0) + 1
    known, today = hotel.devices.all(site.id), site.today(call.now)
    order = list(CONDITIONS)
    known = sorted(known, key=lambda one: (order.index(one.condition(now=call.now)), one.place, one.name))
    watched = [one for one in known if _watched(one, call)]
    due = [one for one in known if one.inspection_due(today=today)]
    lists = {"": known, "watch": watched, "inspect": due}
    words = query.text.strip().lower()
    found = [
        one
        for one in lists[query.look]
        if (not query.kind or one.kind == query.kind) and words in f"{one.name} {one.place}".lower()
    ]
    say = call.translate
    labels = {"": N_("全部"), "watch": N_("要处理"), "inspect": N_("检验到期")}
    return desk_page(
        call,
        "hotel/devices.html",
        place="devices",
        flashes=again.flash([]),
        form=again.filled,
        look=query.look,
        kind=query.kind,
        text=query.text,
        lists=[
            {"key": key, "label": say(label), "count": len(lists[key]), "href": f"{HOME}?look={key}"}
            for key, label in labels.items()
        ],
        rows=[_row(one, call, site, waiting) for one in found],
        any=bool(known),
        waiting=sum(waiting.values()),
        kinds=[(str(one), say(label)) for one, label in KINDS.items()],
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
        "hotel/device.html",
        place="devices",
        flashes=again.flash(flash_of(call, query.done, _DONE)),
        form=again.filled,
        device=_row(device, call, site, {}),
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
            call, "hotel/device_secret.html", place="devices", device=_row(made, call, site, {}), seed=seed
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


def _row(device: Device, call: Call, site: Property, waiting: dict[str, int]) -> dict[str, Any]:
    say = call.translate
    words, tone = CONDITIONS[device.condition(now=call.now)]
    today = site.today(call.now)
    return {
        "id": device.id,
        "href": f"{HOME}/{device.id}",
        "name": device.name,
        "kind": say(KINDS[device.kind]),
        "lift": device.kind is DeviceKind.LIFT,
        "place": device.place,
        "state": {"text": f"{say(words)} {device.alarm}".strip(), "tone": tone},
        "alarm": device.alarm,
        "seen": device.seen,
        "battery": f"{device.battery}%" if device.battery is not None else "",
        "inspect": device.inspect.isoformat() if device.inspect else "",
        "due": device.inspection_due(today=today),
        "late": device.inspect is not None and device.inspect < today,
        "waiting": waiting.get(device.id),
        "floors": list(device.floors),
    }


def _command(one: Command, say: Any) -> dict[str, Any]:
    words, tone = _STATES[one.state]
    return {
        "op": say(_OPS[one.op]),
        "made": one.made,
        "until": one.window.until,
        "state": {"text": say(words), "tone": tone},
        "tries": one.tries,
    }


def _watched(device: Device, call: Call) -> bool:
    return device.on and device.condition(now=call.now) in {Condition.ALARM, Condition.QUIET, Condition.LOW}

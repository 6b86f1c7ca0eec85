"""Stays and guests in words, and as a line of a list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.kernel.documents import DocumentKind
from chalicelib.kernel.errors import N_
from chalicelib.web.http import Call
from tenants.hotel.domain.guest import Registered
from tenants.hotel.domain.housekeeping import Cleanliness
from tenants.hotel.domain.property import text
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.usecases.front import Shown, Today
from tenants.hotel.usecases.setup_ports import House

STATES: Mapping[StayState, tuple[str, str]] = {
    StayState.EXPECTED: (N_("待入住"), "calm"),
    StayState.IN_HOUSE: (N_("在住"), "good"),
    StayState.DEPARTED: (N_("已离店"), "off"),
    StayState.NO_SHOW: (N_("未到店"), "warn"),
    StayState.CANCELLED: (N_("已取消"), "off"),
}
CHANNELS: Mapping[str, str] = {
    "online": N_("官网"),
    "desk": N_("前台"),
    "phone": N_("电话"),
    "api": N_("接口"),
    "ota": N_("第三方平台"),
}
CLEAN: Mapping[Cleanliness, tuple[str, str]] = {
    Cleanliness.DIRTY: (N_("待打扫"), "warn"),
    Cleanliness.CLEANED: (N_("待查房"), "calm"),
    Cleanliness.INSPECTED: (N_("已查房"), "good"),
    Cleanliness.CLEAN: (N_("干净"), "good"),
}
REGISTERED: Mapping[Registered, tuple[str, str]] = {
    Registered.DRAFT: (N_("待补全"), "warn"),
    Registered.READY: (N_("待报送"), "calm"),
    Registered.SUBMITTED: (N_("已报送"), "calm"),
    Registered.ACCEPTED: (N_("已受理"), "good"),
    Registered.REJECTED: (N_("被退回"), "urgent"),
}
DOCUMENTS: Mapping[DocumentKind, str] = {
    DocumentKind.RESIDENT: N_("居民身份证"),
    DocumentKind.PASSPORT: N_("护照"),
    DocumentKind.HK_MACAU: N_("港澳居民来往内地通行证"),
    DocumentKind.TAIWAN: N_("台湾居民来往大陆通行证"),
    DocumentKind.RESIDENCE_PERMIT: N_("港澳台居民居住证"),
    DocumentKind.FOREIGN_PERMANENT: N_("外国人永久居留身份证"),
}
FIELDS: Mapping[str, str] = {
    "name": N_("姓名"),
    "document": N_("证件种类"),
    "number": N_("证件号码"),
    "sex": N_("性别"),
    "born": N_("出生日期"),
    "country": N_("国籍或地区"),
}
RELATIONS: Mapping[str, str] = {
    "parent": N_("父母"),
    "grandparent": N_("祖父母或外祖父母"),
    "sibling": N_("兄弟姐妹"),
    "relative": N_("其他亲属"),
    "teacher": N_("老师或领队"),
    "friend": N_("朋友"),
    "other": N_("其他"),
    "none": N_("无关系"),
}
PURPOSES: Mapping[str, str] = {
    "unknown": N_("未说明"),
    "leisure": N_("旅游度假"),
    "business": N_("商务"),
    "family": N_("探亲访友"),
    "event": N_("会议活动"),
    "health": N_("就医疗养"),
    "study": N_("研学"),
    "other": N_("其他"),
}


def plan_options(house: House, locale: str) -> list[tuple[str, str]]:
    """The plans on sale for a select: those with prices of their own first, as they are asked for most."""
    some = sorted((one for one in house.plans.values() if one.on), key=lambda one: one.derived is not None)
    return [(one.id, text(one.names, locale)) for one in some]


def type_name(house: House, type: str, locale: str) -> str:
    """A type's name, or its short name where it is gone."""
    kind = house.types.get(type)
    return text(kind.names, locale) if kind is not None else type


def tag(words: tuple[str, str], call: Call) -> dict[str, str]:
    """A word with its tone, for ``ui.tag``."""
    return {"text": call.translate(words[0]), "tone": words[1]}


def stay_row(one: Shown, *, house: House, found: Today, call: Call) -> dict[str, Any]:
    """A stay as a line of a list."""
    stay = one.stay
    return {
        "id": stay.id,
        "name": one.name,
        "href": f"/hotel/stays/{stay.id}",
        "room": stay.room or call.translate(N_("未排房")),
        "assigned": bool(stay.segments),
        "type": type_name(house, stay.type, call.locale),
        "arrive": stay.arrive.isoformat(),
        "depart": stay.depart.isoformat(),
        "nights": len(stay.nights),
        "hours": hours_of(stay),
        "people": stay.adults + stay.children,
        "state": state_of(stay, today=found.day, night=found.night, call=call),
        "late": stay.late,
        "expected": stay.state is StayState.EXPECTED,
        "in_house": stay.state is StayState.IN_HOUSE,
    }


def hours_of(stay: Stay) -> str:
    """From and to which hour a room by the hour is booked; nothing for nights."""
    return f"{stay.hours[0]:02d}:00–{stay.hours[1]:02d}:00" if stay.hours is not None else ""


def state_of(stay: Stay, *, today: date, night: date, call: Call) -> dict[str, str]:
    """A stay's one word; who should have come or gone already is said so."""
    if stay.state is StayState.EXPECTED and stay.arrive < night:
        return {"text": call.translate(N_("逾期未到")), "tone": "warn"}
    if stay.state is StayState.IN_HOUSE and stay.depart < today:
        return {"text": call.translate(N_("逾期未退")), "tone": "urgent"}
    if stay.state is StayState.IN_HOUSE and stay.depart == today:
        return {"text": call.translate(N_("今日离店")), "tone": "warn"}
    return tag(STATES[stay.state], call)


def channel_name(channel: str, call: Call) -> str:
    """Where a stay was sold, in words; a name of the house's own stays as it is."""
    return call.translate(CHANNELS[channel]) if channel in CHANNELS else channel

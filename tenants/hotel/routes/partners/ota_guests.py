"""Bookings as AlpineBits GuestRequests: the order of elements is the schema's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.commerce.orders.domain import Line, Order, State
from chalicelib.kernel.period import rfc3339
from chalicelib.kernel.personal import Erased
from tenants.hotel.domain.booking import people
from tenants.hotel.domain.codes import LONGEST, Codes
from tenants.hotel.domain.plan import Meal
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.stay import GONE
from tenants.hotel.routes.partners import ota
from tenants.hotel.routes.partners.ota import put
from tenants.hotel.store import HotelStore

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

RESERVATION, CANCELLATION = "14", "15"
_MEALS = {Meal.NONE: "14", Meal.BREAKFAST: "3", Meal.HALF: "12", Meal.FULL: "10"}
_MOBILE = "5"
_PHONE = re.compile(r"\+?[0-9]{3,20}")
_EMAIL = re.compile(r"[^\s@]+@\S+")
_LONGEST = 16
_HAN = re.compile(r"^[\u3400-\u9fff·]{2,12}$")
_TWO = frozenset(
    {
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "司徒",
        "东方",
        "独孤",
        "南宫",
        "夏侯",
        "令狐",
        "皇甫",
        "尉迟",
        "长孙",
        "慕容",
    }
)
_ONE = "-"


def reservations(
    orders: Sequence[Order], *, site: Property, code: str, codes: Codes, hotel: HotelStore
) -> Element:
    """``OTA_ResRetrieveRS`` with these bookings. ``code``: the hotel's code as the system asked for it."""
    document = ota.answered("OTA_ResRetrieveRS", "7.000")
    around = put(document, "ReservationsList")
    for order in orders:
        _reservation(around, order, site=site, code=code, codes=codes, hotel=hotel)
    return document


def _reservation(
    around: Element, order: Order, *, site: Property, code: str, codes: Codes, hotel: HotelStore
) -> None:
    lines = [line for line in order.lines if line.kind == "night" and line.option != "hours" and line.count]
    cancelled = order.state is not State.CONFIRMED
    changed = bool(order.more) or any(not line.count or GONE in line.facts for line in order.lines)
    one = put(
        around,
        "HotelReservation",
        CreateDateTime=rfc3339(order.placed),
        ResStatus="Cancelled" if cancelled else "Modify" if changed else "Reserved",
        RoomStayReservation="true" if lines else "",
    )
    put(one, "UniqueID", Type=CANCELLATION if cancelled else RESERVATION, ID=order.id)
    if lines:
        stays = put(one, "RoomStays")
        for line in lines:
            for _ in range(line.count):
                _stay(stays, line, codes=codes)
    contact = hotel.vault.shown(order.people)["contact"]
    _guest(one, contact, language=order.locale[:2])
    about = put(one, "ResGlobalInfo")
    children = sum(people(line)[1] * line.count for line in lines if people(line))
    if children:
        comment = put(put(about, "Comments"), "Comment", Name="customer comment")
        put(comment, "Text", f"儿童 {children} 位，年龄未登记（已计入住客人数）")
    name = site.names.get("zh") or next(iter(site.names.values()), "")
    put(about, "BasicPropertyInfo", HotelCode=code if len(code) <= _LONGEST else "", HotelName=name)


def _stay(stays: Element, line: Line, *, codes: Codes) -> None:
    stay = put(stays, "RoomStay")
    type = codes.type_code(line.product)
    if type and len(type) <= LONGEST:
        put(put(stay, "RoomTypes"), "RoomType", RoomTypeCode=type)
    plan = put(put(stay, "RatePlans"), "RatePlan", RatePlanCode=codes.plan_code(line.option))
    meal = _MEALS.get(Meal(line.facts["meal"])) if "meal" in line.facts else None
    if meal is not None:
        put(plan, "MealsIncluded", MealPlanIndicator="true", MealPlanCodes=meal)
    guests = sum(people(line))
    if guests:
        put(put(stay, "GuestCounts"), "GuestCount", Count=guests)
    first, _, last = line.slot.partition("/")
    put(stay, "TimeSpan", Start=date.fromisoformat(first), End=date.fromisoformat(last))
    put(stay, "Total", AmountAfterTax=f"{line.price // 100}.{line.price % 100:02d}", CurrencyCode="CNY")


def _guest(one: Element, contact: dict[str, str] | Erased, *, language: str) -> None:
    profile = put(put(put(put(one, "ResGuests"), "ResGuest"), "Profiles"), "ProfileInfo")
    customer = put(put(profile, "Profile"), "Customer", Language=language)
    surname, given = (_ONE, _ONE) if isinstance(contact, Erased) else _names(ota.plain(contact["name"]))
    name = put(customer, "PersonName")
    put(name, "GivenName", given)
    put(name, "Surname", surname)
    phone = str(contact.get("phone", "")).replace(" ", "").replace("-", "")
    if _PHONE.fullmatch(phone):
        put(customer, "Telephone", PhoneTechType=_MOBILE, PhoneNumber=phone)
    email = contact.get("email", "")
    if _EMAIL.fullmatch(email):
        put(customer, "Email", email)


def _names(whole: str) -> tuple[str, str]:
    """(surname, given name) of a name as a guest wrote it; the schema wants both."""
    whole = whole.strip()
    if _HAN.match(whole):
        cut = 2 if whole[:2] in _TWO and len(whole) > 2 else 1
        return whole[:cut], whole[cut:]
    given, _, surname = whole.rpartition(" ")
    return surname or _ONE, given.strip() or _ONE

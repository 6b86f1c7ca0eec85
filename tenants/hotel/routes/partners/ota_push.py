"""What a hotel's own system pushes to us: FreeRooms, Inventory and RatePlans read into our words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import N_, Refusal
from tenants.hotel.domain.plan import Meal
from tenants.hotel.routes.partners import ota
from tenants.hotel.routes.partners.ota import code, day, each, fen, need, number, one, truth
from tenants.hotel.usecases.partner_rates import NEW, OVERLAY, REMOVE, Offered, Price, Rules
from tenants.hotel.usecases.partner_rooms import Category

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_DAYS = 800
_CODE, _BOOKABLE = 8, "2"
_ADULT, _CHILD = "10", "8"
_EACH, _ROOM = "7", "25"
_MEALS = {"14": Meal.NONE, "3": Meal.BREAKFAST, "12": Meal.HALF, "10": Meal.FULL}
_DAYS = ("Mon", "Tue", "Weds", "Thur", "Fri", "Sat", "Sun")
_LENGTHS = {
    "SetMinLOS": "min_arrival",
    "SetMaxLOS": "max_arrival",
    "SetForwardMinStay": "min_through",
    "SetForwardMaxStay": "max_through",
}


class RoomsNotTaken(Refusal):
    code = "hotel.alpinebits.rooms"
    status = 422
    detail = N_("本系统按房型接收可售数,不按单间(InvCode)接收。")
    remedy = N_("请按房型(InvTypeCode)发送。")


class SpanWrong(Refusal):
    code = "hotel.alpinebits.span"
    status = 422
    detail = N_("日期范围有误:%(first)s 至 %(last)s。")


class CurrencyWrong(Refusal):
    code = "hotel.alpinebits.currency"
    status = 422
    detail = N_("只接收人民币(CNY)价格,收到的是 %(currency)s。")


class NotSupported(Refusal):
    code = "hotel.alpinebits.unsupported"
    status = 422
    detail = N_("未采用:%(what)s。本系统在握手时没有声明支持它。")


def is_complete(document: Element) -> bool:
    """Whether the message replaces everything that was said before."""
    unique = one(document, "UniqueID")
    return unique is not None and unique.get("Instance") == "CompleteSet"


def hotel_of(element: Element) -> tuple[str, str]:
    """(HotelCode, HotelName) of the element that names the hotel."""
    return element.get("HotelCode", "").strip(), element.get("HotelName", "").strip()


def free_rooms(document: Element) -> dict[tuple[str, date], int]:
    """By (their type, night) how many rooms are left. A later element about the same night wins."""
    found: dict[tuple[str, date], int] = {}
    for inventory in each(document, "Inventories", "Inventory"):
        about = one(inventory, "StatusApplicationControl")
        if about is None:
            continue  # an empty one: a complete set of nothing
        if about.get("InvCode"):
            raise RoomsNotTaken
        if about.get("AllInvCode"):
            raise NotSupported(what="AllInvCode")
        type = code(about, "InvTypeCode", most=_CODE)
        left = sum(
            number(count, "Count")
            for count in each(inventory, "InvCounts", "InvCount")
            if count.get("CountType") == _BOOKABLE
        )
        for night in _nights(about):
            found[(type, night)] = left
    return found


def categories(document: Element) -> list[Category]:
    """The room types of an Inventory message, in their order, each with its rooms."""
    content = need(document, "HotelDescriptiveContents", "HotelDescriptiveContent")
    heads: dict[str, Element] = {}
    rooms: dict[str, list[str]] = {}
    for room in each(content, "FacilityInfo", "GuestRooms", "GuestRoom"):
        of = code(room, "Code", most=_CODE)
        type = one(room, "TypeRoom")
        if type is not None and type.get("RoomID"):
            rooms.setdefault(of, []).append(code(type, "RoomID", most=12))
        elif room.get("MaxOccupancy") or type is not None:
            heads.setdefault(of, room)
    return [_category(of, room, tuple(rooms.get(of, ()))) for of, room in heads.items()]


def _category(of: str, room: Element, rooms: tuple[str, ...]) -> Category:
    most = number(room, "MaxOccupancy", most=50)
    type = one(room, "TypeRoom")
    standard = type is not None and type.get("StandardOccupancy")
    words = {
        about.get("InfoCode", ""): ota.texts(each(about, "TextItems", "TextItem", "Description"), most=2_000)
        for about in each(room, "MultimediaDescriptions", "MultimediaDescription")
        if about.get("InfoCode") in {"1", "25"}
    }
    return Category(
        code=of,
        included=number(type, "StandardOccupancy", most=50) if type is not None and standard else most,
        most=most,
        names={language: text[:80] for language, text in words.get("25", {}).items()},
        about=words.get("1", {}),
        rooms=rooms,
    )


def rate_plans(document: Element) -> tuple[list[Offered], list[tuple[str, Refusal]]]:
    """The rate plans of a message, and what of them is passed over."""
    plans: list[Offered] = []
    passed: list[tuple[str, Refusal]] = []
    for plan in each(document, "RatePlans", "RatePlan"):
        of = code(plan, "RatePlanCode")
        try:
            plans.append(_offered(of, plan))
        except Refusal as refusal:
            passed.append((of, refusal))
        passed += [(of, NotSupported(what=name)) for name in _unused(plan)]
    return plans, passed


def _offered(of: str, plan: Element) -> Offered:
    kind = plan.get("RatePlanNotifType", NEW)
    if kind not in {NEW, OVERLAY, REMOVE}:
        raise ota.ValueWrong(element="RatePlan", attribute="RatePlanNotifType")
    if kind == REMOVE:
        return Offered(code=of, kind=kind)
    currency = plan.get("CurrencyCode", "CNY")
    if currency != "CNY":
        raise CurrencyWrong(currency=currency[:3])
    rates = list(each(plan, "Rates", "Rate"))
    static = next((rate for rate in rates if not rate.get("InvTypeCode")), None)
    base = one(static, "BaseByGuestAmts", "BaseByGuestAmt")
    each_pays = (base.get("Type", _EACH) if base is not None else _EACH) == _EACH
    titles = [text for about in each(plan, "Description") if about.get("Name") == "title" for text in about]
    return Offered(
        code=of,
        kind=kind,
        names={language: text[:80] for language, text in ota.texts(titles, most=80).items()},
        meal=_meal(static),
        prices=tuple(_price(rate, each_pays=each_pays) for rate in rates if rate is not static),
        rules=tuple(_rules(rule) for rule in each(plan, "BookingRules", "BookingRule")),
    )


def _meal(static: Element | None) -> Meal | None:
    included = one(static, "MealsIncluded")
    if included is None:
        return None
    said = included.get("MealPlanCodes", "")
    if said not in _MEALS:
        raise NotSupported(what=f"MealPlanCodes {said[:4]}")
    return _MEALS[said]


def _price(rate: Element, *, each_pays: bool) -> Price:
    if rate.get("UnitMultiplier", "1") != "1":
        raise NotSupported(what=f"UnitMultiplier {rate.get('UnitMultiplier', '')[:4]}")
    by_guests: dict[int, int] = {}
    flat = None
    for amount in each(rate, "BaseByGuestAmts", "BaseByGuestAmt"):
        value = fen(amount, "AmountAfterTax")
        of_each = (amount.get("Type") or (_EACH if each_pays else _ROOM)) == _EACH
        if amount.get("NumberOfGuests"):
            guests = number(amount, "NumberOfGuests", most=50)
            by_guests[guests] = value * guests if of_each else value
        elif not of_each:
            flat = value
    adults = {fen(one_, "Amount") for one_ in _additional(rate, _ADULT)}
    return Price(
        type=code(rate, "InvTypeCode", most=_CODE),
        first=day(rate, "Start"),
        last=day(rate, "End"),
        by_guests=by_guests,
        flat=flat,
        adult=max(adults) if adults else None,
        children=tuple(sorted({fen(one_, "Amount") for one_ in _additional(rate, _CHILD)})),
    )


def _additional(rate: Element, who: str) -> Iterator[Element]:
    for one_ in each(rate, "AdditionalGuestAmounts", "AdditionalGuestAmount"):
        if one_.get("AgeQualifyingCode") == who:
            yield one_


def _rules(rule: Element) -> Rules:
    first, last = day(rule, "Start"), day(rule, "End")
    if last < first:
        raise SpanWrong(first=first, last=last)
    lengths = {
        _LENGTHS[length.get("MinMaxMessageType", "")]: number(length, "Time", most=365)
        for length in each(rule, "LengthsOfStay", "LengthOfStay")
        if length.get("MinMaxMessageType") in _LENGTHS
    }
    status = one(rule, "RestrictionStatus")
    return Rules(
        first=first,
        last=last,
        type=code(rule, "Code", most=_CODE) if rule.get("Code") else None,
        lengths=lengths,
        arrive=_weekdays(one(rule, "DOW_Restrictions", "ArrivalDaysOfWeek")),
        depart=_weekdays(one(rule, "DOW_Restrictions", "DepartureDaysOfWeek")),
        closed=status is not None and status.get("Status") == "Close",
    )


def _weekdays(element: Element | None) -> frozenset[int]:
    return frozenset(number_ for number_, name in enumerate(_DAYS, start=1) if truth(element, name))


def _unused(plan: Element) -> Iterator[str]:
    """What a plan carries that we do not speak: it is said, not passed over in silence."""
    if one(plan, "Supplements", "Supplement") is not None:
        yield "Supplements"
    if one(plan, "Offers", "Offer", "Discount") is not None:
        yield "Offers"
    if one(plan, "Offers", "Offer", "OfferRules", "OfferRule", "LengthsOfStay") is not None:
        yield "OfferRule LengthsOfStay"
    if one(plan, "Offers", "Offer", "OfferRules", "OfferRule", "DOW_Restrictions") is not None:
        yield "OfferRule DOW_Restrictions"
    if plan.get("RatePlanID"):
        yield "RatePlanID"


def _nights(about: Element) -> Iterator[date]:
    first, last = day(about, "Start"), day(about, "End")
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise SpanWrong(first=first, last=last)
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)

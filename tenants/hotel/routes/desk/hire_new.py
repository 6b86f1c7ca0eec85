"""A meeting room or a car asked for at the desk: offered, held for a quarter of an hour, then made firm."""

from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.money import Money
from chalicelib.payments.desk import taken
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, page
from chalicelib.web.orders.links import mark
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.extra import Per
from tenants.hotel.domain.property import Property, text
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, place, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.routes.shown.hire import GEAR, NAMES, kind_name
from tenants.hotel.routes.words import Name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import booking, hiring
from tenants.hotel.usecases.basket import Add, Booking
from tenants.hotel.usecases.hiring import Offer

_NEW, _HELD = "/hotel/hire-new", "/hotel/hire-held/{order}"


class AskQuery(Asked):
    day: Annotated[date | None, Blank] = None
    start: Annotated[int | None, Blank, Field(ge=0, le=23)] = None
    length: Annotated[int, Field(ge=1, le=30)] = 2


class HoldForm(Asked):
    """What was chosen, and for whom; ``stay``: the guest in the house whose bill takes it."""

    extra: Name
    day: date
    start: Annotated[int, Field(ge=0, le=23)]
    length: Annotated[int, Field(ge=1, le=30)]
    count: Annotated[int, Field(ge=1, le=99)] = 1
    name: Annotated[str, Field(min_length=1, max_length=40)]
    phone: Annotated[str, Field(pattern=r"^[0-9+ -]{5,20}$")]
    stay: Annotated[str, Field(pattern=r"^(st_[0-9a-z]{26})?$")] = ""


class ConfirmForm(Asked):
    how: Literal["later", "paid", "let-go"]


@page(BLUEPRINT, "GET", _NEW, use_case="hotel.show-hire-offers", door=DESK, query=AskQuery)
def show_offers(call: Call) -> Page:
    """What can be had for a time."""
    query = call.query
    day = query.day.isoformat() if query.day else ""
    return _offers(
        call,
        {"day": day, "start": "" if query.start is None else str(query.start), "length": str(query.length)},
    )


def _again(call: Call) -> Page:
    return _offers(call, call.form, errors=errors_of(call))


@page(
    BLUEPRINT,
    "POST",
    _NEW,
    use_case="hotel.hold-hire",
    door=DESK,
    body=HoldForm,
    entitlement=SELLS,
    invalid=_again,
)
def hold(call: Call, asked: HoldForm) -> Page:
    """Held for a quarter of an hour: nobody else gets it meanwhile."""
    call.idempotent_by_itself()
    hotel = HotelStore(call.work)
    wanted = Booking(
        contact={"name": asked.name, "phone": asked.phone},
        extras=(
            Add(extra=asked.extra, count=asked.count, day=asked.day, start=asked.start, length=asked.length),
        ),
        wishes={"stay": asked.stay} if asked.stay else {},
        channel="desk",
        locale=call.locale,
        trusted=True,
    )
    try:
        order = booking.hold(wanted, mark=mark(call.command), hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _offers(call, call.form, flash=told))
    return Redirect(f"/hotel/hire-held/{order.id}")


@page(BLUEPRINT, "GET", _HELD, use_case="hotel.show-held-hire", door=DESK)
def show_held(call: Call) -> Page:
    """What is held, until when, and the two ways to make it firm."""
    return _held(call, HotelStore(call.work).orders.get(call.path["order"]))


@page(BLUEPRINT, "POST", _HELD, use_case="hotel.confirm-hire", door=DESK, body=ConfirmForm)
def confirm(call: Call, asked: ConfirmForm) -> Page:
    """Firm on the desk's word, firm and paid, or let go."""
    hotel = HotelStore(call.work)
    order = hotel.orders.get(call.path["order"])
    day = order.lines[0].starts
    try:
        if asked.how == "let-go":
            booking.cancel(order.id, agreed=(0, 0), hotel=hotel)
            return Redirect(f"/hotel/hires?done=let-go&day={_local(order, hotel)}")
        if asked.how == "paid":
            amount = Money(sum(line.total for line in order.lines))
            receipt = taken(order=order.id, amount=amount, now=hotel.now)
            booking.confirm(order, receipt, hotel)
        else:
            booking.guarantee(order, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _held(call, order, flash=told))
    return (
        Redirect(f"/hotel/hires?done=booked&day={_local(order, hotel)}") if day else Redirect("/hotel/hires")
    )


def _local(order: Order, hotel: HotelStore) -> str:
    """The day on which it begins, at the property."""
    where = place(hotel.setup.house())
    return where.today(order.lines[0].starts).isoformat() if where is not None else ""


def _held(call: Call, order: Order, *, flash: dict[str, str] | None = None) -> Html:
    line = order.lines[0]
    return desk_page(
        call,
        "hotel/desk/hire_held.html",
        place="hires",
        flash=[flash] if flash else [],
        action=f"/hotel/hire-held/{order.id}",
        title=line.title,
        count=line.count,
        starts=line.starts,
        ends=line.ends,
        total=line.total,
        held=order.state is State.HELD and not order.over(now=call.now),
        until=order.until,
        now=call.now,
    )


def _offers(
    call: Call,
    typed: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    flash: dict[str, str] | None = None,
) -> Html:
    hotel = HotelStore(call.work)
    house = hotel.setup.house()
    where = place(house)
    day = _day(typed.get("day"), call, hotel)
    start = _number(typed.get("start"), _first_hour(day, call, where), 23)
    length = max(1, _number(typed.get("length"), 2, 30))
    found: list[Offer] = []
    if where is not None:
        try:
            found = hiring.offers(day, start=start, length=length, property=where, hotel=hotel)
        except Refusal as refusal:
            told = refused_in_words(refusal, locale=call.locale)
            flash = {"text": told["detail"], "tone": "warn"}
    return desk_page(
        call,
        "hotel/desk/hire_new.html",
        place="hires",
        flash=[flash] if flash else [],
        action=_NEW,
        form=Filled({**typed, "day": day.isoformat(), "start": str(start), "length": str(length)}, errors),
        offers=[offer_row(one, call) for one in found],
        any=any(one.left and one.refused is None for one in found),
        stays=[(id, room) for id, room in (hiring.in_house(hotel, where) if where is not None else [])],
    )


def offer_row(one: Offer, call: Call) -> dict[str, Any]:
    """An offer as its card shows it."""
    say, extra = call.translate, one.extra
    car = extra.rental
    facts = [say(NAMES[kind_name(extra.kind)])]
    if extra.seats or car:
        facts.append(say(N_("%(seats)s 座"), seats=car.seats if car else extra.seats))
    facts += [say(GEAR[code]) for code in extra.equipment if code in GEAR]
    if car is not None:
        facts.append(
            say(N_("带司机")) if car.driver else say(N_("自驾,驾驶证 %(licence)s"), licence=car.licence)
        )
        facts.append(say(N_("每天含 %(kilometres)s 公里"), kilometres=car.kilometres))
    off = one.refused is not None or not one.left
    told = refused_in_words(one.refused, locale=call.locale)["detail"] if one.refused else ""
    left = say(N_("余 %(left)s"), left=one.left) if extra.limited else ""
    return {
        "value": extra.id,
        "title": text(extra.names, call.locale),
        "note": told
        or (say(N_("这段时间已订满")) if off else " · ".join([*facts, *([left] if left else [])])),
        "price": one.price,
        "off": off,
        "by_hour": extra.per is Per.HOUR,
    }


def _day(typed: Any, call: Call, hotel: HotelStore) -> date:
    where = place(hotel.setup.house())
    today = where.today(call.now) if where is not None else call.now.date()
    try:
        return date.fromisoformat(str(typed))
    except ValueError:
        return today


def _first_hour(day: date, call: Call, where: Property | None) -> int:
    """Nine in the morning; today, the next full hour."""
    now = call.now.astimezone(ZoneInfo(where.zone)) if where is not None else call.now
    return max(9, min(now.hour + 1, 23)) if now.date() == day else 9


def _number(typed: Any, otherwise: int, most: int) -> int:
    number = isinstance(typed, str) and typed.isascii() and typed.isdigit() and len(typed) < 4
    return min(int(typed), most) if number else otherwise

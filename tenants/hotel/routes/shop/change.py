"""Visitors change a firm booking: the money is shown first, and what costs more is paid first."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.commerce.stock import SoldOut
from chalicelib.kernel.errors import N_, Refusal
from chalicelib.payments.providers import provider_for
from chalicelib.web.http import Asked, Blank, Call, Html, Page, Public, Redirect, page
from chalicelib.web.orders import paying
from chalicelib.web.orders.links import LinkQuery, opened, order_path, token_of
from chalicelib.web.orders.paying import PayForm
from chalicelib.web.orders.words import refused_in_words
from tenants.hotel.domain.amending import Amending, ChangeDiffers, nights_of
from tenants.hotel.domain.offer import HORIZON
from tenants.hotel.routes.money import settle
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shop.booking import place_of
from tenants.hotel.routes.shown.bill import title_of
from tenants.hotel.routes.shown.change import change_shown
from tenants.hotel.routes.shown.hires_left import left_behind
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import changing, quoting

_OPEN = Public(kind="hotel")
_Fen = Annotated[int, Field(ge=0, le=10**9)]


class DatesQuery(LinkQuery):
    """The link's token, and the dates that were chosen."""

    arrive: Annotated[date | None, Blank] = None
    depart: Annotated[date | None, Blank] = None


class DatesForm(Asked):
    """Yes to these dates, for the two amounts (fen) that the page showed."""

    confirm: Literal["yes"]
    arrive: date
    depart: date
    pay: _Fen = 0
    back: _Fen = 0


class FewerQuery(LinkQuery):
    """Which line of the booking gives up a room."""

    line: Annotated[int, Field(ge=0, le=99)] = 0


class FewerForm(Asked):
    """Yes, for the amounts (fen) that the page showed."""

    confirm: Literal["yes"]
    pay: _Fen = 0
    back: _Fen = 0


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}/change",
    use_case="hotel.ask-dates",
    door=_OPEN,
    query=DatesQuery,
)
def ask_dates(call: Call) -> Page:
    """Choose other dates; then what they cost or return, before anything is done."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    if order.state is not State.CONFIRMED:
        return Redirect(order_path(call, order.id))
    return _dates_page(call, order, hotel, arrive=call.query.arrive, depart=call.query.depart)


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/change",
    use_case="hotel.change-dates",
    door=_OPEN,
    query=DatesQuery,
    body=DatesForm,
)
def change_dates(call: Call, asked: DatesForm) -> Page:
    """Change the dates for the money that was shown, or wait for what is to be paid."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    how = quoting.dates_quote(asked.arrive, asked.depart)
    try:
        after = changing.change(order.id, how, agreed=(asked.pay, asked.back), hotel=hotel)
    except Refusal as refusal:
        return _dates_page(
            call, order, hotel, arrive=asked.arrive, depart=asked.depart, refusal=refusal
        ).with_status(refusal.status)
    return _done(call, after)


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}/fewer",
    use_case="hotel.ask-fewer",
    door=_OPEN,
    query=FewerQuery,
)
def ask_fewer(call: Call) -> Page:
    """What giving up one room costs and returns."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    if order.state is not State.CONFIRMED:
        return Redirect(order_path(call, order.id))
    return _fewer_page(call, order, hotel)


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/fewer",
    use_case="hotel.give-up-room",
    door=_OPEN,
    query=FewerQuery,
    body=FewerForm,
)
def give_up(call: Call, asked: FewerForm) -> Page:
    """Give up one room for the money that was shown."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    how = quoting.fewer_quote(call.query.line, 1)
    try:
        after = changing.change(order.id, how, agreed=(asked.pay, asked.back), hotel=hotel)
    except ChangeDiffers as refusal:
        return _fewer_page(call, order, hotel, refusal=refusal).with_status(refusal.status)
    return _done(call, after)


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/change/pay",
    use_case="hotel.pay-change",
    door=_OPEN,
    query=LinkQuery,
    body=PayForm,
)
def pay(call: Call, asked: PayForm) -> Page:
    """Off to the payment provider's page for what the change costs, and back to the order's."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    return paying.pay(
        call,
        order,
        start=lambda urls: changing.start_payment(
            order.id, method=asked.method, urls=urls, payments=provider_for(asked.method), hotel=hotel
        ),
    )


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/change/drop",
    use_case="hotel.drop-change",
    door=_OPEN,
    query=LinkQuery,
)
def drop(call: Call) -> Page:
    """Keep the booking as it is."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    changing.keep(order.id, hotel=hotel)
    return Redirect(order_path(call, order.id))


def _done(call: Call, after: Order) -> Page:
    id, now = after.id, call.now
    if after.refunded:
        call.then(lambda: settle(id, now=now))
    return Redirect(order_path(call, id, **({} if after.change is not None else {"done": "changed"})))


def _dates_page(
    call: Call,
    order: Order,
    hotel: HotelStore,
    *,
    arrive: date | None,
    depart: date | None,
    refusal: Refusal | None = None,
) -> Html:
    house = hotel.setup.house()
    where = place_of(order, house)
    before = next((dates for line in order.live if (dates := nights_of(line))), None)
    tonight = where.night_of(call.now)
    found: Amending | None = None
    if arrive is not None and depart is not None:
        try:
            found = changing.quote(order, quoting.dates_quote(arrive, depart), hotel=hotel)
        except Refusal as other:
            refusal = refusal or other
    first = before[0] if before else tonight
    return Html(
        "hotel/shop/change.html",
        number=short_number(order.id),
        before={"arrive": before[0].isoformat(), "depart": before[1].isoformat()} if before else None,
        arrive=(arrive or first).isoformat(),
        depart=(depart or (before[1] if before else first + timedelta(days=1))).isoformat(),
        first=tonight.isoformat(),
        last=(tonight + HORIZON).isoformat(),
        quote=change_shown(call, order, found, hotel),
        left=left_behind(call, order, arrive, depart, hotel=hotel) if found and arrive and depart else [],
        refused=_refused(call, refusal),
        ask=f"/s/{call.tenant.slug}/orders/{order.id}/change",
        token=token_of(order.id, now=call.now),
        action=order_path(call, order.id, "/change"),
        back=order_path(call, order.id),
    )


def _fewer_page(call: Call, order: Order, hotel: HotelStore, *, refusal: Refusal | None = None) -> Html:
    found: Amending | None = None
    try:
        found = changing.quote(order, quoting.fewer_quote(call.query.line, 1), hotel=hotel)
    except Refusal as other:
        refusal = refusal or other
    return Html(
        "hotel/shop/fewer.html",
        number=short_number(order.id),
        title="" if call.query.line >= len(order.lines) else _title(call, order, hotel),
        quote=change_shown(call, order, found, hotel),
        refused=_refused(call, refusal),
        action=order_path(call, order.id, "/fewer", line=str(call.query.line)),
        back=order_path(call, order.id),
    )


def _title(call: Call, order: Order, hotel: HotelStore) -> str:
    return title_of(order.lines[call.query.line], house=hotel.setup.house(), locale=call.locale)


def _refused(call: Call, refusal: Refusal | None) -> dict[str, str] | None:
    if refusal is None:
        return None
    told = refused_in_words(refusal, locale=call.locale)
    if isinstance(refusal, SoldOut):
        told["detail"] = call.translate(N_("这些日期已经没有足够的客房或服务。"))
        told["remedy"] = call.translate(N_("请换一个日期;原来的预订不变。"))
    return told

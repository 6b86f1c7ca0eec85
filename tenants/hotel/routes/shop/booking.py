"""Visitors' order pages: pay or guarantee, look, cancel. Whoever has the link has the order."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.commerce.orders import changes
from chalicelib.commerce.orders.domain import Order, State
from chalicelib.commerce.orders.numbers import short_number
from chalicelib.kernel.errors import N_
from chalicelib.kernel.money import Money
from chalicelib.payments.desk import taken
from chalicelib.payments.providers import named, provider_for
from chalicelib.web.formats import money, sentences
from chalicelib.web.http import Asked, Call, Html, Page, Public, Redirect, page
from chalicelib.web.orders import paying, words
from chalicelib.web.orders.links import LinkQuery, absolute, opened, order_path, remember
from chalicelib.web.orders.paying import PayForm
from chalicelib.web.orders.words import label_of, methods, money_back
from tenants.hotel.domain.amending import nights_of
from tenants.hotel.domain.booking import FeeChanged, due
from tenants.hotel.domain.property import Property
from tenants.hotel.routes.money import receive, settle
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.shop.front import place_shown, property_of
from tenants.hotel.routes.shown.bill import bill_of, rooms_shown
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import booking
from tenants.hotel.usecases.setup_ports import House

_OPEN = Public(kind="hotel")
_ALWAYS = Public(kind="hotel", always=True)
LABELS = {"待使用": N_("待入住")}


class CancelForm(Asked):
    """Yes, and the two amounts (fen) that the page showed."""

    confirm: Literal["yes"]
    fee: Annotated[int, Field(ge=0, le=10**9)] = 0
    back: Annotated[int, Field(ge=0, le=10**9)] = 0


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}",
    use_case="hotel.show-own-booking",
    door=_ALWAYS,
    query=LinkQuery,
)
def show_booking(call: Call) -> Page:
    """The booking as it stands; a payment under way is asked about, so that nobody waits for a message."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    order = paying.looked_after(call, order, orders=hotel.orders, receive=receive, provider=named)
    remember(call, order.id)
    house = hotel.setup.house()
    where = place_of(order, house)
    say, locale = call.translate, call.locale
    held = order.state is State.HELD and not order.over(now=call.now)
    firm = order.state is State.CONFIRMED
    first = due(order).amount
    people = hotel.vault.shown(order.people)
    return Html(
        "hotel/shop/booking.html",
        number=short_number(order.id),
        order_id=order.id,
        label=label_of(order, now=call.now, say=say, own=LABELS),
        place=place_shown(where, call),
        lead=lead_of(order, call),
        starts=order.starts,
        ends=order.ends,
        placed=order.placed,
        bill=bill_of(order.live, house=house, say=say, locale=locale),
        rooms=rooms_shown(
            order.lines,
            property=where,
            house=house,
            now=call.now,
            say=say,
            locale=locale,
            fewer=_fewer(order, call),
        ),
        wishes=people.get("wishes", {}),
        total=order.total.amount,
        due=first,
        paid=order.paid.amount,
        rest=max(0, order.total.amount - order.paid.amount) if firm else order.total.amount - first,
        refunded=order.refunded,
        held=held,
        firm=firm,
        until=order.until,
        # The link says so after the provider's page; the money itself may take a moment.
        awaited=held and bool(call.query.paid),
        again=call.url,
        pay=order_path(call, order.id, "/pay"),
        confirm=order_path(call, order.id, "/confirm"),
        methods=methods(due(order), say=say, locale=locale),
        cancel=order_path(call, order.id, "/cancel") if held or firm else "",
        redate=order_path(call, order.id, "/change") if firm and _nights(order) else "",
        waiting=waiting_shown(order, call),
        calendar=order_path(call, order.id, "/calendar") if firm else "",
        guests=order_path(call, order.id, "/guests") if firm and _nights(order) else "",
        ended=words.ending(
            order, now=call.now, say=say, locale=locale, why=words.WHY, otherwise=N_("订单已取消。")
        ),
        back=_back(order, call) if firm else "",
        owed=_owed(order, call, hotel),
        done=_done(call, order),
        link=absolute(order_path(call, order.id)),
        anew=order_path(call, order.id, "/again"),
    )


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/pay",
    use_case="hotel.start-payment",
    door=_OPEN,
    query=LinkQuery,
    body=PayForm,
)
def pay(call: Call, asked: PayForm) -> Page:
    """Off to the payment provider's page, and back here."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    return paying.pay(
        call,
        order,
        start=lambda urls: booking.start_payment(
            order.id, method=asked.method, urls=urls, payments=provider_for(asked.method), hotel=hotel
        ),
    )


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/confirm",
    use_case="hotel.confirm-without-money",
    door=_OPEN,
    query=LinkQuery,
)
def confirm(call: Call) -> Page:
    """Firm without money now: what is paid at the hotel, or costs nothing."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    if order.state is not State.HELD or order.over(now=call.now) or due(order):
        return Redirect(order_path(call, order.id))
    if order.total:
        booking.guarantee(order, hotel=hotel)
    else:
        receipt = taken(order=order.id, amount=order.total, now=call.now)
        booking.pay_at_desk(order, receipt=receipt, hotel=hotel)
    return Redirect(order_path(call, order.id, done="confirmed"))


@page(
    BLUEPRINT,
    "GET",
    "/s/{slug}/orders/{order}/cancel",
    use_case="hotel.ask-cancel",
    door=_ALWAYS,
    query=LinkQuery,
)
def ask_cancel(call: Call) -> Page:
    """What cancelling costs and returns now, before anything is done."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    if order.state is State.CANCELLED or order.over(now=call.now):
        return Redirect(order_path(call, order.id))
    return _cancel_page(call, order, hotel)


@page(
    BLUEPRINT,
    "POST",
    "/s/{slug}/orders/{order}/cancel",
    use_case="hotel.cancel-online",
    door=_ALWAYS,
    query=LinkQuery,
    body=CancelForm,
)
def cancel(call: Call, asked: CancelForm) -> Page:
    """Cancel for the money that was shown."""
    hotel = HotelStore(call.work)
    order = opened(call, orders=hotel.orders)
    if order.state is State.CANCELLED or order.over(now=call.now):
        return Redirect(order_path(call, order.id))
    try:
        after = booking.cancel(order.id, agreed=(asked.fee, asked.back), hotel=hotel)
    except FeeChanged:
        return _cancel_page(call, order, hotel, changed=True).with_status(FeeChanged.status)
    id, now = order.id, call.now
    if after.refunded:
        call.then(lambda: settle(id, now=now))
    return Redirect(order_path(call, id, done="cancelled"))


def _owed(order: Order, call: Call, hotel: HotelStore) -> dict[str, Any] | None:
    """What is still owed of a cancelled booking's fee, and where it is paid."""
    if order.state is not State.CANCELLED or order.reason != "cancelled":
        return None
    from tenants.hotel.routes.shown.bill_link import bill_path
    from tenants.hotel.usecases.fees import owed

    folio = owed(order, hotel=hotel)
    if folio is None:
        return None
    return {"amount": folio.balance, "href": bill_path(call.tenant.slug, folio.id, now=call.now)}


def place_of(order: Order, house: House) -> Property:
    """The property that a booking is at."""
    for line in order.live:
        known = house.types.get(line.product) if line.kind == "night" else house.extras.get(line.product)
        if known is not None:
            return property_of(house, known.site)
    return property_of(house, None)


def lead_of(order: Order, call: Call) -> str:
    """What was booked, in one line."""
    rooms = sum(line.count for line in order.lines if line.kind == "night")
    if not rooms:
        return order.lines[0].title
    return call.translate(N_("%(rooms)s 间客房"), rooms=rooms)


def _cancel_page(call: Call, order: Order, hotel: HotelStore, *, changed: bool = False) -> Html:
    house = hotel.setup.house()
    quote = booking.quote(order, hotel=hotel)
    say, locale = call.translate, call.locale
    return Html(
        "hotel/shop/cancel.html",
        number=short_number(order.id),
        held=order.state is State.HELD,
        fee=quote.fee.amount,
        back_money=quote.back.amount,
        owing=quote.owing.amount,
        paid=order.paid.amount,
        until=quote.next.until if quote.next is not None else None,
        rooms=rooms_shown(
            order.live,
            property=place_of(order, house),
            house=house,
            now=call.now,
            say=say,
            locale=locale,
        ),
        changed=changed,
        action=order_path(call, order.id, "/cancel"),
        back=order_path(call, order.id),
    )


def waiting_shown(order: Order, call: Call) -> dict[str, Any] | None:
    """A change that waits for its payment; nothing where there is none, or its time is over."""
    change = order.change
    if order.state is not State.CONFIRMED or change is None or change.until <= call.now:
        return None
    dates = next(found for line in change.lines if line.count and (found := nights_of(line)))
    return {
        "arrive": dates[0].isoformat(),
        "depart": dates[1].isoformat(),
        "due": change.due,
        "until": change.until,
        "pay": order_path(call, order.id, "/change/pay"),
        "drop": order_path(call, order.id, "/change/drop"),
        "awaited": bool(call.query.paid),
        "methods": methods(Money(change.due), say=call.translate, locale=call.locale),
    }


def _fewer(order: Order, call: Call) -> Callable[[int], str] | None:
    """The way to give up a room, while there are others."""
    rooms = sum(line.count for line in order.lines if line.kind == "night")
    if order.state is not State.CONFIRMED or rooms < 2:
        return None
    return lambda index: order_path(call, order.id, "/fewer", line=str(index))


def _nights(order: Order) -> bool:
    return any(nights_of(line) for line in order.live)


def _back(order: Order, call: Call) -> str:
    """Where money is that went back, or why a change was not made."""
    say = call.translate
    told = money_back(order, say=say, locale=call.locale)
    if order.reason == changes.LAPSED:
        lapsed = say(N_("改期的款项到账时,新的日期已经没有客房:款项已原路退回,原来的预订不变。"))
        return sentences(lapsed, told, locale=call.locale)
    return told


def _done(call: Call, order: Order) -> dict[str, Any] | None:
    """What the last step did, said at the top."""
    say = call.translate
    if call.query.done == "cancelled" and order.state is State.CANCELLED:
        if order.refunded:
            amount = money(order.refunded, locale=call.locale)
            return {"text": say(N_("预订已取消,%(amount)s 按原付款方式退回。"), amount=amount)}
        return {"text": say(N_("预订已取消。"))}
    if call.query.done == "changed" and order.state is State.CONFIRMED:
        return {"text": say(N_("预订已修改。"))}
    if order.state is State.CONFIRMED and (call.query.paid or call.query.done == "confirmed"):
        return {"text": say(N_("预订成功,期待您的光临。"))}
    return None

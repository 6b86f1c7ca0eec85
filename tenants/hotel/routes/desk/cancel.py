"""A booking called off at the desk: what its terms keep and return is shown before it is done."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import Refusal
from chalicelib.web.http import Asked, Call, Html, Page, Redirect, page
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.domain.waiving import Why
from tenants.hotel.routes.bills.waiving import allowed, who_waives, whys
from tenants.hotel.routes.desk.rebook import WhyQuery
from tenants.hotel.routes.desk.stay import facts
from tenants.hotel.routes.frame import desk_page, refused
from tenants.hotel.routes.money import settle
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.words import WhyWaived
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import booking, front, quoting, rebooking
from tenants.hotel.usecases.folios import folio_id

_Fen = Annotated[int, Field(ge=0, le=10**9)]


class CancelForm(Asked):
    """Yes, for the two amounts (fen) that the page showed."""

    confirm: Literal["yes"]
    why: WhyWaived = None
    fee: _Fen
    back: _Fen


@page(
    BLUEPRINT,
    "GET",
    "/hotel/stays/{stay}/cancel",
    use_case="hotel.ask-cancel-desk",
    door=DESK,
    query=WhyQuery,
)
def ask(call: Call) -> Page:
    """What is kept, what returns, which rooms go with it; where others of the booking have come, this room
    alone can go."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    if stay.state is not StayState.EXPECTED:
        return Redirect(f"/hotel/stays/{stay.id}")
    if quoting.begun(hotel.stays.of_order(hotel.orders.get(stay.order))):
        return Redirect(f"/hotel/stays/{stay.id}/give-up")
    return _cancel_page(call, stay, hotel, why=allowed(call, call.query.why))


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/cancel",
    use_case="hotel.cancel-desk",
    door=DESK,
    body=CancelForm,
)
def cancel(call: Call, asked: CancelForm) -> Page:
    """Called off whole: every night is free again, money goes back the way it came."""
    hotel = HotelStore(call.work)
    stay, now = hotel.stays.get(call.path["stay"]), call.now
    try:
        why, order = allowed(call, asked.why), hotel.orders.get(stay.order)
        order = rebooking.cancel(order, agreed=(asked.fee, asked.back), why=why, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _cancel_page(call, stay, HotelStore(call.work), told=told))
    if order.refunded:
        call.then(lambda: settle(order.id, now=now))
    return Redirect(f"/hotel/stays/{stay.id}?done=cancelled")


def _cancel_page(
    call: Call,
    stay: Stay,
    hotel: HotelStore,
    *,
    why: Why | None = None,
    told: dict[str, str] | None = None,
) -> Html:
    order = hotel.orders.get(stay.order)
    found = booking.quote(order, waived=why is not None, hotel=hotel)
    advance = hotel.accounts.folios.find(folio_id(order.id), closed=False)
    return desk_page(
        call,
        "hotel/desk/cancel.html",
        place="stays",
        flash=[told] if told is not None else [],
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        rooms=len(hotel.stays.of_order(order)),
        why=str(why) if why is not None else "",
        whys=whys(call, found.fee.amount, why),
        who_waives=who_waives(call, found.fee.amount),
        fee=found.fee.amount,
        back=found.back.amount,
        owing=found.owing.amount,
        advance=advance.deposits + advance.paid if advance is not None else 0,
    )

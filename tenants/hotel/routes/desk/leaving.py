"""Guests go, or did not come: checking out, no-shows, and taking that back."""

from chalicelib.kernel.errors import Refusal
from chalicelib.web.http import (
    Call,
    Confirmed,
    Html,
    Page,
    Redirect,
    page,
)
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.api.stays import finish
from tenants.hotel.routes.bills.folios import folio_name
from tenants.hotel.routes.bills.waiving import allowed, who_waives, whys
from tenants.hotel.routes.desk.rebook import WhyQuery
from tenants.hotel.routes.desk.stay import facts, stay_page
from tenants.hotel.routes.frame import desk_page, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.amounts import BY_HAND, MEANS, yuan
from tenants.hotel.routes.words import WhyWaived
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import billing, desk, front, no_shows
from tenants.hotel.usecases.length import property_of


class NoShowForm(Confirmed):
    """``why``: the fee of the terms is let go."""

    why: WhyWaived = None


@page(BLUEPRINT, "GET", "/hotel/stays/{stay}/check-out", use_case="hotel.ask-check-out", door=DESK)
def ask_check_out(call: Call) -> Page:
    """What leaving means, and what is still owed, before it is done."""
    hotel = HotelStore(call.work)
    return _leave_page(call, hotel.stays.get(call.path["stay"]), hotel)


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/check-out",
    use_case="hotel.check-out-page",
    door=DESK,
    body=Confirmed,
)
def check_out(call: Call, _: Confirmed) -> Page:
    """The guests leave, their bills settled."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    try:
        stay = desk.check_out(id, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _leave_page(call, hotel.stays.get(id), hotel, told=told))
    call.then(lambda: finish(stay, now=call.now))
    return Redirect(f"/hotel/stays/{id}?done=out")


@page(
    BLUEPRINT,
    "GET",
    "/hotel/stays/{stay}/no-show",
    use_case="hotel.ask-no-show",
    door=DESK,
    query=WhyQuery,
)
def ask_no_show(call: Call) -> Page:
    """What it means that nobody came: the nights that return, the fee of the terms, who may let it go."""
    hotel, why = HotelStore(call.work), allowed(call, call.query.why)
    stay = hotel.stays.get(call.path["stay"])
    stay.require(StayState.EXPECTED)
    policy = no_shows.policy_of(stay.site, hotel=hotel)
    order = hotel.orders.get(stay.order)
    fee = no_shows.fee_of(stay, order, policy)
    return desk_page(
        call,
        "hotel/desk/no_show.html",
        place="stays",
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        fee=fee if why is None else 0,
        waived=fee if why is not None else 0,
        why=str(why) if why is not None else "",
        whys=whys(call, fee, why),
        who_waives=who_waives(call, fee),
        paid=billing.share_of(stay, order),
    )


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/no-show",
    use_case="hotel.no-show-page",
    door=DESK,
    body=NoShowForm,
)
def no_show(call: Call, asked: NoShowForm) -> Page:
    """Nobody came."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    try:
        stay = desk.no_show(id, why=allowed(call, asked.why), hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: stay_page(call, hotel.stays.get(id), hotel, flash=[told]))
    call.then(lambda: finish(stay, now=call.now))
    return Redirect(f"/hotel/stays/{id}?done=no-show")


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/expect",
    use_case="hotel.expect-again-page",
    door=DESK,
    body=Confirmed,
)
def expect(call: Call, _: Confirmed) -> Page:
    """They come after all."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    try:
        desk.expect_again(id, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: stay_page(call, hotel.stays.get(id), hotel, flash=[told]))
    return Redirect(f"/hotel/stays/{id}?done=expected")


def _leave_page(call: Call, stay: Stay, hotel: HotelStore, *, told: dict[str, str] | None = None) -> Html:
    """Each bill as it would stand: nothing can be left owing, either way."""
    stay.require(StayState.IN_HOUSE)
    today = property_of(stay, hotel=hotel).today(call.now)
    kept = {one.id for one in hotel.accounts.folios.windows(stay.id)}
    bills = [
        {
            "title": folio_name(one, call),
            "href": f"/hotel/folios/{one.id}" if one.id in kept else None,
            "balance": one.balance,
            "deposits": one.deposits,
            "pays": yuan(one.balance) if one.balance > 0 and one.id in kept else "",
            "later": bool(one.company) and one.balance + one.deposits > 0,
        }
        for one in billing.due(stay, today=today, hotel=hotel)
    ]
    return desk_page(
        call,
        "hotel/desk/leave.html",
        place="stays",
        flash=[told] if told is not None else [],
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        bills=bills,
        means=[(str(one), call.translate(MEANS[one])) for one in BY_HAND],
        clear=all(one["later"] or not (one["balance"] or one["deposits"]) for one in bills),
    )

"""Money before the guests come: taken on a bill of the booking's own, which their check-in takes over."""

from chalicelib.commerce.orders.numbers import short_number
from chalicelib.web.http import (
    Call,
    Page,
    Pressed,
    Redirect,
    page,
)
from tenants.hotel.domain.folio import State
from tenants.hotel.domain.stay import StayState
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import folios
from tenants.hotel.usecases.folios import folio_id


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/advance",
    use_case="hotel.open-advance",
    door=DESK,
    body=Pressed,
)
def open_advance(call: Call, _: Pressed) -> Page:
    """The bill on which it is taken: opened where there is none, open again where it was settled."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    stay.require(StayState.EXPECTED)
    accounts = hotel.accounts
    known = accounts.folios.find(folio_id(stay.order))
    if known is None:
        number = short_number(stay.order)
        folios.open_account(stay.order, property=stay.site, title=number, order=stay.order, accounts=accounts)
    elif known.state is State.SETTLED:
        folios.reopen(known.id, accounts=accounts)
    return Redirect(f"/hotel/folios/{folio_id(stay.order)}?done=advance#pay")

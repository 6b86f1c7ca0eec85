"""A reservation changed at the desk, through the API: quoted first, done for the money that was quoted."""

from chalicelib.web.http import Call, endpoint
from tenants.hotel.routes.bills.waiving import allowed
from tenants.hotel.routes.models.rebook import (
    GivenUpView,
    GivingUpView,
    RebookedView,
    RebookingAsked,
    RebookingQuery,
    RebookingView,
    RoomGivenUp,
    RoomQuery,
    giving_up_view,
    rebooking_view,
)
from tenants.hotel.routes.money import settle
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import rebooking
from tenants.hotel.usecases.quoting import Latitude

_REBOOKING = "/api/v1/hotel/stays/{stay}/rebooking"
_CANCELLATION = "/api/v1/hotel/stays/{stay}/cancellation"


@endpoint(
    BLUEPRINT,
    "GET",
    _REBOOKING,
    use_case="hotel.quote-rebooking",
    door=DESK,
    query=RebookingQuery,
    answers=RebookingView,
    summary="What other days would cost or return",
)
def quote_dates(call: Call) -> RebookingView:
    """At the prices of now and under the same plans, over rules of arrival and length. Nothing changes."""
    hotel, query = HotelStore(call.work), call.query
    stay = hotel.stays.get(call.path["stay"])
    order = hotel.orders.get(stay.order)
    waived = allowed(call, query.why) is not None
    desk = Latitude(stays=() if query.rooms == "all" else (stay.id,), waived=waived)
    return rebooking_view(rebooking.dates(order, query.arrive, query.depart, desk=desk, hotel=hotel), order)


@endpoint(
    BLUEPRINT,
    "POST",
    _REBOOKING,
    use_case="hotel.rebook-stay",
    door=DESK,
    body=RebookingAsked,
    answers=RebookedView,
    summary="Other days for a room, or for all of its booking",
)
def change_dates(call: Call, asked: RebookingAsked) -> RebookedView:
    """The stay that takes the place of this one; what is missing is taken when the guests come."""
    hotel, now = HotelStore(call.work), call.now
    stay = hotel.stays.get(call.path["stay"])
    new = rebooking.change_dates(
        stay,
        asked.arrive,
        asked.depart,
        whole=asked.rooms == "all",
        agreed=(asked.total.amount, asked.back.amount),
        why=allowed(call, asked.why),
        hotel=hotel,
    )
    if asked.back.amount:
        call.then(lambda: settle(stay.order, now=now))
    return RebookedView(stay=new)


@endpoint(
    BLUEPRINT,
    "GET",
    _CANCELLATION,
    use_case="hotel.quote-room-cancellation",
    door=DESK,
    query=RoomQuery,
    answers=GivingUpView,
    summary="What cancelling one room of a booking would cost and return",
)
def quote_room(call: Call) -> GivingUpView:
    """Nothing changes; the amounts hold until the terms' next step."""
    hotel = HotelStore(call.work)
    waived = allowed(call, call.query.why) is not None
    return giving_up_view(rebooking.room(hotel.stays.get(call.path["stay"]), waived=waived, hotel=hotel))


@endpoint(
    BLUEPRINT,
    "POST",
    _CANCELLATION,
    use_case="hotel.cancel-room",
    door=DESK,
    body=RoomGivenUp,
    answers=GivenUpView,
    summary="Cancel one room of a booking for the quoted money",
)
def give_up(call: Call, asked: RoomGivenUp) -> GivenUpView:
    """Its nights are free at once; the others of the booking stay. The last room goes with its booking."""
    hotel, now = HotelStore(call.work), call.now
    stay = hotel.stays.get(call.path["stay"])
    why = allowed(call, asked.why)
    bill = rebooking.give_up(stay, agreed=(asked.fee.amount, asked.back.amount), why=why, hotel=hotel)
    if asked.back.amount:
        call.then(lambda: settle(stay.order, now=now))
    return GivenUpView(stay=stay.id, folio=bill.id if bill is not None else "")

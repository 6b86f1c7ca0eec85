"""Extras, meeting rooms and cars through the API: offered, held, confirmed; handed over and taken back."""

from chalicelib.payments.desk import taken
from chalicelib.web.http import Call, endpoint
from chalicelib.web.orders.links import mark
from tenants.hotel.routes.models.extra import (
    BeginBody,
    ConfirmBody,
    ExtraBody,
    ExtraView,
    FinishBody,
    FinishedView,
    HireQuery,
    HiresView,
    HireView,
    HoldBody,
    HoldView,
    OffersQuery,
    OffersView,
    extra_view,
    finished_view,
    hire_view,
    hold_view,
    offer_view,
)
from tenants.hotel.routes.registered import BLUEPRINT, DESK, READ, SELLS, SETUP, WRITE
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import booking, hiring, setting
from tenants.hotel.usecases.search import chosen


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/extras/{extra}",
    use_case="hotel.set-extra",
    door=SETUP,
    body=ExtraBody,
    answers=ExtraView,
    summary="Set up an extra, a meeting room or a car",
)
def set_extra(call: Call, body: ExtraBody) -> ExtraView:
    """Its number only grows once it is on sale."""
    extra = body.made(call.path["extra"])
    return extra_view(setting.set_extra(extra, count=body.count, hotel=HotelStore(call.work)))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/hire-offers",
    use_case="hotel.offer-hires",
    door=READ,
    query=OffersQuery,
    answers=OffersView,
    summary="Meeting rooms, equipment and cars for a time",
)
def offer(call: Call) -> OffersView:
    """What can be had; hold it (``/hire-holds``), then confirm it."""
    hotel = HotelStore(call.work)
    where = chosen(hotel.setup.house(), call.query.property)
    found = hiring.offers(
        call.query.day, start=call.query.start, length=call.query.length, property=where, hotel=hotel
    )
    return OffersView(offers=[offer_view(one) for one in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/hire-holds",
    use_case="hotel.hold-hire-offer",
    door=WRITE,
    body=HoldBody,
    answers=HoldView,
    status=201,
    entitlement=SELLS,
    summary="Hold a meeting room, equipment or a car",
)
def hold(call: Call, body: HoldBody) -> HoldView:
    """For a quarter of an hour nobody else gets it."""
    call.idempotent_by_itself()
    hotel = HotelStore(call.work)
    return hold_view(booking.hold(body.booking, mark=mark(call.command), hotel=hotel))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/hire-holds/{order}/confirm",
    use_case="hotel.confirm-hire-offer",
    door=WRITE,
    body=ConfirmBody,
    answers=HoldView,
    summary="Make a held offer firm",
)
def confirm(call: Call, body: ConfirmBody) -> HoldView:
    """From now on it stands in its day. It is called off as a booking is."""
    hotel = HotelStore(call.work)
    order = hotel.orders.get(call.path["order"])
    if not body.paid:
        return hold_view(booking.guarantee(order, hotel=hotel))
    receipt = taken(order=order.id, amount=order.total, now=hotel.now)
    return hold_view(booking.confirm(order, receipt, hotel))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/hires",
    use_case="hotel.list-hires",
    door=READ,
    query=HireQuery,
    answers=HiresView,
    summary="Meeting rooms and cars of a day",
)
def list_hires(call: Call) -> HiresView:
    """What runs, what is to come, what is over."""
    hotel = HotelStore(call.work)
    where = chosen(hotel.setup.house(), call.query.property)
    return HiresView(hires=[hire_view(one) for one in hiring.of_day(where, call.query.day, hotel=hotel)])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/hires/{hire}/begin",
    use_case="hotel.begin-hire",
    door=DESK,
    body=BeginBody,
    answers=HireView,
    summary="Hand over a meeting room or a car",
)
def begin(call: Call, body: BeginBody) -> HireView:
    """A car that the guest drives needs a licence that was seen, and the odometer."""
    return hire_view(
        hiring.begin(
            call.path["hire"],
            at=body.at or call.now,
            kilometres=body.kilometres,
            licence=body.licence,
            hotel=HotelStore(call.work),
        )
    )


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/hires/{hire}/finish",
    use_case="hotel.finish-hire",
    door=DESK,
    body=FinishBody,
    answers=FinishedView,
    summary="Take back a meeting room or a car",
)
def finish(call: Call, body: FinishBody) -> FinishedView:
    """What was really used is charged on the bill that is named in the answer."""
    after, folio = hiring.finish(
        call.path["hire"], at=body.at or call.now, kilometres=body.kilometres, hotel=HotelStore(call.work)
    )
    return finished_view(after, folio.id)

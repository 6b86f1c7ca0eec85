"""Bookings through the API: hold, pay or guarantee, look, cancel."""

from chalicelib.commerce.orders.domain import Order
from chalicelib.payments.desk import taken
from chalicelib.web.http import (
    Call,
    Empty,
    endpoint,
)
from chalicelib.web.orders.links import mark
from tenants.hotel.routes.models.stay import (
    BookingAsked,
    BookingView,
    CancelAsked,
    CancellingView,
    HoursAsked,
    PaymentAsked,
    booking_view,
    cancelling_view,
)
from tenants.hotel.routes.money import settle
from tenants.hotel.routes.registered import BLUEPRINT, READ, SELLS, WRITE
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import booking


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/bookings",
    use_case="hotel.hold-booking",
    door=WRITE,
    body=BookingAsked,
    answers=BookingView,
    status=201,
    entitlement=SELLS,
    summary="Hold rooms for 15 minutes",
)
def hold_booking(call: Call, asked: BookingAsked) -> BookingView:
    """All nights of all rooms, or nothing. The same Idempotency-Key gets the same booking."""
    call.idempotent_by_itself()
    hotel = HotelStore(call.work)
    return _view(call, booking.hold(asked.booking(), mark=mark(call.command), hotel=hotel), hotel)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/bookings/hours",
    use_case="hotel.hold-hours",
    door=WRITE,
    body=HoursAsked,
    answers=BookingView,
    status=201,
    entitlement=SELLS,
    summary="Hold a room by the hour for 15 minutes",
)
def hold_hours(call: Call, asked: HoursAsked) -> BookingView:
    """The hours, and any night that they reach into, or nothing."""
    call.idempotent_by_itself()
    hotel = HotelStore(call.work)
    return _view(call, booking.hold(asked.booking(), mark=mark(call.command), hotel=hotel), hotel)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/bookings/{order}",
    use_case="hotel.show-booking",
    door=READ,
    answers=BookingView,
    summary="One booking",
)
def show_booking(call: Call) -> BookingView:
    """As it stands, with the terms that were fixed when it was made."""
    hotel = HotelStore(call.work)
    return _view(call, hotel.orders.get(call.path["order"]), hotel)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/bookings/{order}/payment",
    use_case="hotel.pay-at-desk",
    door=WRITE,
    body=PaymentAsked,
    answers=BookingView,
    summary="Confirm that the money was taken at the desk",
)
def pay(call: Call, asked: PaymentAsked) -> BookingView:
    """What is due (all, or the deposit) makes a held booking firm; a guaranteed one is paid in full."""
    hotel, id = HotelStore(call.work), call.path["order"]
    receipt = taken(order=id, amount=asked.amount.money, now=call.now)
    return _view(call, booking.pay_at_desk(hotel.orders.expected(id), receipt=receipt, hotel=hotel), hotel)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/bookings/{order}/guarantee",
    use_case="hotel.guarantee-booking",
    door=WRITE,
    body=Empty,
    answers=BookingView,
    summary="Make a held booking firm without money",
)
def guarantee(call: Call, _: Empty) -> BookingView:
    """Only under a plan that is sold so."""
    hotel = HotelStore(call.work)
    return _view(call, booking.guarantee(hotel.orders.expected(call.path["order"]), hotel=hotel), hotel)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/bookings/{order}/cancellation",
    use_case="hotel.quote-cancellation",
    door=READ,
    answers=CancellingView,
    summary="What cancelling would cost and return now",
)
def quote_cancellation(call: Call) -> CancellingView:
    """Nothing changes; the amounts hold until the terms' next step."""
    hotel = HotelStore(call.work)
    return cancelling_view(booking.quote(hotel.orders.get(call.path["order"]), hotel=hotel))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/bookings/{order}/cancellation",
    use_case="hotel.cancel-booking",
    door=WRITE,
    body=CancelAsked,
    answers=BookingView,
    summary="Cancel for the quoted money",
)
def cancel(call: Call, asked: CancelAsked) -> BookingView:
    """The nights are free at once; the money goes back through its provider."""
    hotel, id = HotelStore(call.work), call.path["order"]
    after = booking.cancel(id, agreed=(asked.fee.amount, asked.back.amount), hotel=hotel)
    if after.refunded:
        call.then(lambda: settle(id, now=call.now))
    return _view(call, after, hotel)


def _view(call: Call, order: Order, hotel: HotelStore) -> BookingView:
    house = hotel.setup.house()
    kind = house.types.get(order.lines[0].product)
    return booking_view(
        order, now=call.now, property=house.properties.get(kind.site) if kind is not None else None
    )

"""Reservations for a system that asks: a property-management system, a channel manager."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chalicelib.commerce.orders.domain import Order
from chalicelib.kernel.period import parse_instant, rfc3339
from chalicelib.tenancy.context import current
from chalicelib.web.http import Answered, Asked, Call, endpoint, make_cursor, read_cursor
from chalicelib.web.wire import BadCursor
from tenants.hotel.routes.models.stay import BookingView, booking_view
from tenants.hotel.routes.registered import BLUEPRINT, READ
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import pulling


class PullQuery(Asked):
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class GuestView(Answered):
    name: str
    phone: str


class ReservationView(Answered):
    """A booking as it stands. ``version`` grows with each change: the same one may be told twice."""

    version: int
    contact: GuestView
    booking: BookingView


class ReservationsView(Answered):
    reservations: list[ReservationView]
    mark: Annotated[str, Field(description="acknowledges all of these")]
    more: bool


class AcknowledgeBody(Asked):
    mark: Annotated[str, Field(min_length=1, max_length=400)]


class AcknowledgedView(Answered):
    upto: datetime


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/reservations",
    use_case="hotel.pull-reservations",
    door=READ,
    query=PullQuery,
    answers=ReservationsView,
    summary="Bookings that changed since the last acknowledgement",
)
def pull(call: Call) -> ReservationsView:
    """Firm and cancelled bookings, each as it stands now; the last minute is told again. Until its mark is
    acknowledged, the same key gets the same again; the first time it gets what changed within a week."""
    hotel = HotelStore(call.work)
    found = pulling.pull(puller=current().actor, most=call.query.limit, hotel=hotel)
    if found.orders:
        call.work.witness(f"reservations/{len(found.orders)}")  # names go out: who asked is kept
    mark = make_cursor({"upto": rfc3339(found.upto)})
    assert mark is not None
    return ReservationsView(
        reservations=[_view(order, call=call, hotel=hotel) for order in found.orders],
        mark=mark,
        more=found.more,
    )


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/reservations/acknowledgements",
    use_case="hotel.acknowledge-reservations",
    door=READ,
    body=AcknowledgeBody,
    answers=AcknowledgedView,
    summary="Acknowledge what was pulled",
)
def acknowledge(call: Call, body: AcknowledgeBody) -> AcknowledgedView:
    """Everything up to this mark has arrived. An older mark changes nothing."""
    try:
        upto = parse_instant(read_cursor(body.mark)["upto"])
    except (KeyError, ValueError):
        raise BadCursor from None
    pulling.acknowledge(puller=current().actor, upto=upto, hotel=HotelStore(call.work))
    return AcknowledgedView(upto=upto)


def _view(order: Order, *, call: Call, hotel: HotelStore) -> ReservationView:
    house = hotel.setup.house()
    kind = house.types.get(order.lines[0].product)
    contact = hotel.vault.shown(order.people)["contact"]
    return ReservationView(
        version=order.version,
        contact=GuestView(name=contact.get("name", ""), phone=contact.get("phone", "")),
        booking=booking_view(
            order, now=call.now, property=house.properties.get(kind.site) if kind is not None else None
        ),
    )

"""Stays through the API: the day's lists, length, coming and going, walk-ins."""

from datetime import datetime

from chalicelib.kernel.money import Money
from chalicelib.payments.desk import taken
from chalicelib.payments.port import Receipt
from chalicelib.web.http import (
    Call,
    Empty,
    endpoint,
)
from chalicelib.web.orders.links import mark
from tenants.hotel.domain.stay import Stay
from tenants.hotel.routes.bills.waiving import allowed
from tenants.hotel.routes.models.desk import (
    CheckInAsked,
    DatesAsked,
    DepartQuery,
    ExtensionView,
    LateAsked,
    ListQuery,
    NoShowAsked,
    PlanQuery,
    RoomPlanView,
    StayPageView,
    StaysView,
    StayView,
    WalkInAsked,
    extension_view,
    room_plan_view,
    shown_view,
    stay_page_view,
    stay_view,
)
from tenants.hotel.routes.models.guests import guest_view
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import desk, front, length, sealing, walk_in
from tenants.hotel.usecases.search import chosen


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays",
    use_case="hotel.list-stays",
    door=DESK,
    query=ListQuery,
    answers=StaysView,
    summary="Who comes, who is here, who goes",
)
def list_stays(call: Call) -> StaysView:
    """A list of one day, filtered by ``text``."""
    query = call.query
    found = front.today(property=query.property, day=query.day, hotel=HotelStore(call.work))
    lists = {
        "arriving": found.arriving,
        "came": found.came,
        "in-house": found.in_house,
        "leaving": found.leaving,
        "left": found.left,
    }
    stays = [one for one in lists[query.list] if one.fits(query.text)]
    return StaysView(day=found.day, stays=[shown_view(one) for one in stays])


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/room-plan",
    use_case="hotel.room-plan",
    door=DESK,
    query=PlanQuery,
    answers=RoomPlanView,
    summary="Rooms by nights, stays without a room, the house's position",
)
def room_plan(call: Call) -> RoomPlanView:
    """From ``first`` on; without it from yesterday."""
    query = call.query
    hotel = HotelStore(call.work)
    plan = front.room_plan(property=query.property, first=query.first, days=query.days, hotel=hotel)
    return room_plan_view(plan)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays/{stay}",
    use_case="hotel.show-stay",
    door=DESK,
    answers=StayPageView,
    summary="One stay with its guests, masked",
)
def show_stay(call: Call) -> StayPageView:
    """A guest's own page shows everything, and that it was opened is kept."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    guests = [
        guest_view(guest, sealing.shown(guest, hotel=hotel), now=call.now)
        for guest in hotel.guests.of_stay(stay.id)
    ]
    return stay_page_view(front.shown([stay], hotel=hotel)[0], guests)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/stays/{stay}/extension",
    use_case="hotel.quote-extension",
    door=DESK,
    query=DepartQuery,
    answers=ExtensionView,
    summary="What further nights would cost",
)
def quote_extension(call: Call) -> ExtensionView:
    """At today's prices of the stay's plan."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    return extension_view(length.extension(stay, call.query.depart, hotel=hotel))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/dates",
    use_case="hotel.change-departure",
    door=DESK,
    body=DatesAsked,
    answers=StayView,
    summary="Extend a stay, or end it earlier",
)
def change_departure(call: Call, asked: DatesAsked) -> StayView:
    """Further nights are claimed; nights that are given up are free at once."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    if asked.depart < stay.depart:
        return stay_view(length.shorten(stay.id, depart=asked.depart, hotel=hotel))
    agreed = asked.price.amount if asked.price is not None else None
    return stay_view(length.extend(stay.id, depart=asked.depart, agreed=agreed, room=asked.room, hotel=hotel))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/late",
    use_case="hotel.late-check-out",
    door=DESK,
    body=LateAsked,
    answers=StayView,
    summary="A later hour on the day of departure",
)
def late(call: Call, asked: LateAsked) -> StayView:
    """At most until others may come."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    until = length.property_of(stay, hotel=hotel).instant(stay.depart, asked.until)
    return stay_view(desk.stay_later(stay.id, until=until, hotel=hotel))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/check-in",
    use_case="hotel.check-in",
    door=DESK,
    body=CheckInAsked,
    answers=StayView,
    summary="Check in",
)
def check_in(call: Call, asked: CheckInAsked) -> StayView:
    """Who is present is registered whole; minors' guardians are recorded; the room is empty."""
    hotel = HotelStore(call.work)
    present = frozenset(asked.present) if asked.present is not None else None
    return stay_view(
        desk.check_in(
            call.path["stay"], purpose=asked.purpose, present=present, dirty=asked.dirty, hotel=hotel
        )
    )


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/check-out",
    use_case="hotel.check-out",
    door=DESK,
    body=Empty,
    answers=StayView,
    summary="Check out",
)
def check_out(call: Call, _: Empty) -> StayView:
    """Nights that are left return; the room is dirty."""
    stay = desk.check_out(call.path["stay"], hotel=HotelStore(call.work))
    call.then(lambda: finish(stay, now=call.now))
    return stay_view(stay)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/no-show",
    use_case="hotel.no-show",
    door=DESK,
    body=NoShowAsked,
    answers=StayView,
    summary="Nobody came",
)
def no_show(call: Call, asked: NoShowAsked) -> StayView:
    """Every night after the first is free again, and the fee of the terms is on a bill; with ``why``, which
    is the owner's to say, it is let go."""
    stay = desk.no_show(call.path["stay"], why=allowed(call, asked.why), hotel=HotelStore(call.work))
    call.then(lambda: finish(stay, now=call.now))
    return stay_view(stay)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/stays/{stay}/expect",
    use_case="hotel.expect-again",
    door=DESK,
    body=Empty,
    answers=StayView,
    summary="They come after all",
)
def expect(call: Call, _: Empty) -> StayView:
    """While a night of theirs is left."""
    return stay_view(desk.expect_again(call.path["stay"], hotel=HotelStore(call.work)))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/walk-ins",
    use_case="hotel.walk-in",
    door=DESK,
    body=WalkInAsked,
    answers=StayView,
    status=201,
    entitlement=SELLS,
    summary="Sell a room for tonight and check in",
)
def take_walk_in(call: Call, asked: WalkInAsked) -> StayView:
    """Sent again with the same key it goes on where it broke off. Money that the plan wants first is taken at
    the desk."""
    call.idempotent_by_itself()
    hotel = HotelStore(call.work)
    kind = hotel.setup.house().types.get(asked.type)
    where = chosen(hotel.setup.house(), kind.site if kind is not None else "")

    def receipt(order: str, amount: Money) -> Receipt:
        return taken(order=order, amount=amount, now=call.now)

    asked_now = asked.walk_in(where.night_of(call.now))
    stay = walk_in.walk_in(asked_now, mark=mark(call.command), receipt=receipt, unit=new_unit(call.now))
    return stay_view(stay)


def finish(stay: Stay, *, now: datetime) -> None:
    """After somebody has gone: a booking of which nobody is left is used."""
    with new_unit(now)("hotel.finish-booking") as hotel:
        desk.finish(stay.order, hotel=hotel)

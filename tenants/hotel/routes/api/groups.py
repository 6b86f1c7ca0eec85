"""Groups and the waitlist through the API."""

from chalicelib.commerce.orders.domain import Order
from chalicelib.web.http import (
    Call,
    Empty,
    endpoint,
)
from chalicelib.web.orders.links import mark
from tenants.hotel.domain.group import GroupState
from tenants.hotel.routes.models.groups import (
    GroupAsked,
    GroupEndAsked,
    GroupsQuery,
    GroupsView,
    GroupView,
    PickAsked,
    WaitAsked,
    WaitsView,
    WaitView,
    group_view,
    wait_view,
)
from tenants.hotel.routes.models.stay import BookingView, booking_view
from tenants.hotel.routes.registered import BLUEPRINT, DESK, SELLS
from tenants.hotel.routes.words import (
    PropertyQuery,
)
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import groups, waiting
from tenants.hotel.usecases.search import chosen
from tenants.hotel.usecases.waiting import WaitShown


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/groups",
    use_case="hotel.hold-group",
    door=DESK,
    query=PropertyQuery,
    body=GroupAsked,
    answers=GroupView,
    status=201,
    entitlement=SELLS,
    summary="Hold rooms for a group",
)
def hold_group(call: Call, asked: GroupAsked) -> GroupView:
    """All nights of all rooms, or nothing; what nobody picks up is released by itself."""
    wish = asked.wish(call.query.property)
    return group_view(groups.hold_group(wish, hotel=HotelStore(call.work)))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/groups",
    use_case="hotel.list-groups",
    door=DESK,
    query=GroupsQuery,
    answers=GroupsView,
    summary="Groups",
)
def list_groups(call: Call) -> GroupsView:
    """Open ones; with ``month`` those of an arrival then that are over."""
    query, hotel = call.query, HotelStore(call.work)
    where = chosen(hotel.setup.house(), query.property)
    found = hotel.groups.closed(where.id, query.month) if query.month else hotel.groups.open(where.id)
    return GroupsView(groups=[group_view(one) for one in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/groups/{group}/bookings",
    use_case="hotel.pick-up-rooms",
    door=DESK,
    query=PropertyQuery,
    body=PickAsked,
    answers=BookingView,
    status=201,
    entitlement=SELLS,
    summary="Make a booking of some of a group's rooms",
)
def pick_up(call: Call, asked: PickAsked) -> BookingView:
    """Their places change hands; the same Idempotency-Key gets the same booking."""
    call.idempotent_by_itself()
    order = groups.pick_up(
        call.path["group"],
        asked.pick(),
        mark=mark(call.command),
        property=call.query.property,
        unit=new_unit(call.now),
    )
    return _booking(call, order)


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/groups/{group}/end",
    use_case="hotel.end-group",
    door=DESK,
    query=PropertyQuery,
    body=GroupEndAsked,
    answers=GroupView,
    summary="Release or cancel a group",
)
def end_group(call: Call, asked: GroupEndAsked) -> GroupView:
    """What was not picked up is free at once; its bookings stay."""
    state = GroupState(asked.state)
    hotel = HotelStore(call.work)
    return group_view(groups.let_go(call.path["group"], state, property=call.query.property, hotel=hotel))


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/waiting",
    use_case="hotel.wait-for-rooms",
    door=DESK,
    query=PropertyQuery,
    body=WaitAsked,
    answers=WaitView,
    status=201,
    summary="Write down who would have a room",
)
def wait_for_rooms(call: Call, asked: WaitAsked) -> WaitView:
    """Offered by itself when a night comes free: a booking held for two hours."""
    hotel = HotelStore(call.work)
    wait = waiting.wait_for(asked.wanted(call.query.property), hotel=hotel)
    shown = WaitShown(wait=wait, name=asked.contact.name, phone=asked.contact.phone)
    return wait_view(shown)


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/waiting",
    use_case="hotel.list-waiting",
    door=DESK,
    query=PropertyQuery,
    answers=WaitsView,
    summary="The waitlist",
)
def list_waiting(call: Call) -> WaitsView:
    """In the order in which they came; who looks is on record."""
    found = waiting.waiting(property=call.query.property, hotel=HotelStore(call.work))
    call.work.witness(f"waiting/{len(found)}")
    return WaitsView(waiting=[wait_view(one) for one in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/waiting/{wait}/withdrawal",
    use_case="hotel.withdraw-waiting",
    door=DESK,
    query=PropertyQuery,
    body=Empty,
    answers=WaitsView,
    summary="They want no room any more",
)
def withdraw(call: Call, _: Empty) -> WaitsView:
    """What was held for them is let go."""
    waiting.withdraw(call.path["wait"], property=call.query.property, hotel=HotelStore(call.work))
    return WaitsView(waiting=[])


def _booking(call: Call, order: Order) -> BookingView:
    house = HotelStore(call.work).setup.house()
    kind = house.types[order.lines[0].product]
    return booking_view(order, now=call.now, property=house.properties[kind.site])

"""Set-up through the API: properties, types, rooms, plans, rooms out of order."""

from chalicelib.web.http import Call, endpoint
from tenants.hotel.routes.models.setup import (
    BlockBody,
    BlocksView,
    BlockView,
    PlanBody,
    PlanView,
    PropertyBody,
    PropertyView,
    RoomsBody,
    RoomsView,
    RoomView,
    SetupView,
    TypeBody,
    TypeView,
    block_view,
    plan_view,
    property_view,
    type_view,
)
from tenants.hotel.routes.registered import BLUEPRINT, DESK, READ, SETUP
from tenants.hotel.routes.words import PropertyQuery
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import repairs, setting
from tenants.hotel.usecases.search import chosen


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/setup",
    use_case="hotel.show-setup",
    door=READ,
    answers=SetupView,
    summary="Properties, room types and rate plans",
)
def show_setup(call: Call) -> SetupView:
    """Everything that is set up, rooms excepted."""
    house = HotelStore(call.work).setup.house()
    return SetupView(
        properties=[property_view(one) for one in house.properties.values()],
        types=[type_view(one) for one in house.types.values()],
        plans=[plan_view(one) for one in house.plans.values()],
    )


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/properties/{property}",
    use_case="hotel.set-property",
    door=SETUP,
    body=PropertyBody,
    answers=PropertyView,
    summary="Set up a property",
)
def set_property(call: Call, body: PropertyBody) -> PropertyView:
    """A property, new or changed."""
    property = body.property(call.path["property"])
    return property_view(setting.set_property(property, hotel=HotelStore(call.work)))


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/types/{type}",
    use_case="hotel.set-type",
    door=SETUP,
    body=TypeBody,
    answers=TypeView,
    summary="Set up a room type or a whole house",
)
def set_type(call: Call, body: TypeBody) -> TypeView:
    """What is sold stays sold: rooms are added with ``/rooms``; the allowance grows, or goes back to an
    earlier sum."""
    kind = setting.set_type(
        body.kind(call.path["type"]),
        allowance=body.overbooking,
        members=body.whole_house_of,
        hotel=HotelStore(call.work),
    )
    return type_view(kind)


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/types/{type}/rooms",
    use_case="hotel.set-rooms",
    door=SETUP,
    body=RoomsBody,
    answers=TypeView,
    summary="Register rooms of a type",
)
def set_rooms(call: Call, body: RoomsBody) -> TypeView:
    """Rooms that are new can be sold at once; rooms that are not named stay."""
    hotel, type = HotelStore(call.work), call.path["type"]
    kind = hotel.setup.house().types.get(type)
    rooms = body.of(type, kind.site if kind is not None else "")
    return type_view(setting.set_rooms(type, rooms, hotel=hotel))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/rooms",
    use_case="hotel.list-rooms",
    door=READ,
    query=PropertyQuery,
    answers=RoomsView,
    summary="The rooms of a property",
)
def list_rooms(call: Call) -> RoomsView:
    """By number."""
    setup = HotelStore(call.work).setup
    property = chosen(setup.house(), call.query.property)
    rooms = [
        RoomView(number=room.number, type=room.type, floor=room.floor, features=list(room.features))
        for room in setup.rooms(property.id)
    ]
    return RoomsView(property=property.id, rooms=rooms)


@endpoint(
    BLUEPRINT,
    "PUT",
    "/api/v1/hotel/plans/{plan}",
    use_case="hotel.set-plan",
    door=SETUP,
    body=PlanBody,
    answers=PlanView,
    summary="Set up a rate plan",
)
def set_plan(call: Call, body: PlanBody) -> PlanView:
    """Bookings keep the terms under which they were made."""
    return plan_view(setting.set_plan(body.plan(call.path["plan"]), hotel=HotelStore(call.work)))


@endpoint(
    BLUEPRINT,
    "GET",
    "/api/v1/hotel/blocks",
    use_case="hotel.list-blocks",
    door=READ,
    query=PropertyQuery,
    answers=BlocksView,
    summary="Rooms out of order",
)
def list_blocks(call: Call) -> BlocksView:
    """Now and later."""
    found = repairs.out_of_order(property=call.query.property, hotel=HotelStore(call.work))
    return BlocksView(blocks=[block_view(block) for block in found])


@endpoint(
    BLUEPRINT,
    "POST",
    "/api/v1/hotel/blocks",
    use_case="hotel.take-room-out",
    door=DESK,
    body=BlockBody,
    answers=BlockView,
    status=201,
    summary="Take a room out of order",
)
def take_out(call: Call, body: BlockBody) -> BlockView:
    """Its nights cannot be sold; refused where they are sold already."""
    block = repairs.take_out(
        body.room,
        property=body.property,
        first=body.first,
        last=body.last,
        reason=body.reason,
        hotel=HotelStore(call.work),
    )
    return block_view(block)


@endpoint(
    BLUEPRINT,
    "DELETE",
    "/api/v1/hotel/blocks/{block}",
    use_case="hotel.put-room-back",
    door=DESK,
    query=PropertyQuery,
    answers=BlockView,
    summary="A room is in order again",
)
def put_back(call: Call) -> BlockView:
    """All its nights can be sold again."""
    return block_view(
        repairs.put_back(call.path["block"], property=call.query.property, hotel=HotelStore(call.work))
    )

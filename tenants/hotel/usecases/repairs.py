"""Rooms out of order 维修房: they hold places like a guest would, under a holder of their own."""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib.kernel.errors import Missing
from chalicelib.kernel.ids import new_id
from tenants.hotel.domain.nights import OUT_OF_ORDER, block_claims, pools
from tenants.hotel.domain.offer import StayInvalid
from tenants.hotel.domain.units import night_marks
from tenants.hotel.usecases.availability import say_nights
from tenants.hotel.usecases.length import require_free
from tenants.hotel.usecases.ports import Block, Hotel
from tenants.hotel.usecases.search import chosen

MOST_NIGHTS = 60


def take_out(room: str, *, property: str | None, first: date, last: date, reason: str, hotel: Hotel) -> Block:
    """Take a room out of order for nights ``[first, last)``: ``SoldOut`` refuses where all are sold,
    ``RoomNotFree`` where it is given to somebody. Its places are taken by the work that writes the block."""
    house = hotel.setup.house()
    where = chosen(house, property)
    length = (last - first).days
    if not 1 <= length <= MOST_NIGHTS or first < where.night_of(hotel.now):
        raise StayInvalid(most=MOST_NIGHTS)
    found = hotel.setup.room(where.id, room)
    nights = [first + timedelta(days=step) for step in range(length)]
    wanted = block_claims(room, house.types[found.type], nights, types=house.types)
    marks = night_marks(room, nights)
    require_free(where.id, "", marks, hotel=hotel)
    id = OUT_OF_ORDER + new_id("ob", now=hotel.now)[-12:]
    stock = hotel.stock(pools(house.types.values(), over=False))
    picks = stock.pick(wanted, now=hotel.now)
    holds = tuple(pick.hold for pick in picks)
    block = Block(
        id=id,
        room=room,
        property=where.id,
        type=found.type,
        first=first,
        last=last,
        reason=reason,
        holds=holds,
    )
    hotel.units.change(where.id, holder=id, add=marks, drop={})
    hotel.blocks.keep(block, taken=picks)
    say_nights(hotel=hotel, new=block.holds, broken=True)
    return block


def put_back(id: str, *, property: str | None, hotel: Hotel) -> Block:
    """The room is in order again: its places return."""
    where = chosen(hotel.setup.house(), property)
    block = hotel.blocks.find(where.id, id)
    if block is None:
        raise Missing(block=id)
    nights = [block.first + timedelta(days=step) for step in range((block.last - block.first).days)]
    hotel.units.change(where.id, holder=id, add={}, drop=night_marks(block.room, nights))
    hotel.blocks.drop(block)
    say_nights(hotel=hotel, back=block.holds, broken=True)
    return block


def out_of_order(*, property: str | None, hotel: Hotel) -> Sequence[Block]:
    """Every room that is out of order now or later."""
    where = chosen(hotel.setup.house(), property)
    today = where.night_of(hotel.now)
    return [block for block in hotel.blocks.all(where.id) if block.last > today]

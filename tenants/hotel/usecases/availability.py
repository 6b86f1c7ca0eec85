"""U06: what is free, said in the work that changes it."""

from collections.abc import Sequence

from chalicelib.commerce.stock import Hold
from tenants.hotel.domain.events import availability_changed
from tenants.hotel.domain.nights import given_back, rooms_of, taken_too, touched
from tenants.hotel.usecases.ports import Hotel


def say_nights(
    *,
    hotel: Hotel,
    taken: Sequence[Hold] = (),
    new: Sequence[Hold] = (),
    back: Sequence[Hold] = (),
    broken: bool = False,
) -> None:
    """U06 for each type and night that these holds touch: ``taken`` are in the stock already, ``new`` come to
    it and ``back`` return with this work. ``broken``: they are a repair's."""
    spots = touched((*taken, *new, *back))
    if not spots:
        return
    house = hotel.setup.house()
    nights = hotel.calendar.of(rooms_of(spots, types=house.types))
    after = given_back(taken_too(nights, new, broken=broken), back, broken=broken)
    hotel.publish(*availability_changed(spots, types=house.types, nights=after, now=hotel.now))

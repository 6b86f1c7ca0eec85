"""Stays come with their booking and go with it, in the work that makes it firm or cancels it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from chalicelib.commerce.orders.domain import Order
from chalicelib.commerce.stock import Hold
from tenants.hotel.domain.places import Freed, freed, kept
from tenants.hotel.domain.stay import Stay, StayBegun, StayState, changed, expected
from tenants.hotel.domain.units import marks
from tenants.hotel.usecases.ports import Hotel


def expect(order: Order, *, hotel: Hotel, names: Sequence[str] = (), since: int = 0) -> Sequence[Stay]:
    """Join the work: a stay for each room of a booking that is becoming firm, from its line ``since`` on.

    names: whom to ask for, room by room, where not for whoever booked.
    """
    house = hotel.setup.house()
    nights = next((line for line in order.lines if line.kind == "night"), None)
    if nights is None:
        return ()
    contact = hotel.vault.unseal(order.people)["contact"]
    party = hotel.vault.seal({"name": contact["name"], "phone": contact["phone"]})
    all_ = expected(order, property=house.types[nights.product].site, party=party)
    made = [stay for stay in all_ if stay.line >= since]
    for place, name in enumerate(names[: len(made)]):
        sealed = hotel.vault.seal({"name": name, "phone": contact["phone"]})
        made[place] = replace(made[place], party=sealed)
    hotel.stays.create(made)
    return made


def call_off(order: Order, *, hotel: Hotel) -> Sequence[Hold]:
    """Join the work: a booking's stays are cancelled, their rooms free; the holds of their own, which return.

    Raises ``StayBegun`` where somebody has arrived or was not seen.
    """
    return end(hotel.stays.of_order(order), hotel=hotel)


def end(ending: Sequence[Stay], *, hotel: Hotel) -> Sequence[Hold]:
    """Join the work: these stays are cancelled; their own holds return. Raises ``StayBegun``."""
    house = hotel.setup.house()
    back: list[Hold] = []
    for stay in ending:
        if stay.state is StayState.CANCELLED:
            continue
        if stay.state is not StayState.EXPECTED:
            raise StayBegun(stay=stay.id)
        property = house.properties[stay.site]
        after = changed(stay, state=StayState.CANCELLED, segments=(), holds=())
        hotel.units.change(stay.site, holder=stay.id, add={}, drop=marks(stay, property=property))
        hotel.stays.keep(after, before=stay, back=stay.holds)
        back += stay.holds
    return back


def give_back(stay: Stay, nights: Sequence[date], *, hotel: Hotel) -> Freed:
    """Join the work: these nights' places return; whoever keeps the stay leaves ``Freed.own`` out of it."""
    order = hotel.orders.get(stay.order)
    gone = freed(stay, nights, booked=order.holds, types=hotel.setup.house().types)
    for hold, count in gone.booked:
        hotel.orders.give_back(order, hold, count=count)
    if gone.booked:
        after = replace(order, holds=kept(order.holds, gone), version=order.version + 1)
        hotel.orders.keep(after, before=order)
    hotel.stock({}).reopen(gone.holds)
    return gone

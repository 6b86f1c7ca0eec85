"""What a booking hires comes and goes with it, in the work that makes it firm, changes or cancels it."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.commerce.orders.domain import Line, Order
from tenants.hotel.domain.hire import Hire, HireState, expected, hire_id, hired_lines
from tenants.hotel.domain.stay import ids
from tenants.hotel.usecases.ports import Hotel


def expect(order: Order, *, hotel: Hotel) -> None:
    """Join the work: a hire for each line of a booking that is becoming firm and is given for a time."""
    wanted = list(hired_lines(order))
    if not wanted:
        return
    extras = hotel.setup.house().extras
    people = hotel.vault.unseal(order.people)
    contact = people["contact"]
    party = hotel.vault.seal({"name": contact.get("name", ""), "phone": contact.get("phone", "")})
    first = next((id for index in range(len(order.lines)) for id in ids(order, index)), "")
    for place, line in wanted:
        extra = extras.get(line.product)
        if extra is not None and line.count:
            stay = first or people.get("wishes", {}).get("stay", "")
            hotel.hires.create(
                expected(order, place, line, extra, stay=stay, with_rooms=bool(first), party=party)
            )


def call_off(order: Order, *, hotel: Hotel) -> None:
    """Join the work: a cancelled booking's hires are. Raises ``HireIs`` once one was handed over."""
    for before in of_booking(order, hotel=hotel):
        if before.state is not HireState.CANCELLED:
            hotel.hires.keep(before.cancelled(), before=before)


def follow(order: Order, after: Order, *, hotel: Hotel) -> None:
    """Join the work: a changed booking's hires are at the times, and have as many pieces, as its lines."""
    for before in of_booking(order, hotel=hotel):
        line = after.lines[before.line]
        if before.over or (line.count, line.starts) == (before.count, before.starts):
            continue
        if not line.count:
            hotel.hires.keep(before.cancelled(), before=before)
            continue
        changed = planned(before, line)
        if changed.id == before.id:
            hotel.hires.keep(changed, before=before)
            continue
        hotel.hires.keep(before.cancelled(), before=before)
        there = hotel.hires.several([changed.id])  # it has been on that day before
        if there:
            hotel.hires.keep(replace(changed, version=there[0].version + 1), before=there[0])
        else:
            hotel.hires.create(replace(changed, version=1))


def planned(before: Hire, line: Line) -> Hire:
    """A hire as its changed line has it; another day is another id."""
    return replace(
        before,
        id=hire_id(before.order, before.line, line.starts),
        count=line.count,
        price=line.total,
        starts=line.starts,
        ends=line.ends,
        version=before.version + 1,
    )


def of_booking(order: Order, *, hotel: Hotel) -> Sequence[Hire]:
    """The hires of a booking, in no order."""
    names = [hire_id(order.id, place, line.starts) for place, line in hired_lines(order)]
    return hotel.hires.several(names) if names else ()

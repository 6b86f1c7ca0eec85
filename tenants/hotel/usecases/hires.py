"""What a booking hires comes and goes with it, in the work that makes it firm, changes or cancels it."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.commerce.orders.domain import Order
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
    for before in _of(order, hotel=hotel):
        if before.state is not HireState.CANCELLED:
            hotel.hires.keep(before.cancelled(), before=before)


def follow(order: Order, after: Order, *, hotel: Hotel) -> None:
    """Join the work: a changed booking's hires have as many pieces as its lines."""
    for before in _of(order, hotel=hotel):
        line = after.lines[before.line]
        if line.count == before.count or before.over:
            continue
        changed = (
            before.cancelled()
            if not line.count
            else replace(before, count=line.count, price=line.total, version=before.version + 1)
        )
        hotel.hires.keep(changed, before=before)


def _of(order: Order, *, hotel: Hotel) -> Sequence[Hire]:
    names = [hire_id(order.id, place, line.starts) for place, line in hired_lines(order)]
    return hotel.hires.several(names) if names else ()

"""What a change of a firm booking would cost or return: other dates, or a room less. Nothing is written."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from chalicelib.commerce.orders.domain import Line, Order
from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.amending import (
    AllCancelled,
    Amending,
    BookingBegun,
    ChangeAtDesk,
    NothingChanged,
    Places,
    TooManyChanges,
    amending,
    bound,
    fee_line,
    fewer,
    gone,
    held,
    needed,
    nights_of,
)
from tenants.hotel.domain.booking import people, stay_line, terms_of
from tenants.hotel.domain.extra import Extra, Per, Use, extra_line
from tenants.hotel.domain.offer import offer, priced
from tenants.hotel.domain.offer import stay as wanted_for
from tenants.hotel.domain.plan import Secured
from tenants.hotel.domain.property import Property
from tenants.hotel.domain.stay import Stay, StayState, numbers
from tenants.hotel.usecases.ports import Hotel
from tenants.hotel.usecases.search import sheets_of
from tenants.hotel.usecases.setup_ports import House

GIVEN_UP = N_("退改费")
MOST_LINES = 24
Quote = Callable[[Order, Hotel], Amending]


@dataclass(frozen=True, kw_only=True)
class Latitude:
    """What the desk may beyond the guest: some rooms only, over rules of arrival and length, without the fee.

    stays: the rooms meant; none, all of the booking. It asks for nothing now: what is missing is taken when
    the guests come.
    """

    stays: Collection[str] = ()
    waived: bool = False


def dates_quote(arrive: date, depart: date, *, desk: Latitude | None = None) -> Quote:
    """Other dates for all rooms of a booking, at the prices of now and under the same plans."""
    return lambda order, hotel: _dates(order, arrive, depart, desk=desk, hotel=hotel)


def fewer_quote(index: int, count: int) -> Quote:
    """So many pieces of a line less, for the fee of its terms."""
    return lambda order, hotel: _fewer(order, index, count, hotel=hotel)


def without_quote(stay: str, *, waived: bool) -> Quote:
    """This room less, at the desk."""
    return lambda order, hotel: _without(order, stay, waived=waived, hotel=hotel)


def place_of(order: Order, house: House) -> Property:
    """Where a booking is. Raises ``ChangeAtDesk`` where what was sold is not there any more."""
    for line in order.live:
        known = house.types.get(line.product) if line.kind == "night" else house.extras.get(line.product)
        if known is not None:
            return house.properties[known.site]
    raise ChangeAtDesk


def begun(stays: Sequence[Stay]) -> bool:
    """Whether somebody of a booking has come, or was not seen: from then on its money is on bills."""
    return any(one.state is not StayState.EXPECTED for one in stays)


def places(order: Order, after: Sequence[Line], house: House, where: Property) -> Mapping[str, Places]:
    """What the lines of a booking need, before and after."""
    known = {"types": house.types, "extras": house.extras, "property": where}
    return {"before": needed(order.lines, **known), "after": needed(after, **known)}  # type: ignore[arg-type]


def _dates(order: Order, arrive: date, depart: date, *, desk: Latitude | None, hotel: Hotel) -> Amending:
    house = hotel.setup.house()
    where = place_of(order, house)
    stays = [one for one in _expected(order, desk is not None, hotel=hotel) if one.hours is None]
    if len(order.lines) > MOST_LINES:
        raise TooManyChanges
    moving = [one for one in stays if desk is None or not desk.stays or one.id in desk.stays]
    if not moving:
        raise ChangeAtDesk
    if desk is None:
        _require_untouched(order, stays)
    if all((one.arrive, one.depart) == (arrive, depart) for one in moving):
        raise NothingChanged
    rooms: dict[int, list[int]] = {}
    for one in moving:
        rooms.setdefault(one.line, []).append(one.number)
    every = len(moving) == len(stays)  # what goes with the nights stays with the rooms that stay
    follow = [index for index, line in enumerate(order.lines) if every and _follows(line, house)]
    waived = desk is not None and desk.waived
    fees = {index: 0 if waived else terms_of(order.lines[index]).fee(now=hotel.now) for index in rooms}
    made = []
    for index in sorted((*rooms, *follow)):
        line = order.lines[index]
        if index in rooms:
            made.append(
                _rebooked(
                    line, arrive, depart, fees[index], len(rooms[index]),
                    strict=desk is None, house=house, where=where, hotel=hotel,
                )
            )  # fmt: skip
        else:
            extra = house.extras[line.product]
            made.append(_extra_moved(line, extra, arrive, depart, where=where, order=order))
    old = sum(fees[index] * len(some) for index, some in rooms.items())
    fee = max(0, old - sum(line.total for line in made))
    kept = [
        fewer(line, rooms[index]) if index in rooms else gone(line) if index in follow else line
        for index, line in enumerate(order.lines)
    ]
    after = [*kept, *made, *_fee(order.lines[min(rooms)], fee, order)]
    known = {"types": house.types, "extras": house.extras, "property": where}
    before = {
        **needed([order.lines[index] for index in follow], **known),  # type: ignore[arg-type]
        **held(moving, order, types=house.types),
    }
    return amending(order, after, fee=fee, before=before, after=needed(made, **known))  # type: ignore[arg-type]


def _fewer(order: Order, index: int, count: int, *, hotel: Hotel) -> Amending:
    house = hotel.setup.house()
    where = place_of(order, house)
    if not 0 <= index < len(order.lines) or not 1 <= count <= order.lines[index].count:
        raise NothingChanged
    line = order.lines[index]
    if line.kind == "night":
        _require_untouched(order, [one for one in _expected(order, False, hotel=hotel) if one.line == index])
    fee = terms_of(line).fee(now=hotel.now) * count
    less = fewer(line, numbers(line)[-count:])
    kept = [less if at == index else one for at, one in enumerate(order.lines)]
    if line.kind == "night":
        _require_a_room(kept)
    after = [*kept, *_fee(line, fee, order)]
    return amending(order, after, fee=fee, **places(order, after, house, where))


def _without(order: Order, stay: str, *, waived: bool, hotel: Hotel) -> Amending:
    going = next((one for one in _expected(order, True, hotel=hotel) if one.id == stay), None)
    if going is None:
        raise NothingChanged
    line = order.lines[going.line]
    fee = 0 if waived else terms_of(line).fee(now=hotel.now)
    less = fewer(line, [going.number])
    kept = [less if at == going.line else one for at, one in enumerate(order.lines)]
    _require_a_room(kept)
    before = held([going], order, types=hotel.setup.house().types)
    return amending(order, [*kept, *_fee(line, fee, order)], fee=fee, before=before, after={})


def _rebooked(
    line: Line,
    arrive: date,
    depart: date,
    fee: int,
    count: int,
    *,
    strict: bool,
    house: House,
    where: Property,
    hotel: Hotel,
) -> Line:
    """``count`` rooms of a line on other dates; ``strict``: by the rules of arrival and length, too."""
    kind, plan = house.types.get(line.product), house.plans.get(line.option)
    if kind is None or plan is None:
        raise ChangeAtDesk
    adults, children = people(line)
    tonight = where.night_of(hotel.now)
    wanted = wanted_for(arrive, depart, adults=adults, children=children, tonight=tonight)
    sheets = sheets_of([kind], wanted, hotel=hotel, fresh=True)
    price = offer if strict else priced
    found = price(wanted, kind=kind, plan=plan, plans=house.plans, sheets=sheets, property=where)
    made = stay_line(found, stay=wanted, rooms=count, kind=kind, plan=plan, property=where, locale="zh")
    return bound(replace(made, title=line.title), fee)


def _extra_moved(
    line: Line, extra: Extra, arrive: date, depart: date, *, where: Property, order: Order
) -> Line:
    """What goes with the nights goes with the new ones, at its price of now."""
    return extra_line(
        extra,
        Use(first=arrive, last=depart),
        count=line.count,
        secured=Secured(line.facts["secured"]),
        property=where,
        locale=order.locale,
    )


def _follows(line: Line, house: House) -> bool:
    extra = house.extras.get(line.product) if line.kind != "night" else None
    return bool(line.count) and extra is not None and extra.per in {Per.ORDER, Per.NIGHT}


def _fee(line: Line, fee: int, order: Order) -> tuple[Line, ...]:
    return (fee_line(line, fee, title=GIVEN_UP, paid=bool(order.paid)),) if fee else ()


def _require_a_room(lines: Sequence[Line]) -> None:
    if not any(one.count and one.kind == "night" for one in lines):
        raise AllCancelled


def _expected(order: Order, desk: bool, *, hotel: Hotel) -> Sequence[Stay]:
    found = hotel.stays.of_order(order)
    if begun(found):
        raise BookingBegun if desk else ChangeAtDesk
    return found


def _require_untouched(order: Order, stays: Sequence[Stay]) -> None:
    """Every one of these is as it was booked: the desk has not changed it."""
    for one in stays:
        booked = nights_of(order.lines[one.line])
        if booked not in {None, (one.arrive, one.depart)} or one.holds:
            raise ChangeAtDesk

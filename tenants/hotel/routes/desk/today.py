"""The console's day: who comes, who goes, who is late, and what must be looked into."""

from collections.abc import Iterable
from typing import Any

from chalicelib.web.http import Call, Member, Page, Redirect, page
from tenants.hotel.domain.housekeeping import Cleanliness
from tenants.hotel.domain.stay import StayState
from tenants.hotel.routes.frame import HOME, desk_page, open_to, property_of
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.stay import stay_row
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import double_booking, front
from tenants.hotel.usecases.front import Shown, Today
from tenants.hotel.usecases.setup_ports import House


@page(BLUEPRINT, "GET", HOME, use_case="hotel.go-to-console", door=Member(kind="hotel"))
def go(call: Call) -> Page:
    """Where a log-in leads: to the first place of the menu that is open to the member."""
    places = open_to(call)
    if not HotelStore(call.work).setup.house().properties and "owner" in call.context.roles:
        return Redirect("/hotel/setup")
    return Redirect(places[0].href if places else "/console/directives")


@page(BLUEPRINT, "GET", "/hotel/today", use_case="hotel.show-today", door=DESK)
def show_today(call: Call) -> Page:
    """The day at a glance; every figure leads to its list."""
    hotel = HotelStore(call.work)
    where = property_of(hotel.setup)
    found = front.today(property=where.id, day=None, hotel=hotel)
    house = hotel.setup.house()
    guests = hotel.guests.open(where.id)

    def rows(some: Iterable[Shown]) -> list[dict[str, Any]]:
        return [stay_row(one, house=house, found=found, call=call) for one in some]

    return desk_page(
        call,
        "hotel/desk/today.html",
        place="today",
        day=found.day.isoformat(),
        figures=_figures(found),
        arriving=rows(one for one in found.arriving if one.stay.arrive >= found.night),
        leaving=rows(one for one in found.leaving if one.stay.depart == found.day),
        late=rows(front.overdue(found)),
        moving=_moves(found, house=house, call=call),
        overdue=sum(1 for guest in guests if guest.overdue(now=call.now)),
        clock=sum(1 for guest in guests if guest.due is not None and guest.submitted is None),
        unsent=sum(1 for guest in guests if guest.submitted is None),
        disagree=[one.room for one in found.board.values() if one.disagrees],
        notes=sum(1 for one in hotel.office.notes(where.id) if one.wanted and one.seen is None),
        channels=double_booking.watch(where.id, hotel=hotel),
        places=[one.name for one in open_to(call)],
    )


def _figures(found: Today) -> dict[str, int]:
    dirty = [one for one in found.board.values() if one.state is Cleanliness.DIRTY]
    return {
        "arriving": len(found.arriving),
        "came": len(found.came),
        "in_house": len(found.in_house),
        "leaving": len(found.leaving),
        "left": len(found.left),
        "dirty": len(dirty),
        "rooms": len(found.rooms),
        "taken": len({room for one in found.in_house for room in one.stay.has}),
    }


def _moves(found: Today, *, house: House, call: Call) -> list[dict[str, Any]]:
    """Guests whose plan gives them another room from tonight on, and who still have the old one."""
    rows = []
    for one in found.in_house:
        planned = one.stay.rooms_on(found.day)
        if planned and set(planned) != set(one.stay.has) and one.stay.state is StayState.IN_HOUSE:
            row = stay_row(one, house=house, found=found, call=call)
            rows.append({**row, "to": "·".join(planned)})
    return rows

"""Checking in on one page: the room, everybody's registration, minors' guardians; then the key.

Rooms and registrations are kept even when the check-in itself is refused: the page comes back with the reason
and with what is still missing, and goes on from there.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import Refusal
from chalicelib.kernel.personal import masked_name
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Redirect, Several, page
from tenants.hotel.domain.guest import MOST_GUESTS, GuardianNeeded, Guest
from tenants.hotel.domain.housekeeping import Cleanliness, RoomNotReady
from tenants.hotel.domain.stay import Stay, StayState
from tenants.hotel.routes.desk.room import room_choices
from tenants.hotel.routes.desk.stay import bill_of, facts
from tenants.hotel.routes.forms.guests import (
    GuardianSlot,
    GuestSlot,
    Slot,
    choices_of,
    number_of,
    written,
    wrong_numbers,
)
from tenants.hotel.routes.frame import desk_page, refused
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.routes.shown.guest import guest_row
from tenants.hotel.routes.words import Purpose, RoomNumber
from tenants.hotel.store import HotelStore, new_unit
from tenants.hotel.usecases import desk, fitting, front, placing, registration
from tenants.hotel.usecases.placing import Wish
from tenants.hotel.usecases.sealing import opened

Numbers = Annotated[
    list[Annotated[int, Field(ge=1, le=MOST_GUESTS)]],
    Several,
    Field(max_length=MOST_GUESTS),
]


class ArrivalForm(Asked):
    """``guests``: who is written down now, by place; ``minors``: what is told of those known; ``absent``: who
    has not come yet; ``seen``: whose document was compared; ``dirty``: the guests want the room as it is."""

    room: RoomNumber | None = None
    dirty: Literal["", "yes"] = ""
    purpose: Purpose = "unknown"
    absent: Annotated[Numbers, Field(default_factory=list)]
    seen: Annotated[Numbers, Field(default_factory=list)]
    guests: Annotated[dict[Slot, GuestSlot], Field(max_length=MOST_GUESTS, default_factory=dict)]
    minors: Annotated[dict[Slot, GuardianSlot], Field(max_length=MOST_GUESTS, default_factory=dict)]


@page(BLUEPRINT, "GET", "/hotel/stays/{stay}/check-in", use_case="hotel.ask-check-in", door=DESK)
def ask(call: Call) -> Page:
    """What is needed before the key."""
    hotel = HotelStore(call.work)
    stay = hotel.stays.get(call.path["stay"])
    if stay.state is not StayState.EXPECTED:
        return Redirect(f"/hotel/stays/{stay.id}")
    return _arrival(call, stay, hotel)


def _again(call: Call) -> Html:
    hotel = HotelStore(call.work)
    return _arrival(call, hotel.stays.get(call.path["stay"]), hotel, errors=call.wrong)


@page(
    BLUEPRINT,
    "POST",
    "/hotel/stays/{stay}/check-in",
    use_case="hotel.check-in-page",
    door=DESK,
    body=ArrivalForm,
    invalid=_again,
)
def check_in(call: Call, asked: ArrivalForm) -> Page:
    """Each step is a work of its own under the guests' own numbers: sent twice, it changes nothing twice."""
    id, unit = call.path["stay"], new_unit(call.now)
    known = [guest.number for guest in HotelStore(call.work).guests.of_stay(id)]
    entries = written(asked.guests, known=known)
    wrong = wrong_numbers(entries, call=call)
    if wrong:
        hotel = HotelStore(call.work)
        return _arrival(call, hotel.stays.get(id), hotel, errors=wrong).with_status(422)
    try:
        if entries:
            with unit("hotel.register-guests") as hotel:
                registration.save_numbered(id, entries, hotel=hotel)
        for number in asked.seen:
            with unit("hotel.see-document") as hotel:
                registration.see_document(id, number, hotel=hotel)
        for name, slot in asked.minors.items():
            with unit("hotel.tell-guardian") as hotel:
                registration.tell_guardian(
                    id,
                    number_of(name),
                    name=slot.guardian_name,
                    phone=slot.guardian_phone,
                    relations={number_of(other): told for other, told in slot.relations.items()},
                    hotel=hotel,
                )
        with unit("hotel.assign-room") as hotel:
            stay = hotel.stays.get(id)
            if asked.room is not None and asked.room not in stay.rooms:
                placing.assign(id, Wish(room=asked.room), hotel=hotel)
        numbers = {guest.number for guest in HotelStore(call.work).guests.of_stay(id)}
        desk.check_in(
            id,
            purpose=asked.purpose,
            present=numbers - set(asked.absent),
            dirty=bool(asked.dirty),
            hotel=HotelStore(call.work),
        )
    except Refusal as refusal:
        withheld, dirty = isinstance(refusal, GuardianNeeded), isinstance(refusal, RoomNotReady)

        def again(told: dict[str, str]) -> Html:
            return arrival_page(call, id, told=told, withheld=withheld, dirty=dirty)

        return refused(call, refusal, again)
    return Redirect(f"/hotel/stays/{id}/key?done=in")


def arrival_page(
    call: Call, id: str, *, told: dict[str, str], withheld: bool = False, dirty: bool = False
) -> Html:
    """The page of the check-in of this stay, with what was refused."""
    hotel = HotelStore(call.work)
    return _arrival(call, hotel.stays.get(id), hotel, told=told, withheld=withheld, dirty=dirty)


def _arrival(
    call: Call,
    stay: Stay,
    hotel: HotelStore,
    *,
    errors: dict[str, str] | None = None,
    told: dict[str, str] | None = None,
    withheld: bool = False,
    dirty: bool = False,
) -> Html:
    """The page; what was typed for somebody who is not written down yet is shown again."""
    guests = list(hotel.guests.of_stay(stay.id))
    rows = [guest_row(one, opened(one, hotel=hotel), stay=stay, call=call) for one in guests]
    first = max((one.number for one in guests), default=0) + 1
    more = max(stay.adults + stay.children - len(guests), 0 if guests else 1)
    board = hotel.board.all(stay.site)
    own = stay.rooms_on(stay.arrive)
    free = fitting.free_rooms(stay, hotel=hotel) if not own else []
    unready = [room for room in own if room in board and board[room].state is Cleanliness.DIRTY]
    return desk_page(
        call,
        "hotel/desk/check_in.html",
        place="stays",
        flash=[told] if told is not None else [],
        withheld=withheld,
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        own="·".join(own),
        unready="·".join(unready),
        dirty=dirty or bool(unready),
        rooms=room_choices(stay, free, call=call, hotel=hotel),
        guests=rows,
        minors=[_minor(one, guests, hotel) for one in guests if _untold(one, guests)],
        places=range(first, min(first + more, MOST_GUESTS + 1)),
        form=Filled(call.form, errors),
        bill=bill_of(stay, hotel=hotel),
        **choices_of(call),
        purpose=call.form.get("purpose", "unknown"),
    )


def _untold(guest: Guest, guests: list[Guest]) -> bool:
    """Whether a minor's guardian, or how anybody is related to it, is not recorded yet."""
    others = {other.number for other in guests} - {guest.number}
    return guest.minor and not (guest.guardian and others <= set(guest.relations))


def _minor(guest: Guest, guests: list[Guest], hotel: HotelStore) -> dict[str, Any]:
    who = opened(guest, hotel=hotel)
    return {
        "number": guest.number,
        "name": who.name,
        "guardian_name": who.guardian_name,
        "guardian_phone": who.guardian_phone,
        "others": [
            {
                "number": other.number,
                "name": masked_name(opened(other, hotel=hotel).name),
                "relation": guest.relations.get(other.number),
            }
            for other in guests
            if other.number != guest.number
        ],
    }

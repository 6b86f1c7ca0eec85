"""One guest's registration at the desk: written down, completed, corrected, removed, joining later."""

from dataclasses import fields
from typing import Any, Literal

from chalicelib.kernel.errors import Refusal
from chalicelib.kernel.personal import masked_name
from chalicelib.web.http import Asked, Call, Confirmed, Filled, Html, Page, Redirect, page
from tenants.hotel.domain.guest import Guest, Person
from tenants.hotel.domain.stay import Stay
from tenants.hotel.routes.desk.stay import facts, stay_page
from tenants.hotel.routes.forms.guests import (
    GuestSlot,
    choices_of,
    plain,
    wrong_numbers,
)
from tenants.hotel.routes.frame import desk_page, refused, witnessed
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import front, registration, sealing
from tenants.hotel.usecases.sealing import opened

_STAY = "/hotel/stays/{stay}"


class GuestForm(Asked):
    """The one place of this form is called ``guests.g<number>``, as where there are several."""

    guests: dict[Literal["one"], GuestSlot]


@page(BLUEPRINT, "GET", _STAY + "/guests/new", use_case="hotel.new-guest-page", door=DESK)
def new(call: Call) -> Page:
    """Somebody more."""
    hotel = HotelStore(call.work)
    return _guest_page(call, hotel.stays.get(call.path["stay"]), hotel)


@page(BLUEPRINT, "GET", _STAY + "/guests/{number}", use_case="hotel.open-guest-page", door=DESK)
def show(call: Call) -> Page:
    """All that is known of a guest; that it was opened is kept."""
    hotel = HotelStore(call.work)
    guest = registration.of_number(call.path["stay"], _number(call), hotel=hotel)
    witnessed(call, guest.ref)
    return _guest_page(call, hotel.stays.get(guest.stay), hotel, guest=guest)


def _again(call: Call) -> Html:
    hotel = HotelStore(call.work)
    stay, guest = hotel.stays.get(call.path["stay"]), None
    if "number" in call.path:
        guest = registration.of_number(stay.id, _number(call), hotel=hotel)
    return _guest_page(call, stay, hotel, guest=guest, errors=call.wrong)


@page(
    BLUEPRINT,
    "POST",
    _STAY + "/guests/new",
    use_case="hotel.register-guest-page",
    door=DESK,
    body=GuestForm,
    invalid=_again,
)
def register(call: Call, asked: GuestForm) -> Page:
    """Written down; what is missing makes a draft."""
    return _save(call, asked, None)


@page(
    BLUEPRINT,
    "POST",
    _STAY + "/guests/{number}",
    use_case="hotel.correct-guest-page",
    door=DESK,
    body=GuestForm,
    invalid=_again,
)
def correct(call: Call, asked: GuestForm) -> Page:
    """Corrected, unless the police have it."""
    hotel = HotelStore(call.work)
    return _save(call, asked, registration.of_number(call.path["stay"], _number(call), hotel=hotel))


@page(
    BLUEPRINT,
    "POST",
    _STAY + "/guests/{number}/arrival",
    use_case="hotel.guest-joins-page",
    door=DESK,
    body=Confirmed,
)
def join(call: Call, _: Confirmed) -> Page:
    """Somebody who came after the others."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    try:
        registration.join(id, _number(call), hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: stay_page(call, hotel.stays.get(id), hotel, flash=[told]))
    return Redirect(f"/hotel/stays/{id}?done=joined")


@page(
    BLUEPRINT,
    "POST",
    _STAY + "/guests/{number}/removal",
    use_case="hotel.remove-guest-page",
    door=DESK,
    body=Confirmed,
)
def remove(call: Call, _: Confirmed) -> Page:
    """Somebody who did not come."""
    hotel, id = HotelStore(call.work), call.path["stay"]
    try:
        registration.remove(id, _number(call), hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: stay_page(call, hotel.stays.get(id), hotel, flash=[told]))
    return Redirect(f"/hotel/stays/{id}?done=removed")


def _save(call: Call, asked: GuestForm, guest: Guest | None) -> Page:
    hotel, id = HotelStore(call.work), call.path["stay"]
    others = {one.number for one in hotel.guests.of_stay(id)}
    entry = asked.guests["one"].written(guest.number if guest is not None else 0, others=others)
    wrong = list(wrong_numbers([entry], call=call).values())
    if wrong:
        return _guest_page(
            call, hotel.stays.get(id), hotel, guest=guest, errors={"guests.one.number": wrong[0]}
        ).with_status(422)
    try:
        registration.save(id, entry, hotel=hotel)
    except Refusal as refusal:
        return refused(
            call, refusal, lambda told: _guest_page(call, hotel.stays.get(id), hotel, guest=guest, told=told)
        )
    return Redirect(f"/hotel/stays/{id}?done=guest")


def _guest_page(
    call: Call,
    stay: Stay,
    hotel: HotelStore,
    *,
    guest: Guest | None = None,
    errors: dict[str, str] | None = None,
    told: dict[str, str] | None = None,
) -> Html:
    others = [one for one in hotel.guests.of_stay(stay.id) if guest is None or one.number != guest.number]
    typed = call.form
    if not typed and guest is not None:
        typed = {"guests": {"one": _values(opened(guest, hotel=hotel))}}
    told_of = guest.relations if guest is not None else {}
    return desk_page(
        call,
        "hotel/desk/guest.html",
        place="stays",
        flash=[told] if told is not None else [],
        name=front.shown([stay], hotel=hotel)[0].name,
        stay=facts(stay, call, hotel),
        number=guest.number if guest is not None else None,
        minor=guest is not None and guest.minor,
        others=[
            {
                "number": one.number,
                "name": masked_name(sealing.shown(one, hotel=hotel).name),
                "relation": told_of.get(one.number),
            }
            for one in others
        ],
        form=Filled(typed, errors),
        **choices_of(call),
    )


def _values(who: Person) -> dict[str, Any]:
    known = who.document
    own = {one.name: getattr(who, one.name) for one in fields(who) if one.name != "document"}
    told = {"document": str(known.kind), "number": known.number} if known is not None else {}
    return plain({**own, **told})


def _number(call: Call) -> int:
    number = call.path["number"]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0

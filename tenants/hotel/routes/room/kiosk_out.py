"""The kiosk takes a room back: who knows its door code may leave; what is owed sends them to the desk."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.web.http import Asked, Call, Page, page
from tenants.hotel.domain.folio_refusals import BalanceOpen
from tenants.hotel.domain.stay import Stay
from tenants.hotel.routes.api.stays import finish
from tenants.hotel.routes.frame import property_of
from tenants.hotel.routes.registered import BLUEPRINT
from tenants.hotel.routes.room.kiosk import KIOSK, in_words, kiosk_page
from tenants.hotel.routes.words import RoomNumber
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import desk, kiosk

_AT_THE_DESK = N_("账单还没有结清,请到前台办理退房。")


class LeaveForm(Asked):
    room: RoomNumber
    code: Annotated[str, Field(pattern=r"^[0-9 ]{10,14}$")]


class LeftForm(LeaveForm):
    confirm: Literal["yes"]


@page(BLUEPRINT, "GET", "/kiosk/out", use_case="hotel.show-kiosk-out", door=KIOSK)
def ask_room(call: Call) -> Page:
    """Which room."""
    return kiosk_page(call, "out")


@page(
    BLUEPRINT,
    "POST",
    "/kiosk/out",
    use_case="hotel.ask-check-out-at-kiosk",
    door=KIOSK,
    body=LeaveForm,
    invalid=lambda call: kiosk_page(call, "out"),
)
def ask_leave(call: Call, form: LeaveForm) -> Page:
    """What checking out means, before it is done."""
    try:
        stay = _leaving(call, form)
    except kiosk.WrongKey as refusal:
        return kiosk_page(call, "out", refused=in_words(call, refusal))
    return kiosk_page(call, "leave", room=form.room, code=form.code, arrive=stay.arrive, depart=stay.depart)


@page(
    BLUEPRINT,
    "POST",
    "/kiosk/out/confirmed",
    use_case="hotel.check-out-at-kiosk",
    door=KIOSK,
    body=LeftForm,
    invalid=lambda call: kiosk_page(call, "out"),
)
def leave(call: Call, form: LeftForm) -> Page:
    """The key is taken back; what is still owed sends them to the desk, in words."""
    try:
        stay = desk.check_out(_leaving(call, form).id, hotel=HotelStore(call.work))
    except BalanceOpen:  # its own words are for a cashier
        return kiosk_page(call, "out", refused=call.translate(_AT_THE_DESK))
    except Refusal as refusal:
        return kiosk_page(call, "out", refused=in_words(call, refusal))
    call.then(lambda: finish(stay, now=call.now))
    return kiosk_page(call, "bye")


def _leaving(call: Call, form: LeaveForm) -> Stay:
    hotel = HotelStore(call.work)
    site = property_of(hotel.setup)
    code = form.code.replace(" ", "")
    return kiosk.leaving(property=site.id, room=form.room, code=code, hotel=hotel)

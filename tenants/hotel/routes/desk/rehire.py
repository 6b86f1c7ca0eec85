"""A booked meeting room or car at the desk: moved to another time, or let go for the money that is shown."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import Refusal
from chalicelib.web.http import Asked, Call, Page, Redirect, page
from tenants.hotel.routes.desk.hires import again, one_page
from tenants.hotel.routes.frame import desk_page, refused
from tenants.hotel.routes.money import settle
from tenants.hotel.routes.registered import BLUEPRINT, DESK
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import rehiring

_ONE = "/hotel/hires/{hire}"
_Fen = Annotated[int, Field(ge=0, le=10**9)]


class MoveForm(Asked):
    day: date
    start: Annotated[int, Field(ge=0, le=23)]


class ReleaseForm(Asked):
    """Yes, for the two amounts (fen) that the page showed."""

    confirm: Literal["yes"]
    fee: _Fen = 0
    back: _Fen = 0


@page(BLUEPRINT, "POST", _ONE + "/move", use_case="hotel.move-hire", door=DESK, body=MoveForm, invalid=again)
def move(call: Call, asked: MoveForm) -> Page:
    """As long as before, at the agreed price, where there is room."""
    hotel = HotelStore(call.work)
    hire = hotel.hires.get(call.path["hire"])
    try:
        moved = rehiring.move(hire.id, day=asked.day, start=asked.start, hotel=hotel)
    except Refusal as refusal:
        return refused(
            call, refusal, lambda told: one_page(call, hire, hotel=HotelStore(call.work), flash=told)
        )
    return Redirect(f"/hotel/hires/{moved.id}?done=moved")


@page(BLUEPRINT, "GET", _ONE + "/release", use_case="hotel.ask-release-hire", door=DESK)
def ask_release(call: Call) -> Page:
    """What letting it go costs and returns, before it is done."""
    hotel = HotelStore(call.work)
    hire = hotel.hires.get(call.path["hire"])
    try:
        found = rehiring.quote(hire.id, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: one_page(call, hire, hotel=hotel, flash=told))
    return desk_page(
        call,
        "hotel/desk/hire_release.html",
        place="hires",
        id=hire.id,
        title=hire.title,
        fee=found.fee.amount,
        back=found.back.amount,
    )


@page(BLUEPRINT, "POST", _ONE + "/release", use_case="hotel.release-hire", door=DESK, body=ReleaseForm)
def release(call: Call, asked: ReleaseForm) -> Page:
    """Let go: somebody else can have it."""
    hotel = HotelStore(call.work)
    hire = hotel.hires.get(call.path["hire"])
    try:
        rehiring.release(hire.id, agreed=(asked.fee, asked.back), hotel=hotel)
    except Refusal as refusal:
        return refused(
            call, refusal, lambda told: one_page(call, hire, hotel=HotelStore(call.work), flash=told)
        )
    if asked.back:
        call.then(lambda: settle(hire.order, now=call.now))
    return Redirect(f"/hotel/hires?day={hire.id[:10]}&done=let-go")

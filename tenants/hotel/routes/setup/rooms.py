"""Rooms at the desk: which numbers a type has, a whole floor added at once."""

import re
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.web.formats import listed
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, Several, page
from tenants.hotel.domain.property import text
from tenants.hotel.domain.rooms import Room
from tenants.hotel.routes.forms.typed import errors_of
from tenants.hotel.routes.frame import desk_page, flash_of, place, refused
from tenants.hotel.routes.registered import BLUEPRINT, SETUP
from tenants.hotel.routes.setup.price_words import type_name
from tenants.hotel.routes.words import Name
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import setting

_PATH = "/hotel/setup/rooms"
DONE = {"rooms": N_("客房已登记,可以定价了。")}
FEATURES = {
    "window": N_("有窗"),
    "corner": N_("靠边安静"),
    "lift": N_("近电梯"),
    "accessible": N_("无障碍"),
    "smoking": N_("可吸烟"),
}
"""What the desk looks for when it gives a room to somebody."""
_NUMBER = re.compile(r"^([A-Za-z]{0,4}-?)([0-9]{1,6})([A-Za-z]?)$")
_RANGE = re.compile(r"^([A-Za-z]{0,4}-?)([0-9]{1,6})\s*(?:[-–~\uff5e至]|\.\.)\s*(?:\1)?([0-9]{1,6})$")


class NumbersUnread(Invalid):
    code = "hotel.room.numbers"
    detail = N_("房号看不懂:%(given)s")
    remedy = N_("请写 201-220 或 301 302 305。")


class RoomsQuery(Asked):
    type: Annotated[Name | None, Blank] = None
    done: Annotated[str, Field(max_length=16)] = ""


class RoomsForm(Asked):
    """``numbers``: ``201-220, 301 305``. A floor that is not named is told by the number."""

    type: Name
    numbers: Annotated[str, Field(min_length=1, max_length=800)]
    floor: Annotated[str, Field(max_length=8)] = ""
    features: Annotated[list[str], Several, Field(max_length=20, default_factory=list)]

    def rooms(self, site: str) -> list[Room]:
        """The rooms. Raises ``NumbersUnread``."""
        return [
            Room(
                number=number,
                site=site,
                type=self.type,
                floor=self.floor or floor_of(number),
                features=tuple(one for one in FEATURES if one in self.features),
            )
            for number in numbers_of(self.numbers)
        ]


def numbers_of(typed: str) -> list[str]:
    """Room numbers as people write them: ranges and single ones. Raises ``NumbersUnread``."""
    found: dict[str, None] = {}
    spaced = re.sub(r"\s*([-–~\uff5e至]|\.\.)\s*", r"\1", typed)
    for part in re.split(r"[\s,\uff0c、;\uff1b]+", spaced.strip()):
        range_ = _RANGE.match(part)
        if range_ is not None:
            first, last = int(range_[2]), int(range_[3])
            if not first <= last < first + 200:
                raise NumbersUnread(given=part[:20])
            width = len(range_[2])
            found |= dict.fromkeys(f"{range_[1]}{number:0{width}d}" for number in range(first, last + 1))
        elif _NUMBER.match(part):
            found[part] = None
        elif part:
            raise NumbersUnread(given=part[:20])
    if not found:
        raise NumbersUnread(given=typed[:20])
    return list(found)


def floor_of(number: str) -> str:
    """The floor that a number tells: 1203 is on 12; a short number on the first."""
    digits = "".join(char for char in number if char in "0123456789")
    return digits[:-2].lstrip("0") or "1"


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-rooms-page", door=SETUP, query=RoomsQuery)
def show_rooms(call: Call) -> Page:
    """Every room by its floor, and the form that adds some."""
    return _form(call, {"type": call.query.type or ""}, flash=flash_of(call, call.query.done, DONE))


def _again(call: Call) -> Page:
    return _form(call, call.form, errors=errors_of(call))


@page(BLUEPRINT, "POST", _PATH, use_case="hotel.set-rooms-page", door=SETUP, body=RoomsForm, invalid=_again)
def set_rooms(call: Call, asked: RoomsForm) -> Page:
    """Rooms that are new can be sold at once; those that are there take the floor and features."""
    hotel = HotelStore(call.work)
    where = place(hotel.setup.house())
    if where is None:
        return Redirect("/hotel/setup")
    try:
        setting.set_rooms(asked.type, asked.rooms(where.id), hotel=hotel)
    except NumbersUnread as refusal:
        return refused(call, refusal, lambda told: _form(call, call.form, errors={"numbers": told["text"]}))
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _form(call, call.form, flash=[told]))
    return Redirect(f"{_PATH}?type={asked.type}&done=rooms")


def _form(
    call: Call,
    typed: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    flash: list[dict[str, str]] | None = None,
) -> Html:
    say, hotel = call.translate, HotelStore(call.work)
    house = hotel.setup.house()
    where = place(house)
    rooms = hotel.setup.rooms(where.id) if where is not None else []
    floors: dict[str, list[dict[str, Any]]] = {}
    for room in sorted(rooms, key=lambda room: (len(room.floor), room.floor, room.number)):
        floors.setdefault(room.floor, []).append(
            {
                "number": room.number,
                "type": type_name(house, room.type, call.locale),
                "features": listed(
                    (say(FEATURES[one]) for one in room.features if one in FEATURES), locale=call.locale
                ),
            }
        )
    return desk_page(
        call,
        "hotel/setup/rooms.html",
        place="setup",
        flash=flash or [],
        action=_PATH,
        form=Filled(typed, errors),
        types=[
            (kind.id, text(kind.names, call.locale))
            for kind in house.types.values()
            if where is not None and kind.site == where.id and not kind.house
        ],
        features=[(one, say(words)) for one, words in FEATURES.items()],
        floors=[{"floor": floor, "rooms": found} for floor, found in floors.items()],
        plans=bool(house.plans),
        count=len(rooms),
    )

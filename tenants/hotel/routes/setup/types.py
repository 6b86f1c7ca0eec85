"""Room types at the desk: what is sold, to how many, with what in it; whole houses and rooms by the hour."""

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Redirect, Several, page
from tenants.hotel.domain.property import text
from tenants.hotel.domain.rooms import AMENITIES as CODES
from tenants.hotel.domain.rooms import BEDS as BED_CODES
from tenants.hotel.domain.rooms import Hourly, RoomType
from tenants.hotel.routes.forms.typed import Fen, errors_of, fresh_id, typed_yuan
from tenants.hotel.routes.frame import desk_page, place, refused
from tenants.hotel.routes.registered import BLUEPRINT, SETUP
from tenants.hotel.routes.shown.offers import AMENITIES, BEDS
from tenants.hotel.routes.shown.photo import face_of, photos_of
from tenants.hotel.routes.words import Said, Texts
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import setting

_PATH, _NEW = "/hotel/setup/types/{type}", "new"
_Hour = Annotated[int, Field(ge=0, le=23)]
_MONEY = ("hourly",)
_BETWEEN = re.compile(r"[\s,\uff0c、;\uff1b]+")


class NewQuery(Asked):
    whole: Literal["", "yes"] = ""


class HourlyForm(Asked):
    """Rooms by the hour; nothing filled in: none."""

    on: bool = False
    rooms: Annotated[int, Field(ge=1, le=200)] = 1
    opens: _Hour = 9
    closes: _Hour = 18
    hours: Annotated[int, Field(ge=1, le=12)] = 4
    price: Fen = 0


class TypeForm(Asked):
    names: Texts
    about: Annotated[Said, Field(default_factory=Said)]
    beds: Annotated[dict[str, Annotated[int, Field(ge=0, le=20)]], Field(max_length=10, default_factory=dict)]
    included: Annotated[int, Field(ge=1, le=60)]
    most: Annotated[int, Field(ge=1, le=60)]
    area: Annotated[int, Field(ge=0, le=10_000)] = 0
    amenities: Annotated[list[str], Several, Field(max_length=60, default_factory=list)]
    overbooking: Annotated[int, Field(ge=0, le=100)] = 0
    members: Annotated[str, Field(max_length=600)] = ""
    hourly: Annotated[HourlyForm, Field(default_factory=HourlyForm)]
    on: bool = False

    def kind(self, id: str, site: str, *, before: RoomType | None) -> RoomType:
        """The type of this id, without its pools."""
        by = self.hourly
        known = before.hourly if before is not None else None
        return RoomType(
            id=id,
            site=site,
            names=self.names.by_language,
            about=self.about.by_language,
            beds={bed: count for bed, count in self.beds.items() if count and bed in BED_CODES},
            included=self.included,
            most=self.most,
            area=self.area,
            amenities=tuple(code for code in CODES if code in self.amenities),
            hourly=Hourly(
                rooms=by.rooms,
                opens=time(by.opens),
                closes=time(by.closes),
                hours=by.hours,
                price=by.price,
                on=by.on,
            )
            if by.on or known is not None
            else None,
            on=self.on,
        )

    @property
    def numbers(self) -> list[str]:
        """The rooms of a whole house."""
        return [one for one in dict.fromkeys(_BETWEEN.split(self.members)) if one]


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-type", door=SETUP, query=NewQuery)
def show_type(call: Call) -> Page:
    """A type's form, or an empty one at ``new``."""
    before = _before(call)
    if before is not None:
        return _form(call, _typed(before), before)
    usual = {"included": "2", "most": "2", "on": "true", "amenities": ["wifi", "window", "air-conditioning"]}
    return _form(call, usual, None, whole=call.query.whole == "yes")


def _again(call: Call) -> Page:
    return _form(
        call, call.form, _before(call), errors=errors_of(call, money=_MONEY), whole="members" in call.form
    )


@page(BLUEPRINT, "POST", _PATH, use_case="hotel.set-type-page", door=SETUP, body=TypeForm, invalid=_again)
def set_type(call: Call, asked: TypeForm) -> Page:
    """What is sold stays sold; a new type goes on to its rooms."""
    hotel, before = HotelStore(call.work), _before(call)
    house = hotel.setup.house()
    where = place(house)
    if where is None:
        return Redirect("/hotel/setup")
    id = before.id if before is not None else fresh_id(asked.names.by_language, house.types, otherwise="type")
    members = before.members if before is not None else tuple(asked.numbers)
    try:
        kind = asked.kind(id, where.id, before=before)
        setting.set_type(kind, allowance=asked.overbooking, members=members, hotel=hotel)
    except Refusal as refusal:
        whole = "members" in call.form
        return refused(call, refusal, lambda told: _form(call, call.form, before, flash=told, whole=whole))
    if before is None and not members:
        return Redirect(f"/hotel/setup/rooms?type={id}")
    return Redirect("/hotel/setup?done=type#types")


def _before(call: Call) -> RoomType | None:
    if call.path["type"] == _NEW:
        return None
    kind = HotelStore(call.work).setup.house().types.get(call.path["type"])
    if kind is None:
        raise Missing(type=call.path["type"])
    return kind


def _typed(kind: RoomType) -> dict[str, Any]:
    by = kind.hourly
    return {
        "names": dict(kind.names),
        "about": dict(kind.about),
        "beds": {bed: str(count) for bed, count in kind.beds.items()},
        "included": str(kind.included),
        "most": str(kind.most),
        "area": str(kind.area or ""),
        "amenities": list(kind.amenities),
        "overbooking": str(kind.allowance),
        "hourly": {
            "on": "true" if by.on else "",
            "rooms": str(by.rooms),
            "opens": str(by.opens.hour),
            "closes": str(by.closes.hour),
            "hours": str(by.hours),
            "price": typed_yuan(by.price),
        }
        if by is not None
        else {},
        "on": "true" if kind.on else "",
    }


def _form(
    call: Call,
    typed: dict[str, Any],
    before: RoomType | None,
    *,
    errors: dict[str, str] | None = None,
    flash: dict[str, str] | None = None,
    whole: bool = False,
) -> Html:
    say = call.translate
    beds = typed.get("beds") if isinstance(typed.get("beds"), dict) else {}
    subject = f"type:{before.id}" if before else ""
    albums = {subject: HotelStore(call.work).albums.album(subject)} if before else {}
    return desk_page(
        call,
        "hotel/setup/type.html",
        place="setup",
        flash=[flash] if flash else [],
        action=f"/hotel/setup/types/{before.id if before else _NEW}",
        title=text(before.names, call.locale)
        if before
        else say(N_("添加整栋"))
        if whole
        else say(N_("添加房型")),
        id=before.id if before else "",
        photos=[*photos_of(subject, albums, call)] or ([face_of(before.id, {}, call)] if before else []),
        uploaded=len(albums[subject].photos) if before else 0,
        form=Filled(typed, errors),
        beds=[
            {"id": bed, "name": say(words), "count": (beds or {}).get(bed, "")} for bed, words in BEDS.items()
        ],
        amenities=[(code, say(words)) for code, words in AMENITIES.items()],
        whole=whole and before is None,
        members=list(before.members) if before else [],
        rooms=before.capacity if before else 0,
        fixed_hours=before is not None and before.hourly is not None,
    )

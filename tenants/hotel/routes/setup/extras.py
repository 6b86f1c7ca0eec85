"""Extras at the desk: breakfast, parking, meeting rooms with their equipment, cars with their terms."""

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.web.http import Asked, Call, Filled, Html, Page, Redirect, Several, page
from tenants.hotel.domain.extra import EQUIPMENT, LICENCES, Extra, Kind, Per, Rental
from tenants.hotel.domain.metering import Metering
from tenants.hotel.domain.plan import Fee
from tenants.hotel.domain.property import text
from tenants.hotel.routes.forms.typed import Fen, errors_of, fresh_id, typed_yuan
from tenants.hotel.routes.frame import desk_page, place, refused
from tenants.hotel.routes.registered import BLUEPRINT, SETUP
from tenants.hotel.routes.setup.plans import MOST_TIERS, TierForm, tiers_typed
from tenants.hotel.routes.shown.hire import GEAR, KINDS, NAMES, kind_name
from tenants.hotel.routes.words import Said, Texts
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import setting

_PATH = "/hotel/setup/extras/{extra}"
_PER = {Per.NIGHT: N_("每晚"), Per.ORDER: N_("每份")}
_FIXED = {Kind.MEETING: Per.HOUR, Kind.GEAR: Per.HOUR, Kind.CAR: Per.DAY}
_Minutes = Annotated[int, Field(ge=0, le=43_200)]
_Hour = Annotated[int, Field(ge=0, le=23)]


class ExtraForm(Asked):
    """Parts that another kind has no use for are left alone."""

    kind: Literal["meal", "parking", "meeting", "gear", "car", "other"]
    names: Texts
    about: Annotated[Said, Field(default_factory=Said)]
    per: Literal["order", "night"] = "night"
    price: Fen
    count: Annotated[int, Field(ge=0, le=1_000)] = 0
    most: Annotated[int, Field(ge=1, le=99)] = 9
    alone: bool = False
    fees: Annotated[list[TierForm], Field(max_length=MOST_TIERS, default_factory=list)]
    opens: _Hour = 8
    closes: _Hour = 22
    seats: Annotated[int, Field(ge=0, le=2_000)] = 0
    equipment: Annotated[list[str], Several, Field(max_length=20, default_factory=list)]
    step: Annotated[int, Field(ge=1, le=1440)] = 30
    grace: _Minutes = 10
    least: _Minutes = 60
    booked: bool = False
    kilometres: Annotated[int, Field(ge=0, le=5_000)] = 200
    over: Fen = 0
    deposit: Fen = 0
    driver: bool = False
    licence: Literal["C1", "C2", "B1", "A1"] = "C1"
    on: bool = False

    def made(self, id: str, site: str) -> Extra:
        """The extra of this id, without its pools. Raises ``SetupInvalid``."""
        kind = KINDS[self.kind]
        hired = kind in _FIXED
        car = kind is Kind.CAR
        return Extra(
            id=id,
            site=site,
            names=self.names.by_language,
            about=self.about.by_language,
            kind=kind,
            per=_FIXED.get(kind, Per(self.per)),
            price=self.price,
            most=self.most,
            alone=self.alone,
            fees=tuple(
                Fee(hours=tier.hours, nights=0, permille=tier.percent)
                for tier in self.fees
                if tier.hours is not None
            ),
            opens=time(self.opens),
            closes=time(self.closes),
            seats=self.seats,
            equipment=tuple(one for one in EQUIPMENT if one in self.equipment),
            metering=Metering(step=self.step, grace=self.grace, least=self.least, booked=self.booked)
            if hired
            else None,
            rental=Rental(
                kilometres=self.kilometres,
                over=self.over,
                deposit=self.deposit,
                seats=self.seats or 5,
                driver=self.driver,
                licence=self.licence,
            )
            if car
            else None,
            on=self.on,
        )


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-extra", door=SETUP)
def show_extra(call: Call) -> Page:
    """An extra's form; ``new-<kind>`` is an empty one of that kind."""
    before, kind = _before(call)
    return _form(call, _typed(before) if before is not None else _usual(kind), before, kind)


def _again(call: Call) -> Page:
    before, kind = _before(call)
    errors = errors_of(call, money=("price", "over", "deposit"))
    return _form(call, call.form, before, kind, errors=errors)


@page(BLUEPRINT, "POST", _PATH, use_case="hotel.set-extra-page", door=SETUP, body=ExtraForm, invalid=_again)
def set_extra(call: Call, asked: ExtraForm) -> Page:
    """New or changed; what may be sold already stays."""
    hotel = HotelStore(call.work)
    before, kind = _before(call)
    house = hotel.setup.house()
    where = place(house)
    if where is None:
        return Redirect("/hotel/setup")
    id = before.id if before is not None else fresh_id(asked.names.by_language, house.extras, otherwise=kind)
    try:
        setting.set_extra(asked.made(id, where.id), count=asked.count, hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _form(call, call.form, before, kind, flash=told))
    return Redirect("/hotel/setup?done=extra#extras")


def _before(call: Call) -> tuple[Extra | None, str]:
    """The extra as it is, and its kind."""
    word = call.path["extra"]
    if word.removeprefix("new-") in KINDS and word.startswith("new-"):
        return None, word.removeprefix("new-")
    extra = HotelStore(call.work).setup.house().extras.get(word)
    if extra is None:
        raise Missing(extra=word)
    return extra, kind_name(extra.kind)


def _usual(kind: str) -> dict[str, Any]:
    hired = {"step": "30", "grace": "10", "least": "60", "booked": "true", "alone": "true", "count": "1"}
    car = {
        **hired,
        "step": "1440",
        "grace": "60",
        "least": "1440",
        "kilometres": "200",
        "over": "1",
        "seats": "5",
    }
    more = car if kind == "car" else hired if kind in {"meeting", "gear"} else {}
    return {"per": "night", "most": "9", "on": "true", "fees": [{"hours": "24"}, {"hours": "0"}], **more}


def _typed(extra: Extra) -> dict[str, Any]:
    by, car = extra.metered, extra.rental
    return {
        "names": dict(extra.names),
        "about": dict(extra.about),
        "per": str(extra.per),
        "price": typed_yuan(extra.price),
        "count": str(extra.capacity),
        "most": str(extra.most),
        "alone": "true" if extra.alone else "",
        "fees": tiers_typed(extra.fees),
        "opens": str(extra.opens.hour),
        "closes": str(extra.closes.hour),
        "seats": str(car.seats if car else extra.seats),
        "equipment": list(extra.equipment),
        "step": str(by.step),
        "grace": str(by.grace),
        "least": str(by.least),
        "booked": "true" if by.booked else "",
        "on": "true" if extra.on else "",
        **(
            {
                "kilometres": str(car.kilometres),
                "over": typed_yuan(car.over),
                "deposit": typed_yuan(car.deposit),
                "driver": "true" if car.driver else "",
                "licence": car.licence,
            }
            if car is not None
            else {}
        ),
    }


def _form(
    call: Call,
    typed: dict[str, Any],
    before: Extra | None,
    kind: str,
    *,
    errors: dict[str, str] | None = None,
    flash: dict[str, str] | None = None,
) -> Html:
    say = call.translate
    rows = [row for row in typed.get("fees") or [] if isinstance(row, dict)]
    return desk_page(
        call,
        "hotel/setup/extra.html",
        place="setup",
        flash=[flash] if flash else [],
        action=f"/hotel/setup/extras/{before.id if before else 'new-' + kind}",
        title=text(before.names, call.locale) if before else say(NAMES[kind]),
        kind=kind,
        form=Filled({**typed, "fees": [*rows, *[{}] * (3 - len(rows))][:3]}, errors),
        per=[(str(per), say(words)) for per, words in _PER.items()],
        gear=[(one, say(words)) for one, words in GEAR.items()],
        licences=[(one, one) for one in LICENCES],
        limited=before is not None and before.limited,
        there=before.capacity if before is not None else 0,
    )


def extra_row(extra: Extra, call: Call) -> dict[str, Any]:
    """An extra as a line of the set-up."""
    say = call.translate
    return {
        "name": text(extra.names, call.locale),
        "href": f"/hotel/setup/extras/{extra.id}",
        "kind": say(NAMES[kind_name(extra.kind)]),
        "price": extra.price,
        "count": str(extra.capacity) if extra.limited else say(N_("不限")),
        "on": extra.on,
    }

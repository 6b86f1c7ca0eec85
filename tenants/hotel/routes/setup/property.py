"""The property at the desk: its names, place, times, stars and taxes."""

from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.messaging.codelists import DISTRICTS
from chalicelib.web.http import Asked, Blank, Call, Filled, Html, Page, Redirect, WallTime, page
from tenants.hotel.domain.property import Property, Tax
from tenants.hotel.routes.forms.contact import dialled
from tenants.hotel.routes.forms.typed import Thousandths, errors_of, fresh_id, typed_percent
from tenants.hotel.routes.frame import desk_page, place, refused
from tenants.hotel.routes.registered import BLUEPRINT, SETUP
from tenants.hotel.routes.words import Name, Said, Texts
from tenants.hotel.store import HotelStore
from tenants.hotel.usecases import setting

_PATH, _NEW = "/hotel/setup/property", "/hotel/setup/property/new"
MOST_TAXES = 3
VAT = {"zh": "增值税", "en": "VAT", "ja": "増値税", "ko": "부가가치세"}
"""What the price of a night contains everywhere on the mainland; the rate is the owner's to confirm."""


class TaxForm(Asked):
    """A tax: its per cent of the price, inside it or on top. Without a name it is left out."""

    code: Annotated[Name | None, Blank] = None
    names: Annotated[Said, Field(default_factory=Said)]
    percent: Thousandths = 0
    included: bool = False


class PropertyForm(Asked):
    names: Texts
    district: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    check_in: WallTime
    check_out: WallTime
    stars: Annotated[int, Field(ge=0, le=5)] = 0
    taxes: Annotated[list[TaxForm], Field(max_length=MOST_TAXES, default_factory=list)]
    address: Annotated[Said, Field(default_factory=Said)]
    phone: Annotated[str, Field(max_length=30), AfterValidator(dialled)] = ""
    about: Annotated[Said, Field(default_factory=Said)]
    notice: Annotated[Said, Field(default_factory=Said)]
    north: Annotated[float | None, Blank, Field(ge=-90, le=90)] = None
    east: Annotated[float | None, Blank, Field(ge=-180, le=180)] = None

    def property(self, before: Property) -> Property:
        """The property as the form has it; what no box shows stays."""
        named = [tax for tax in self.taxes if tax.names.by_language]
        codes: list[str] = [tax.code for tax in named if tax.code]
        taxes = []
        for tax in named:
            code = tax.code or fresh_id(tax.names.by_language, codes, otherwise="tax")
            codes.append(code)
            names = tax.names.by_language
            taxes.append(Tax(code=code, names=names, permille=tax.percent, included=tax.included))
        return replace(
            before,
            names=self.names.by_language,
            district=self.district,
            check_in=self.check_in,
            check_out=self.check_out,
            stars=self.stars,
            taxes=tuple(taxes),
            address=self.address.by_language,
            phone=self.phone,
            about=self.about.by_language,
            notice=self.notice.by_language,
            place=(self.north, self.east) if self.north is not None and self.east is not None else None,
        )


@page(BLUEPRINT, "GET", _PATH, use_case="hotel.show-property", door=SETUP)
def show_property(call: Call) -> Page:
    """The property's form; for the first time with what is usual."""
    return _form(call, _typed(_before(call)))


@page(BLUEPRINT, "GET", _NEW, use_case="hotel.show-new-property", door=SETUP)
def show_new_property(call: Call) -> Page:
    """One house more: the form with what is usual."""
    return _form(call, _typed(_blank(call)), new=True)


def _again(call: Call) -> Page:
    return _form(call, call.form, errors=errors_of(call))


def _new_again(call: Call) -> Page:
    return _form(call, call.form, errors=errors_of(call), new=True)


@page(
    BLUEPRINT,
    "POST",
    _PATH,
    use_case="hotel.set-property-page",
    door=SETUP,
    body=PropertyForm,
    invalid=_again,
)
def set_property(call: Call, asked: PropertyForm) -> Page:
    """New or changed; guests read it at once."""
    try:
        setting.set_property(asked.property(_before(call)), hotel=HotelStore(call.work))
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _form(call, call.form, flash=told))
    return Redirect("/hotel/setup?done=property")


@page(
    BLUEPRINT,
    "POST",
    _NEW,
    use_case="hotel.add-property-page",
    door=SETUP,
    body=PropertyForm,
    invalid=_new_again,
)
def add_property(call: Call, asked: PropertyForm) -> Page:
    """One house more; the desk goes on there."""
    hotel = HotelStore(call.work)
    taken = hotel.setup.house(fresh=True).properties
    stem = {"en": asked.names.en} if asked.names.en else {}
    id = fresh_id(stem, taken, otherwise="inn")
    try:
        setting.set_property(asked.property(replace(_blank(call), id=id)), hotel=hotel)
    except Refusal as refusal:
        return refused(call, refusal, lambda told: _form(call, call.form, flash=told, new=True))
    return Redirect(f"/hotel/setup?branch={id}&done=property")


def _before(call: Call) -> Property:
    """The property as it is, or as a new one begins."""
    known = place(HotelStore(call.work).setup.house())
    return known if known is not None else _blank(call)


def _blank(call: Call) -> Property:
    """What a new property begins with."""
    return Property(
        id=fresh_id({"en": call.tenant.slug}, (), otherwise="inn"),
        names={"zh": call.tenant.name},
        district=call.tenant.district,
        taxes=(Tax(code="vat", names=VAT, permille=60),),
    )


def _typed(property: Property) -> dict[str, Any]:
    north, east = property.place or ("", "")
    return {
        "names": dict(property.names),
        "district": property.district,
        "check_in": f"{property.check_in:%H:%M}",
        "check_out": f"{property.check_out:%H:%M}",
        "stars": str(property.stars),
        "taxes": [
            {
                "code": tax.code,
                "names": dict(tax.names),
                "percent": typed_percent(tax.permille),
                "included": "true" if tax.included else "",
            }
            for tax in property.taxes
        ],
        "address": dict(property.address),
        "phone": property.phone,
        "about": dict(property.about),
        "notice": dict(property.notice),
        "north": str(north),
        "east": str(east),
    }


def _districts(call: Call, typed: dict[str, Any]) -> list[tuple[str, str]]:
    """The city's districts by name; a house elsewhere keeps its own code."""
    names = {code: call.translate(name) for code, name in DISTRICTS.names(day=call.now.date()).items()}
    own = str(typed.get("district", ""))
    return [*names.items(), *([(own, own)] if own and own not in names else [])]


def _form(
    call: Call,
    typed: dict[str, Any],
    *,
    errors: dict[str, str] | None = None,
    flash: dict[str, str] | None = None,
    new: bool = False,
) -> Html:
    taxes = typed.get("taxes") if isinstance(typed.get("taxes"), list) else []
    rows = [row for row in taxes or [] if isinstance(row, dict)]
    return desk_page(
        call,
        "hotel/setup/property.html",
        place="setup",
        flash=[flash] if flash else [],
        action=_NEW if new else _PATH,
        title=call.translate(N_("再添加一家酒店") if new else N_("酒店信息")),
        form=Filled({**typed, "taxes": [*rows, *[{}] * (MOST_TAXES - len(rows))][:MOST_TAXES]}, errors),
        districts=_districts(call, typed),
    )
